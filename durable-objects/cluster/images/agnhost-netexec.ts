// kubernetes: test/images/agnhost/netexec/netexec.go
import {
  type HttpReply,
  type HttpRequest,
  type Listener,
  MEBIBYTE,
  type Process,
  quietly,
  type Self,
} from '#images/behaviour.ts'
import { option, portOption, type Subcommand } from '#images/agnhost-options.ts'
import { goTime } from '#images/clock.ts'
import { runCommand } from '#images/command.ts'
import {
  bracketed,
  formatDuration,
  goFetch,
  goResolve,
  parseDuration,
  quote,
} from '#images/go-http.ts'
import {
  goError,
  goJson,
  goLog,
  goRedirect,
  goReply,
  headerOf,
  type HttpAnswer,
  httpOn,
  decodedPath,
  pathOf,
} from '#images/http.ts'
import { parseQuery } from '#images/url.ts'

interface Ask {
  readonly request: HttpRequest
  readonly query: ReadonlyMap<string, string>
  readonly self: Self
  readonly isReady: boolean
}

type Route = (ask: Ask) => HttpReply

const value = ({ query, request }: Ask, name: string): string => {
  const found = query.get(name)
  if (found !== undefined || request.body === undefined) return found ?? ''
  return parseQuery(`?${request.body}`).get(name) ?? ''
}

const EMPTY: HttpReply = { status: 200, headers: {}, body: '' }

const root: Route = ({ self }) => {
  goLog(self, 'GET /')
  return goReply(`NOW: ${goTime(self.now ?? self.age)} m=+${(self.age / 1000).toFixed(9)}`)
}

const ATOI = /^[+-]?\d+$/

const echo: Route = (ask) => {
  const [message, code] = [value(ask, 'msg'), value(ask, 'code')]
  goLog(ask.self, `GET /echo?msg=${message}&code=${code}`)
  if (code !== '' && !ATOI.test(code))
    return goReply(`argument 'code' must be an integer or empty, got ${quote(code)}\n`)
  const status = code === '' ? 200 : Number(code)
  // net/http panics at other numbers and the connection breaks off.
  return goReply(message, status >= 100 && status <= 999 ? status : 500)
}

const clientIp: Route = ({ self }) => {
  goLog(self, 'GET /clientip')
  return goReply(self.client)
}

const header: Route = (ask) => {
  const key = value(ask, 'key')
  goLog(ask.self, key === '' ? 'GET /header' : `GET /header?key=${key}`)
  if (key !== '') return goReply(headerOf(ask.request, key) ?? '')
  // Go keeps the Host header elsewhere.
  const others = Object.entries(ask.request.headers ?? {}).filter(([name]) => !/^host$/i.test(name))
  const sorted = others.toSorted(([a], [b]) => (a < b ? -1 : 1))
  return goReply(goJson(Object.fromEntries(sorted.map(([name, text]) => [name, [text]]))))
}

const exit: Route = (ask) => {
  const [wait, timeout, code] = [value(ask, 'wait'), value(ask, 'timeout'), value(ask, 'code')]
  goLog(ask.self, `GET /exit?code=${code}&timeout=${timeout}&wait=${wait}`)
  const [pause, grace] = [duration(wait), duration(timeout)]
  if (grace === undefined) return badDuration('timeout', timeout)
  if (pause === undefined) return badDuration('wait', wait)
  if (code !== '' && !ATOI.test(code))
    return goReply(`argument 'code' must be an integer [0-127] or empty, got ${quote(code)}\n`)
  goLog(
    ask.self,
    `Will begin shutdown in ${formatDuration(pause)}, allowing ${formatDuration(grace)} for connections to close, then will exit with ${Number(code)}`,
  )
  ask.self.exit?.(Number(code) & 255, pause)
  return { ...EMPTY, takes: pause }
}

const duration = (text: string): number | undefined => (text === '' ? 0 : parseDuration(text))

const badDuration = (name: string, text: string): HttpReply =>
  goReply(`argument '${name}' must be a valid golang duration or empty, got ${quote(text)}\n`)

const healthz: Route = ({ self, isReady }) => {
  goLog(self, 'GET /healthz')
  return { ...EMPTY, status: isReady ? 200 : 412 }
}

const readyz: Route = ({ self, isReady }) => {
  goLog(self, 'GET /readyz')
  if (self.isStopping === true) return goReply('shutting down', 503)
  return isReady ? goReply('ok') : { ...EMPTY, status: 412 }
}

const hostname: Route = ({ self, request }) => {
  goLog(self, `GET ${pathOf(request)}`)
  return goReply(self.hostname)
}

const shutdown: Route = ({ self }) => {
  goLog(self, 'GET /shutdown')
  self.exit?.(0, 0)
  return EMPTY
}

const redirect: Route = (ask) => {
  const [location, code] = [value(ask, 'location'), value(ask, 'code')]
  goLog(ask.self, `${ask.request.method} /redirect?msg=${location}&code=${code}`)
  if (code !== '' && !ATOI.test(code))
    return goReply(`argument 'code' must be an integer or empty, got ${quote(code)}\n`)
  const status = code === '' ? 302 : Number(code)
  return goRedirect(ask.request, location, status >= 100 && status <= 999 ? status : 500)
}

const shell: Route = (ask) => {
  const command = value(ask, 'shellCommand') || value(ask, 'cmd')
  goLog(ask.self, `GET /shell?cmd=${command}`)
  const { env, network, now, hostname: name } = ask.self
  const run = runCommand(['/bin/sh', '-c', command], {
    env,
    ports: [],
    hostname: name,
    ...(network === undefined ? {} : { network }),
    ...(now === undefined ? {} : { now }),
  })
  const lines = run.log.map(({ text }) => `${text}\n`).join('')
  const isKnown = run.ends !== undefined
  const text = isKnown ? lines : `/bin/sh: ${command.split(/\s/)[0]}: not found\n`
  const exitCode = run.ends?.exitCode ?? 127
  return goReply(
    goJson({
      ...(exitCode === 0 ? {} : { error: `exit status ${exitCode}` }),
      ...(text === '' ? {} : { output: text }),
    }),
  )
}

const upload: Route = ({ self }) => {
  goLog(self, 'GET /upload')
  goLog(self, "Unable to upload file: request Content-Type isn't multipart/form-data")
  return goReply('{"error":"Unable to upload file."}')
}

const serverPort: Route = ({ self }) => {
  goLog(self, 'GET /serverport')
  return goReply(String(self.port))
}

const MAX_TRIES = 1000
const DIAL_TIMEOUT = 5000

const dial: Route = (ask) => {
  const [host, port, request, protocol, tries] = [
    value(ask, 'host'),
    value(ask, 'port'),
    value(ask, 'request'),
    value(ask, 'protocol'),
    value(ask, 'tries'),
  ]
  goLog(
    ask.self,
    `GET /dial?host=${host}&protocol=${protocol}&port=${port}&request=${request}&tries=${tries}`,
  )
  if (tries !== '' && !ATOI.test(tries))
    return goError(
      `tries parameter is invalid. strconv.Atoi: parsing ${quote(tries)}: invalid syntax`,
      400,
    )
  if (request === '') return goError('request parameter not specified. <nil>', 400)
  const kind = protocol.toLowerCase() || 'http'
  if (!['http', 'udp', 'sctp'].includes(kind))
    return goError(`unsupported protocol. ${protocol}`, 400)
  const to = goResolve(ask.self.network, host, port, kind === 'udp' ? 'udp' : 'tcp')
  if ('error' in to) return goError(`host and/or port param are invalid. ${to.error}`, 400)
  const [responses, errors]: [string[], string[]] = [[], []]
  let last = ''
  for (let turn = 0; turn < Math.min(Number(tries || 1), MAX_TRIES); turn++) {
    const result =
      kind === 'http' ? dialHttp(ask.self, to, request) : dialMessage(ask.self, to, request, kind)
    last = 'error' in result ? '' : result.text
    if ('error' in result) errors.push(result.error)
    else responses.push(result.text)
  }
  return goReply(
    goJson({
      ...(errors.length === 0 ? {} : { errors }),
      ...(last === '' ? {} : { responses }),
    }),
  )
}

interface Target {
  readonly address: string
  readonly port: number
}

type Dialled = { readonly text: string } | { readonly error: string }

const dialHttp = (self: Self, { address, port }: Target, request: string): Dialled => {
  const url = `http://${bracketed(address)}:${port}/${request}`
  const reply = goFetch(self.network, url, { timeout: DIAL_TIMEOUT })
  return 'error' in reply ? reply : { text: reply.body }
}

const dialMessage = (self: Self, target: Target, request: string, kind: string): Dialled => {
  const { address, port } = target
  const answer = self.network?.contact({
    protocol: kind === 'udp' ? 'UDP' : 'SCTP',
    address,
    port,
    message: request,
  })
  if (answer?.outcome === 'message' && answer.text !== '') return { text: answer.text }
  const way = `${kind} ${answer?.source ?? self.podIP}->${bracketed(address)}:${port}`
  if (kind === 'sctp' && answer?.outcome !== 'silent' && answer?.outcome !== 'message')
    return {
      error: `sctp dial failed. err:${answer?.outcome === 'refused' ? 'connection refused' : 'connection timed out'}`,
    }
  const why =
    answer?.outcome === 'refused'
      ? `read ${way}: read: connection refused`
      : `read ${way}: i/o timeout`
  return { error: `reading from ${kind} connection failed. err:'${why}'` }
}

const ROUTES = new Map<string, Route>([
  ['/clientip', clientIp],
  ['/dial', dial],
  ['/echo', echo],
  ['/exit', exit],
  ['/header', header],
  ['/healthz', healthz],
  ['/hostname', hostname],
  ['/hostName', hostname],
  ['/readyz', readyz],
  ['/redirect', redirect],
  ['/serverport', serverPort],
  ['/shell', shell],
  ['/shutdown', shutdown],
  ['/upload', upload],
])

const answerHttp =
  (isReady: boolean, override: string | undefined): HttpAnswer =>
  (given, self) => {
    const request = override === undefined ? given : { method: 'GET', path: override }
    const route = ROUTES.get(decodedPath(request)) ?? root
    return route({ request, query: parseQuery(request.path), self, isReady })
  }

const answerMessage =
  (kind: 'UDP' | 'SCTP'): NonNullable<Listener['message']> =>
  (text, self) => {
    const received = text.trim().toLowerCase()
    const name = kind === 'UDP' ? 'udp' : 'SCTP'
    if (received === 'hostname') {
      goLog(self, `Sending ${name} hostName response`)
      return self.hostname
    }
    if (received.startsWith('echo ')) {
      const echoed = received.slice('echo '.length)
      goLog(self, `Echoing ${echoed} to ${kind} client ${self.client}`)
      return echoed
    }
    if (received === 'clientip') {
      goLog(self, `Sending clientip back to ${kind} client ${self.client}`)
      return self.client
    }
    if (received === 'serverport') {
      goLog(self, `Sending serverport back to ${kind} client ${self.client}`)
      return String(self.port)
    }
    if (received !== '')
      goLog(self, `Unknown ${kind} command received from ${self.client}: ${received}`)
    return undefined
  }

export const netexec: Subcommand = (args): Process => {
  const http = portOption(args, 'http-port', 8080)
  const udp = portOption(args, 'udp-port', 8081)
  const sctp = portOption(args, 'sctp-port', -1)
  const delay = Math.max(0, portOption(args, 'delay-shutdown', 0)) * 1000
  const addresses = (option(args, 'udp-listen-addresses') ?? '').split(',')
  const tls = option(args, 'tls-cert-file') === undefined ? {} : { tls: true }
  const answer = answerHttp(udp > 0 || sctp > 0, option(args, 'http-override'))
  const lines = [
    `Started HTTP server on port ${http}`,
    ...(udp > 0 ? addresses.map((address) => `Started UDP server on port ${address} ${udp}`) : []),
    ...(sctp > 0 ? ['Started SCTP server'] : []),
  ]
  return quietly({
    listens: [
      { ...httpOn(http, answer), ...tls },
      ...(udp > 0 ? udpListeners(udp, addresses) : []),
      ...(sctp > 0
        ? [{ port: sctp, protocol: 'SCTP' as const, after: 0, message: answerMessage('SCTP') }]
        : []),
    ],
    memoryBytes: 12 * MEBIBYTE,
    log: lines.map((text) => ({ after: 0, text, stream: 'stderr', clock: 'go' })),
    terminates: 0,
    ...(delay === 0 ? {} : { terminatesAfter: delay }),
  })
}

/** Only loopback is told apart: which of a Pod's addresses was asked makes no other difference. */
const udpListeners = (port: number, addresses: readonly string[]): readonly Listener[] => {
  const listener = { port, protocol: 'UDP', after: 0, message: answerMessage('UDP') } as const
  const isLocal = addresses.every((address) => address.startsWith('127.') || address === '::1')
  return [isLocal ? { ...listener, host: '127.0.0.1' } : listener]
}
