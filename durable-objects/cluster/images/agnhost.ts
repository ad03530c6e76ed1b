// The swiss army knife of Kubernetes' own tests. kubernetes: test/images/agnhost
import {
  type HttpReply,
  type HttpRequest,
  type ImageBehaviour,
  type Listener,
  MEBIBYTE,
  type Process,
  type ProgramContext,
  programName,
  quietly,
  type Self,
  textReply,
} from '#images/behaviour.ts'
import { httpOn, pathOf } from '#images/web-servers.ts'

type Subcommand = (args: readonly string[], context: ProgramContext) => Process

/** `--http-port=80` or `--http-port 80`. */
const option = (args: readonly string[], name: string): string | undefined => {
  const index = args.findIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`))
  if (index < 0) return undefined
  const word = args[index]!
  return word === `--${name}` ? args[index + 1] : word.slice(name.length + 3)
}

const portOption = (args: readonly string[], name: string, otherwise: number): number => {
  const port = Number(option(args, name) ?? otherwise)
  return Number.isInteger(port) ? port : otherwise
}

const isOn = (args: readonly string[], name: string, otherwise: boolean): boolean => {
  const index = args.findIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`))
  return index < 0 ? otherwise : !/=(false|0)$/.test(args[index]!)
}

const serving = (listens: readonly Listener[], ...lines: readonly string[]): Process =>
  quietly({
    listens,
    memoryBytes: 12 * MEBIBYTE,
    log: lines.map((text) => ({ after: 0, text, stream: 'stdout' })),
    terminates: 2,
  })

const queryOf = (request: HttpRequest): ReadonlyMap<string, string> => {
  const query = request.path.split('?').slice(1).join('?')
  const pairs = query.split('&').filter((pair) => pair !== '')
  return new Map(pairs.map((pair) => [pair.split('=')[0]!, pair.split('=').slice(1).join('=')]))
}

const answerNetexec =
  (udpPort: number) =>
  (request: HttpRequest, self: Self): HttpReply => {
    const query = queryOf(request)
    switch (pathOf(request).toLowerCase()) {
      case '/hostname':
        return textReply(self.hostname)
      case '/clientip':
        return textReply(self.client)
      case '/serverport':
        return textReply(String(self.port))
      case '/echo':
        return textReply(query.get('msg') ?? '', Number(query.get('code') ?? 200) || 200)
      case '/healthz':
        // The datagram server has to be up: with --udp-port=-1 it never is.
        return textReply('', udpPort > 0 ? 200 : 412)
      case '/readyz':
        return textReply('')
      case '/redirect':
        return {
          status: Number(query.get('code') ?? 302) || 302,
          headers: { Location: query.get('location') ?? '/' },
          body: '',
        }
      case '/':
        return textReply(`NOW: ${self.age}`)
      default:
        return textReply('404 page not found\n', 404)
    }
  }

const answerLine = (text: string, self: Self): string | undefined => {
  const [word, ...rest] = text.trim().split(' ')
  switch (word!.toLowerCase()) {
    case 'hostname':
      return self.hostname
    case 'echo':
      return rest.join(' ')
    case 'clientip':
      return self.client
    case 'serverport':
      return String(self.port)
    default:
      return undefined
  }
}

const netexec: Subcommand = (args) => {
  const http = portOption(args, 'http-port', 8080)
  const udp = portOption(args, 'udp-port', 8081)
  const sctp = portOption(args, 'sctp-port', -1)
  const tls = option(args, 'tls-cert-file') === undefined ? {} : { tls: true }
  const datagrams = { after: 0, message: answerLine }
  return serving(
    [
      { ...httpOn(http, answerNetexec(udp)), ...tls },
      ...(udp > 0 ? [{ port: udp, protocol: 'UDP' as const, ...datagrams }] : []),
      ...(sctp > 0 ? [{ port: sctp, protocol: 'SCTP' as const, ...datagrams }] : []),
    ],
    `Started HTTP server on port ${http}`,
    ...(udp > 0 ? [`Started UDP server on port ${udp}`] : []),
  )
}

const serveHostname: Subcommand = (args) => {
  const port = portOption(args, 'port', 9376)
  const listens: Listener[] = []
  const message = (_: string, self: Self) => self.hostname
  if (isOn(args, 'http', true)) listens.push(httpOn(port, (_, self) => textReply(self.hostname)))
  else if (isOn(args, 'tcp', false)) listens.push({ port, protocol: 'TCP', after: 0, message })
  if (isOn(args, 'udp', false)) listens.push({ port, protocol: 'UDP', after: 0, message })
  return serving(listens, `Serving on port ${port}.`)
}

const porter: Subcommand = (args, { env }) => {
  const isJson = isOn(args, 'json-response', false)
  const listens = Object.keys(env)
    .sort()
    .flatMap((name): readonly Listener[] => {
      const match = /^SERVE_(TLS_)?PORT_(\d+)$/.exec(name)
      if (match === null) return []
      const body = env[name]!
      const listener = httpOn(Number(match[2]), (request) =>
        isJson
          ? textReply(
              `{"Method":${JSON.stringify(request.method)},"Body":${JSON.stringify(body)}}`,
              200,
              'application/json',
            )
          : textReply(body, 200, `text/${body.startsWith('<') ? 'html' : 'plain'}; charset=utf-8`),
      )
      return [match[1] === undefined ? listener : { ...listener, tls: true }]
    })
  return serving(listens)
}

const FAILS_AFTER = 10_000

const liveness: Subcommand = () =>
  serving([
    {
      ...httpOn(8080, (request, self) =>
        pathOf(request) === '/healthz' && self.age > FAILS_AFTER
          ? textReply(`error: ${self.age / 1000}`, 500)
          : textReply('ok'),
      ),
      changes: [FAILS_AFTER + 1],
    },
  ])

const testWebserver: Subcommand = (args) =>
  serving([
    httpOn(portOption(args, 'port', 80), (request) =>
      request.path === '/'
        ? textReply('<pre>\n</pre>\n', 200, 'text/html')
        : textReply('404 page not found\n', 404),
    ),
  ])

const guestbook: Subcommand = (args) =>
  serving([httpOn(portOption(args, 'http-port', 80), () => textReply('{"data": ""}'))])

const logsGenerator: Subcommand = (args) => {
  const lines = Number(option(args, 'log-lines-total') ?? 0)
  const duration = /^(\d+)(ms|s|m)$/.exec(option(args, 'run-duration') ?? '0s')
  const unit = { ms: 1, s: 1000, m: 60_000 }[duration?.[2] ?? 's'] ?? 1000
  const total = Number(duration?.[1] ?? 0) * unit
  return quietly({
    ends: { after: total, exitCode: 0 },
    log: Array.from({ length: Math.min(lines, 1000) }, (_, index) => ({
      after: Math.floor((total * index) / Math.max(1, lines)),
      text: `${index} GET /api/v1/namespaces/default/pods/x 200`,
      stream: 'stdout',
    })),
    terminates: 2,
  })
}

const pause: Subcommand = () => serving([], 'Paused')

const SUBCOMMANDS = new Map<string, Subcommand>([
  ['netexec', netexec],
  ['serve-hostname', serveHostname],
  ['porter', porter],
  ['liveness', liveness],
  ['test-webserver', testWebserver],
  ['guestbook', guestbook],
  ['logs-generator', logsGenerator],
  ['pause', pause],
])

const HELP: Subcommand = () => quietly({ ends: { after: 10, exitCode: 0 } })

export const agnhost: ImageBehaviour = {
  sizeBytes: 52_474_281,
  entrypoint: ['/agnhost'],
  cmd: ['pause'],
  user: 0,
  program: (argv, context) => {
    if (programName(argv[0]) !== 'agnhost') return undefined
    const subcommand = SUBCOMMANDS.get(argv[1] ?? '')
    if (subcommand !== undefined) return subcommand(argv.slice(2), context)
    return argv[1] === undefined || argv[1].startsWith('-') ? HELP(argv, context) : undefined
  },
}
