// The editor that the environment names. kubernetes: kubectl pkg/cmd/util/editor/editor.go
import { isFailure } from '#shell/files/failure.ts'
import { runProgram, type ToolRun } from '#shell/tools/tool.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'

const NOT_FOUND = 127

interface Editor {
  readonly words: readonly string[]
  /** The last word is a script, to which the path is added. */
  readonly isScript: boolean
}

const editorOf = ({ call }: Invocation): Editor => {
  const { KUBE_EDITOR = '', EDITOR = '', SHELL = '' } = call.env
  const editor = KUBE_EDITOR || EDITOR || 'vi'
  if (!editor.includes(' ')) return { words: [editor], isScript: false }
  if (!/["'\\]/.test(editor)) return { words: editor.split(' '), isScript: false }
  return { words: [SHELL || '/bin/bash', '-c', editor], isScript: true }
}

export interface EditedFile {
  readonly path: string
  readonly text: string
  /** The editor could not be had, or failed. */
  readonly failure?: KubectlFailure
}

/** What somebody made of a text in a file of its own, which stays. */
export function* editText(run: Invocation, suffix: string, text: string): ToolRun<EditedFile> {
  const { files } = run.call
  const path = `/tmp/kubectl-edit-${run.call.random()}${suffix}`
  files.write(path, text, { mode: 0o600 })
  const { words, isScript } = editorOf(run)
  const argv = isScript
    ? [...words.slice(0, -1), `${words.at(-1)!} ${JSON.stringify(path)}`]
    : [...words, path]
  yield* run.flush()
  const code = yield* runProgram({ argv })
  const edited = files.read(path)
  const result = { path, text: isFailure(edited) ? '' : edited }
  if (code === 0) return result
  const shown = JSON.stringify(words.join(' '))
  const failure = new KubectlFailure(
    code === NOT_FOUND && !isScript && !words[0]!.includes('/')
      ? `unable to launch the editor ${shown}`
      : `there was a problem with the editor ${shown}`,
  )
  return { ...result, failure }
}

/** Without lines that are comments. kubernetes: ManualStrip */
export const withoutComments = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/^\s*#(?!!)/.test(line))
    .join('\n')

export const hasLines = (text: string): boolean => /^\s*[^\s#]/m.test(text)
