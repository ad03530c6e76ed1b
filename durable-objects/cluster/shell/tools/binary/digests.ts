// base64, md5sum, sha1sum, sha256sum, sha512sum, cksum-like tools.
import { encodeBase64 } from '#apimachinery/base64.ts'
import { bytesOf, textOf } from '#shell/files/bytes.ts'
import { isFailure } from '#shell/files/failure.ts'
import { md5, sha1, sha256, sha512 } from '#apimachinery/digest.ts'
import { openInput } from '#shell/tools/input.ts'
import { type Run, tool, type ToolOf } from '#shell/tools/run.ts'
import { complaint } from '#shell/tools/text/cat.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const WIDTH = 76

export const base64 = tool(
  'base64',
  { short: 'diw:D', long: { decode: 'd', 'ignore-garbage': 'i', wrap: 'w' } },
  function* (run) {
    const path = run.operands[0] ?? '-'
    const input = openInput(run, path)
    if (isFailure(input)) return yield* run.fail(`${path}: ${input.text}`)
    const text = yield* input.rest()
    if (run.has('d') || run.has('D')) return yield* decode(run, text)
    const wrap = run.value('w') ?? String(WIDTH)
    if (!/^[0-9]+$/.test(wrap)) return yield* run.fail(`invalid wrap size: '${wrap}'`)
    const encoded = encodeBase64(bytesOf(text))
    const width = Number(wrap)
    if (width === 0) run.print(encoded)
    else
      for (let at = 0; at < encoded.length; at += width)
        run.print(`${encoded.slice(at, at + width)}\n`)
    return 0
  },
)

/** What could be read is written; a wrong letter ends it. */
function* decode(run: Run, text: string): ToolRun {
  const bytes: number[] = []
  let bits = 0
  let count = 0
  let isBad = false
  for (const char of text) {
    if (char === '\n') continue
    if (char === '=') {
      if (count < 0) {
        count = 0
        continue
      }
      if (count === 0) isBad = true
      if (count < 2) break
      // padding ends one text, another may follow
      bits = 0
      count = count === 2 ? -1 : 0
      continue
    }
    const value = ALPHABET.indexOf(char)
    if (value < 0) {
      if (run.has('i')) continue
      isBad = true
      break
    }
    if (count < 0) count = 0
    bits = (bits << 6) | value
    count++
    if (count > 1) bytes.push((bits >> (8 - count * 2)) & 255)
    if (count === 4) {
      bits = 0
      count = 0
    }
  }
  run.print(textOf(Uint8Array.from(bytes)))
  if (!isBad && count <= 0) return 0
  return yield* run.fail(run.isGnu ? 'invalid input' : 'truncated input')
}

const makeSum = (name: string, digest: (bytes: Uint8Array) => string): ToolOf =>
  tool(
    name,
    {
      short: 'bcstw',
      long: {
        binary: 'b',
        check: 'c',
        quiet: 'quiet',
        status: 's',
        text: 't',
        warn: 'w',
        tag: 'tag',
      },
    },
    function* (run) {
      for (const path of run.operands.length === 0 ? ['-'] : run.operands) {
        const input = openInput(run, path)
        if (isFailure(input)) {
          yield* run.error(complaint(run)(path, input))
          continue
        }
        const text = yield* input.rest()
        if (run.has('c')) yield* check(run, path, text, digest)
        else run.print(`${digest(bytesOf(text))}  ${path}\n`)
      }
      return run.exitCode
    },
  )

function* check(
  run: Run,
  list: string,
  text: string,
  digest: (bytes: Uint8Array) => string,
): ToolRun<void> {
  let failed = 0
  let unread = 0
  let good = 0
  for (const line of text.split('\n')) {
    const [, expected, path] = /^([0-9a-fA-F]{32,128})[ *]+(.+)$/.exec(line) ?? []
    if (expected === undefined || path === undefined) continue
    good++
    const input = openInput(run, path)
    if (isFailure(input)) {
      unread++
      yield* run.error(complaint(run)(path, input))
      if (!run.has('s')) run.print(`${path}: FAILED${run.isGnu ? ' open or read' : ''}\n`)
      continue
    }
    const isRight = digest(bytesOf(yield* input.rest())) === expected.toLowerCase()
    if (!isRight) failed++
    if (!run.has('s') && !(isRight && run.has('quiet')))
      run.print(`${path}: ${isRight ? 'OK' : 'FAILED'}\n`)
  }
  if (good === 0)
    return yield* run.error(
      run.isGnu ? `${list}: no properly formatted checksum lines found` : `no checksum lines found`,
    )
  if (failed + unread === 0) return
  run.exitCode = 1
  if (run.has('s')) return
  if (!run.isGnu)
    return yield* run.error(
      `WARNING: ${failed + unread} of ${good} computed checksums did NOT match`,
    )
  if (unread > 0)
    yield* run.error(`WARNING: ${unread} listed file${unread === 1 ? '' : 's'} could not be read`)
  if (failed > 0)
    yield* run.error(`WARNING: ${failed} computed checksum${failed === 1 ? '' : 's'} did NOT match`)
}

export const md5sum = makeSum('md5sum', md5)
export const sha1sum = makeSum('sha1sum', sha1)
export const sha256sum = makeSum('sha256sum', sha256)
export const sha512sum = makeSum('sha512sum', sha512)
