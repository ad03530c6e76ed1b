// The swiss army knife of Kubernetes' own tests. kubernetes: test/images/agnhost
import {
  type HttpReply,
  type ImageBehaviour,
  type Listener,
  MEBIBYTE,
  type Process,
  programName,
  quietly,
  type Self,
} from '#images/behaviour.ts'
import { guestbook } from '#images/agnhost-guestbook.ts'
import { netexec } from '#images/agnhost-netexec.ts'
import { issuerDiscovery } from '#images/agnhost-openid.ts'
import { isOn, option, portOption, type Subcommand } from '#images/agnhost-options.ts'
import { agnhostCommand } from '#images/commands/agnhost.ts'
import { processOfOutput } from '#images/commands/output.ts'
import { formatDuration, parseDuration } from '#images/go-http.ts'
import {
  escapeHtml,
  goError,
  goJson,
  goLog,
  goRedirect,
  goReply,
  httpOn,
  decodedPath,
} from '#images/http.ts'
import { AGNHOST_TOOLS } from '#images/tools.ts'
import { parseQuery } from '#images/url.ts'

const serving = (listens: readonly Listener[], ...lines: readonly string[]): Process =>
  quietly({
    listens,
    memoryBytes: 12 * MEBIBYTE,
    log: lines.map((text) => ({ after: 0, text, stream: 'stderr', clock: 'go' })),
    terminates: 2,
  })

const dying = (text: string, exitCode = 1): Process =>
  quietly({
    ends: { after: 10, exitCode },
    log: [{ after: 10, text, stream: 'stderr', clock: 'go' }],
  })

/** It stays for a minute after SIGTERM, so that nothing is lost on the way. */
const LINGERS = 60_000

const serveHostname: Subcommand = (args) => {
  const port = portOption(args, 'port', 9376)
  const [http, tcp, udp] = [
    isOn(args, 'http', true),
    isOn(args, 'tcp', false),
    isOn(args, 'udp', false),
  ]
  if (http && (tcp || udp)) return dying("Can't server TCP/UDP mode and HTTP mode at the same time")
  const listens: Listener[] = []
  const message = (kind: string) => (_: string, self: Self) => {
    goLog(self, `${kind} request from ${self.client}`)
    return self.hostname
  }
  if (tcp) listens.push({ port, protocol: 'TCP', after: 0, message: message('TCP') })
  if (udp) listens.push({ port, protocol: 'UDP', after: 0, message: message('UDP') })
  const close = isOn(args, 'close', false) ? { Connection: 'close' } : {}
  if (http)
    listens.push(
      httpOn(port, (_, self) => {
        goLog(self, `HTTP request from ${self.client}`)
        const reply = goReply(self.hostname)
        return { ...reply, headers: { ...reply.headers, ...close } }
      }),
    )
  return { ...serving(listens, `Serving on port ${port}.`), terminatesAfter: LINGERS }
}

const PORTER = /^SERVE_(PORT|TCP_PORT|TLS_PORT|UDP_PORT|SCTP_PORT)_(\d+)$/

const porter: Subcommand = (args, { env }) => {
  const isJson = isOn(args, 'json-response', false)
  const lines: string[] = []
  const listens = Object.keys(env)
    .toSorted()
    .flatMap((name): readonly Listener[] => {
      const match = PORTER.exec(name)
      if (match === null) return []
      const [port, body] = [Number(match[2]), env[name]!]
      if (match[1] === 'UDP_PORT') lines.push(`Started UDP server on port ${port}`)
      if (match[1] === 'SCTP_PORT') lines.push('Started SCTP server')
      return [porterListener(match[1]!, port, body, isJson)]
    })
  return serving(listens, ...lines)
}

const porterListener = (kind: string, port: number, body: string, isJson: boolean): Listener => {
  if (kind === 'UDP_PORT') return { port, protocol: 'UDP', after: 0, message: () => body }
  if (kind === 'SCTP_PORT')
    return {
      port,
      protocol: 'SCTP',
      after: 0,
      message: (_, self) => {
        goLog(self, 'Sending response')
        goLog(self, 'Response sent')
        return body
      },
    }
  const listener = httpOn(port, ({ method }) =>
    isJson
      ? {
          status: 200,
          headers: { 'Content-Type': 'application/json' },
          body: goJson({ Method: method, Body: body }),
        }
      : goReply(body),
  )
  return kind === 'TLS_PORT' ? { ...listener, tls: true } : listener
}

/** gRPC is not played: the health service is there, and says that all is well. */
const grpcHealthChecking: Subcommand = (args) => {
  const [grpc, http] = [portOption(args, 'port', 5000), portOption(args, 'http-port', 8080)]
  const answers = httpOn(http, (request) =>
    ['/make-not-serving', '/make-serving'].includes(request.path)
      ? goReply('')
      : goError('404 page not found', 404),
  )
  return serving([{ port: grpc, protocol: 'TCP', after: 0 }, answers])
}

const FAILS_AFTER = 10_000

const liveness: Subcommand = () => {
  const listener = httpOn(8080, (request, self) => {
    const query = parseQuery(request.path)
    switch (decodedPath(request)) {
      case '/started':
        return goReply(formatDuration(self.age))
      case '/healthz':
        return self.age > FAILS_AFTER ? goReply(`error: ${self.age / 1000}`, 500) : goReply('ok')
      case '/redirect':
        return goRedirect(request, query.get('loc') ?? '', 302)
      case '/sleep-headers':
      case '/sleep-body':
        return slept(Number(query.get('time') ?? 0), Number(query.get('code') ?? 500))
      default:
        return goError('404 page not found', 404)
    }
  })
  return serving([{ ...listener, changes: [FAILS_AFTER + 1] }])
}

const slept = (seconds: number, status: number): HttpReply => ({
  ...goReply(`Slept for ${seconds} secs\n`, status >= 100 && status <= 999 ? status : 500),
  ...(seconds > 0 ? { takes: seconds * 1000 } : {}),
})

const FILE_HEADERS = {
  'Access-Control-Allow-Credentials': 'true',
  'Access-Control-Allow-Headers':
    'DNT,X-Mx-ReqToken,Keep-Alive,User-Agent,X-Requested-With,Cache-Control,Content-Type',
  'Access-Control-Allow-Methods': 'GET, POST, OPTIONS',
  'Access-Control-Allow-Origin': '*',
  'Cache-Control': 'private',
}

const ROOT_FILES = [
  'agnhost',
  'bin/',
  'dev/',
  'etc/',
  'home/',
  'lib/',
  'localhost.crt',
  'localhost.key',
]
const ROOT_REST = ['proc/', 'root/', 'run/', 'sbin/', 'sys/', 'tmp/', 'uploads/', 'usr/', 'var/']

const directory = (names: readonly string[]): HttpReply => ({
  status: 200,
  headers: { 'Content-Type': 'text/html; charset=utf-8' },
  body: `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${names
    .map((name) => `<a href="${escapeHtml(name)}">${escapeHtml(name)}</a>\n`)
    .join('')}</pre>\n`,
})

/** A file server over the whole disk of the container. */
const testWebserver: Subcommand = (args) =>
  serving([
    httpOn(portOption(args, 'port', 80), (request, self) => {
      const path = decodedPath(request)
      const found = self.file?.(path) ?? (path === '/' ? [...ROOT_FILES, ...ROOT_REST] : undefined)
      const reply =
        found === undefined
          ? goError('404 page not found', 404)
          : typeof found === 'string'
            ? goReply(found)
            : directory(found)
      return { ...reply, headers: { ...FILE_HEADERS, ...reply.headers } }
    }),
  ])

const METHODS = ['GET', 'POST', 'PUT']
const NAMESPACES = ['kube-system', 'default', 'ns']
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789'
const MAX_LINES = 1000

const logLine = (id: number): string => {
  const chance = (Math.imul(id + 1, 2_654_435_761) >>> 0) / 16
  const at = (step: number, size: number): number => Math.floor(chance / step) % size
  const name = Array.from(
    { length: 3 + at(7, 2) },
    (_, index) => LETTERS[at(11 + index * 13, LETTERS.length)],
  ).join('')
  return `${id} ${METHODS[at(3, 3)]} /api/v1/namespaces/${NAMESPACES[at(5, 3)]}/pods/${name} ${200 + at(17, 400)}`
}

const logsGenerator: Subcommand = (args) => {
  const count = Number(option(args, 'log-lines-total') ?? after(args, '-t') ?? 0)
  const text = option(args, 'run-duration') ?? after(args, '-d') ?? '0s'
  const total = parseDuration(text) ?? 0
  if (!(count > 0)) return fatal(61, `Invalid total number of lines: ${count}`)
  if (total <= 0) return fatal(65, `Invalid duration: ${formatDuration(total)}`)
  return quietly({
    ends: { after: total, exitCode: 0 },
    log: Array.from({ length: Math.min(count, MAX_LINES) }, (_, index) => ({
      after: Math.floor((total * index) / count),
      text: `logs_generator.go:76] ${logLine(index)}`,
      stream: 'stderr',
      clock: 'klog',
    })),
    terminates: 2,
  })
}

const after = (args: readonly string[], flag: string): string | undefined => {
  const index = args.findIndex((word) => word.startsWith(flag) && !word.startsWith('--'))
  return index < 0 ? undefined : args[index]!.slice(2).replace(/^=/, '') || args[index + 1]
}

const fatal = (line: number, text: string): Process =>
  quietly({
    ends: { after: 10, exitCode: 255 },
    log: [
      { after: 10, text: `logs_generator.go:${line}] ${text}`, stream: 'stderr', clock: 'klog' },
    ],
  })

const pause: Subcommand = () => ({
  ...serving([]),
  log: [{ after: 0, text: 'Paused', stream: 'stdout' }],
})

const httpEcho: Subcommand = (args, { env }) => {
  const port = portOption(args, 'port', 8080)
  const listener = httpOn(port, (request, self) => {
    goLog(self, `Echoing back request made to ${request.path} to client (${self.client})`)
    const headers = Object.entries(request.headers ?? {})
    const body = goJson(
      {
        path: request.path,
        host: headers.find(([name]) => /^host$/i.test(name))?.[1] ?? '',
        method: request.method,
        proto: 'HTTP/1.1',
        headers: Object.fromEntries(
          headers
            .filter(([name]) => !/^host$/i.test(name))
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, text]) => [name, [text]]),
        ),
        httpPort: String(port),
        namespace: env['NAMESPACE'] ?? '',
        pod: env['POD_NAME'] ?? '',
      },
      ' ',
    )
    return {
      status: 200,
      headers: { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff' },
      body,
    }
  })
  return { ...serving([listener], `Serving on port ${port}.`), terminatesAfter: LINGERS }
}

const SUBCOMMANDS = new Map<string, Subcommand>([
  ['netexec', netexec],
  ['serve-hostname', serveHostname],
  ['porter', porter],
  ['liveness', liveness],
  ['grpc-health-checking', grpcHealthChecking],
  ['test-webserver', testWebserver],
  ['guestbook', guestbook],
  ['logs-generator', logsGenerator],
  ['http-echo', httpEcho],
  ['test-service-account-issuer-discovery', issuerDiscovery],
  ['pause', pause],
])

export const agnhost: ImageBehaviour = {
  sizeBytes: 52_474_281,
  entrypoint: ['/agnhost'],
  cmd: ['pause'],
  user: 0,
  tools: AGNHOST_TOOLS,
  program: (argv, context) => {
    if (programName(argv[0]) !== 'agnhost') return undefined
    const subcommand = SUBCOMMANDS.get(argv[1] ?? '')
    if (subcommand !== undefined) return subcommand(argv.slice(2), context)
    const { network, now } = context
    const output =
      network === undefined ? undefined : agnhostCommand({ argv, network, now: now ?? 0 })
    if (output !== undefined) return processOfOutput(output)
    return argv[1] === undefined || argv[1].startsWith('-')
      ? quietly({ ends: { after: 10, exitCode: 0 } })
      : undefined
  },
}

/** agnhost as the server of a picture and of what it is called. kubernetes: test/images/nautilus */
export const nautilus: ImageBehaviour = { ...agnhost, cmd: ['test-webserver'] }

/** Says as whom a program that belongs to root may act. kubernetes: test/images/nonewprivs */
export const nonewprivs: ImageBehaviour = {
  sizeBytes: 7_373_610,
  entrypoint: ['/nnp'],
  cmd: [],
  user: 0,
  program: ([name], { place }) => {
    if (programName(name) !== 'nnp') return undefined
    const uid = place?.noNewPrivileges === true ? (place.user?.uid ?? 0) : 0
    const log = [{ after: 0, text: `Effective uid: ${uid}`, stream: 'stdout' }] as const
    return quietly({ ends: { after: 10, exitCode: 0 }, log })
  },
}
