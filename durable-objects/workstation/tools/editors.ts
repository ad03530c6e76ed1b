// nano, vi, vim, code: they open the editor of the page that the terminal is in, and end when it is closed.
import { isFailure } from '#shell/files/failure.ts'
import { absolutePath } from '#shell/files/path.ts'
import { type Tool, type ToolCall, type ToolRun, waitUntil, writeError } from '#shell/tools/tool.ts'
import type { Page } from '#workstation/page.ts'

export const EDITORS = ['nano', 'vi', 'vim', 'code']

const NO_PAGE =
  'there is no editor in front of this shell. Write the file with PUT …/files/NAME, change it with sed -i, or type: cat > NAME <<EOF'

export const editor = (name: string, page: Page | undefined): Tool => ({
  name,
  *run(call) {
    const given = call.argv.slice(1).filter((word) => !/^[-+]/.test(word))
    if (given.length === 0)
      return yield* fail(name, 'say which file: ' + name + ' web-service.yaml')
    if (page === undefined) return yield* fail(name, NO_PAGE)
    for (const word of given) {
      const code = yield* edit(call, page, name, word)
      if (code !== 0) return code
    }
    return 0
  },
})

function* fail(name: string, why: string): ToolRun {
  yield* writeError(`${name}: ${why}\n`)
  return 1
}

function* edit(call: ToolCall, page: Page, name: string, word: string): ToolRun {
  const { files, cwd } = call
  const path = absolutePath(cwd, word)
  const before = files.read(path)
  if (isFailure(before) && before.code !== 'ENOENT')
    return yield* fail(name, `${word}: ${before.text}`)
  if (!page.open(path, isFailure(before) ? '' : before, name))
    return yield* fail(name, `${word} is too large for the editor`)
  yield* waitUntil(() => page.isDone(path))
  const text = page.take(path)
  if (text === undefined || text === before) return 0
  const failed = files.write(path, text)
  return failed === undefined ? 0 : yield* fail(name, `${word}: ${failed.text}`)
}
