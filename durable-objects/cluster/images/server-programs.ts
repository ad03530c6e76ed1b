// Small servers that people start by hand in any image.
import { htmlReply, MEBIBYTE, type Process, programName, quietly } from '#images/behaviour.ts'
import { httpOn } from '#images/web-servers.ts'

/** The server that `argv` starts; undefined if it is none of these. */
export const serverProgram = (argv: readonly string[]): Process | undefined => {
  const name = programName(argv[0])
  if (name === 'busybox') return serverProgram(argv.slice(1))
  if (name === 'httpd' && argv.includes('-f')) return files(flagged(argv, '-p') ?? 80)
  if (/^python\d?(\.\d+)?$/.test(name) && argv[1] === '-m' && argv[2] === 'http.server')
    return files(Number(argv.slice(3).find((word) => /^\d+$/.test(word)) ?? 8000))
  if (/^(nc|ncat|netcat)$/.test(name)) return netcat(argv)
  return undefined
}

const flagged = (argv: readonly string[], flag: string): number | undefined => {
  const index = argv.findIndex(
    (word) => word === flag || (word.startsWith(flag) && /\d$/.test(word)),
  )
  if (index < 0) return undefined
  const text = argv[index] === flag ? argv[index + 1] : argv[index]!.slice(flag.length)
  const port = Number(text?.replace(/^.*:/, ''))
  return port > 0 && port < 65_536 ? port : undefined
}

const files = (port: number): Process =>
  quietly({
    listens: [
      httpOn(port, (request) =>
        request.path === '/'
          ? htmlReply('<!DOCTYPE HTML>\n<title>Directory listing for /</title>\n')
          : htmlReply('<h1>404 Not Found</h1>\n', 404),
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
  return quietly({ listens: [{ port, protocol: isDatagram ? 'UDP' : 'TCP', after: 0 }] })
}
