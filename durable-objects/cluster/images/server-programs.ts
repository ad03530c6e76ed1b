// Small servers that people start by hand in any image.
import {
  htmlReply,
  type Listener,
  MEBIBYTE,
  type Process,
  programName,
  quietly,
} from '#images/behaviour.ts'
import { httpOn } from '#images/http.ts'

/** The server that `argv` starts; undefined if it is none of these. */
export const serverProgram = (argv: readonly string[]): Process | undefined => {
  const name = programName(argv[0])
  if (name === 'busybox') return serverProgram(argv.slice(1))
  if (name === 'httpd' && argv.includes('-f'))
    return files(flagged(argv, '-p') ?? 80, LOOPBACK.test(wordAfter(argv, '-p')))
  if (/^python\d?(\.\d+)?$/.test(name) && argv[1] === '-m' && argv[2] === 'http.server') {
    const port = Number(argv.slice(3).find((word) => /^\d+$/.test(word)) ?? 8000)
    return files(port, LOOPBACK.test(wordAfter(argv, '-b') || wordAfter(argv, '--bind')))
  }
  if (/^(nc|ncat|netcat)$/.test(name)) return netcat(argv)
  return undefined
}

const LOOPBACK = /^(127\.|localhost\b)/

/** What stands behind a flag, in the same word or in the next; '' without the flag. */
const wordAfter = (argv: readonly string[], flag: string): string => {
  const index = argv.findIndex((word) => word === flag || word.startsWith(flag))
  if (index < 0) return ''
  const word = argv[index]!
  return word === flag ? (argv[index + 1] ?? '') : word.slice(flag.length).replace(/^=/, '')
}

/** The listener for callers in the same Pod only, if that is what was asked for. */
const bound = (listener: Listener, isLoopback: boolean): Listener =>
  isLoopback ? { ...listener, host: '127.0.0.1' } : listener

const flagged = (argv: readonly string[], flag: string): number | undefined => {
  const index = argv.findIndex(
    (word) => word === flag || (word.startsWith(flag) && /\d$/.test(word)),
  )
  if (index < 0) return undefined
  const text = argv[index] === flag ? argv[index + 1] : argv[index]!.slice(flag.length)
  const port = Number(text?.replace(/^.*:/, ''))
  return port > 0 && port < 65_536 ? port : undefined
}

const files = (port: number, isLoopback: boolean): Process =>
  quietly({
    listens: [
      bound(
        httpOn(port, (request) =>
          request.path === '/'
            ? htmlReply('<!DOCTYPE HTML>\n<title>Directory listing for /</title>\n')
            : htmlReply('<h1>404 Not Found</h1>\n', 404),
        ),
        isLoopback,
      ),
    ],
    memoryBytes: 2 * MEBIBYTE,
  })

const netcat = (argv: readonly string[]): Process | undefined => {
  if (!argv.slice(1).some((word) => /^-\w*l/.test(word))) return undefined
  const last = Number(argv.at(-1))
  const port = flagged(argv, '-p') ?? (last > 0 ? last : undefined)
  if (port === undefined) return undefined
  const isDatagram = argv.some((word) => /^-\w*u/.test(word))
  const protocol = isDatagram ? 'UDP' : 'TCP'
  const isLoopback = LOOPBACK.test(wordAfter(argv, '-s'))
  return quietly({ listens: [bound({ port, protocol, after: 0 }, isLoopback)] })
}
