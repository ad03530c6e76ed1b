// Servers that say who they are and what they were asked.
import {
  htmlReply,
  type HttpReply,
  type HttpRequest,
  type ImageBehaviour,
  type LogLine,
  MEBIBYTE,
  portFrom,
  type Process,
  type ProgramContext,
  programName,
  quietly,
  type Self,
  textReply,
} from '#images/behaviour.ts'
import { accessTime, slashTime } from '#images/clock.ts'
import {
  byteLength,
  goJson,
  goLog,
  goReply,
  headerOf,
  type HttpAnswer,
  httpOn,
  pathOf,
} from '#images/http.ts'
import { flag } from '#images/samples.ts'
import { parseQuery } from '#images/url.ts'

const server = (
  sizeBytes: number,
  command: readonly string[],
  start: (argv: readonly string[], context: ProgramContext) => Process,
  user = 0,
): ImageBehaviour => ({
  sizeBytes,
  entrypoint: command.slice(0, 1),
  cmd: command.slice(1),
  user,
  program: (argv, context) =>
    programName(argv[0]) === programName(command[0]) ? start(argv, context) : undefined,
})

const serving = (
  port: number,
  answer: HttpAnswer,
  line: Omit<LogLine, 'after'>,
  megabytes = 8,
): Process =>
  quietly({
    listens: [httpOn(port, answer)],
    memoryBytes: megabytes * MEBIBYTE,
    log: [{ after: 0, ...line }],
    terminates: 2,
  })

const goLine = (text: string) => ({ text, stream: 'stderr', clock: 'go' }) as const

type Headers = readonly (readonly [string, string])[]

/** Headers in the order of their names, as Go and nginx list them. */
const sortedHeaders = (request: HttpRequest, isLower = false): Headers =>
  Object.entries(request.headers ?? {})
    .map(([name, text]) => [isLower ? name.toLowerCase() : name, text] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))

const hostOf = (request: HttpRequest, self: Self): string =>
  headerOf(request, 'Host') ?? `${self.podIP}:${self.port}`

const withoutHost = (headers: Headers): Headers => headers.filter(([name]) => !/^host$/i.test(name))

/** github.com/hashicorp/http-echo */
export const httpEcho = server(
  3_123_511,
  ['/http-echo'],
  (argv) => {
    const text = flag(argv, 'text') ?? ''
    if (text === '')
      return quietly({
        ends: { after: 10, exitCode: 127 },
        log: [{ after: 10, text: 'Missing -text option!', stream: 'stderr' }],
      })
    const listen = flag(argv, 'listen') ?? ':5678'
    const port = Number(listen.replace(/^.*:/, ''))
    const status = Number(flag(argv, 'status-code') ?? 200) || 200
    const process = serving(
      port > 0 ? port : 5678,
      (request, self) => {
        const isHealth = pathOf(request) === '/health'
        const body = isHealth ? '{"status":"ok"}\n' : `${text}\n`
        const reply = textReply(body, isHealth ? 200 : status)
        if (self.now !== undefined && !isHealth)
          self.log?.(
            `${slashTime(self.now)} ${hostOf(request, self)} ${self.client} "${request.method} ${request.path} HTTP/1.1" ${reply.status} ${byteLength(body)} "${headerOf(request, 'User-Agent') ?? ''}" 20.5µs`,
            'stdout',
          )
        return {
          ...reply,
          headers: { 'X-App-Name': 'http-echo', 'X-App-Version': '1.0.0', ...reply.headers },
        }
      },
      goLine(`[INFO] server is listening on ${listen}`),
      4,
    )
    const host = listen.replace(/:\d*$/, '')
    return /^(127\.|localhost)/.test(host)
      ? { ...process, listens: process.listens.map((item) => ({ ...item, host: '127.0.0.1' })) }
      : process
  },
  65_532,
)

/** github.com/traefik/whoami */
export const whoami = server(2_791_423, ['/whoami'], (argv, { env }) => {
  const given = Number(flag(argv, 'port'))
  const port = given > 0 ? given : portFrom(env, 'WHOAMI_PORT_NUMBER', 80)
  const name = flag(argv, 'name') ?? (Object.hasOwn(env, 'WHOAMI_NAME') ? env['WHOAMI_NAME']! : '')
  return serving(
    port,
    (request, self) => answerWhoami(name, request, self),
    goLine(`Starting up on port ${port}`),
  )
})

const answerWhoami = (name: string, request: HttpRequest, self: Self): HttpReply => {
  const ips = ['127.0.0.1', '::1', self.podIP]
  switch (pathOf(request)) {
    case '/health':
      return { status: 200, headers: {}, body: '' }
    case '/bench':
      return textReply('1')
    case '/api': {
      const headers = withoutHost(sortedHeaders(request)).map(([key, text]) => [key, [text]])
      const body = {
        ...(name === '' ? {} : { name }),
        hostname: self.hostname,
        ip: ips,
        headers: Object.fromEntries(headers),
        url: request.path,
        host: hostOf(request, self),
        method: request.method,
        remoteAddr: self.client,
      }
      return { ...textReply(`${goJson(body)}\n`, 200, 'application/json') }
    }
    default: {
      const [agent, rest] = [
        headerOf(request, 'User-Agent'),
        withoutHost(sortedHeaders(request)).filter(([key]) => !/^user-agent$/i.test(key)),
      ]
      const lines = [
        `${request.method} ${request.path} HTTP/1.1`,
        `Host: ${hostOf(request, self)}`,
        `User-Agent: ${agent ?? 'Go-http-client/1.1'}`,
        ...rest.map(([key, text]) => `${key}: ${text}`),
      ]
      return goReply(
        `${name === '' ? '' : `Name: ${name}\n`}Hostname: ${self.hostname}\n${ips.map((ip) => `IP: ${ip}\n`).join('')}RemoteAddr: ${self.client}\n${lines.map((line) => `${line}\r\n`).join('')}\r\n${request.body ?? ''}`,
      )
    }
  }
}

/** github.com/jmalloc/echo-server, and the image of minikube that was made of it. */
export const jmallocEcho = server(4_943_877, ['/bin/echo-server'], (_, { env }) => {
  const port = portFrom(env, 'PORT', 8080)
  return serving(
    port,
    (request, self) => {
      self.log?.(`${self.client} | ${request.method} ${request.path}`, 'stdout')
      const headers = withoutHost(sortedHeaders(request)).map(([key, text]) => `${key}: ${text}\n`)
      const body = (request.body ?? '') === '' ? '' : `\n${request.body}`
      return textReply(
        `Request served by ${self.hostname}\n\nHTTP/1.1 ${request.method} ${request.path}\n\nHost: ${hostOf(request, self)}\n${headers.join('')}${body}`,
        200,
        'text/plain',
      )
    },
    { text: `Echo server listening on port ${port}.`, stream: 'stdout' },
  )
})

const v6Mapped = (self: Self): string => `::ffff:${self.client.replace(/:\d+$/, '')}`

const jsonBody = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** github.com/Ealenn/Echo-Server */
export const ealenEcho = server(30_112_840, ['/bin/node', 'webserver'], (_, { env }) => {
  const port = portFrom(env, 'PORT', 80)
  return serving(
    port,
    (request, self) => answerEalen(request, self),
    { text: `Listening on port ${port}.`, stream: 'stdout' },
    40,
  )
})

const answerEalen = (request: HttpRequest, self: Self): HttpReply => {
  const query = parseQuery(request.path)
  const asked = (name: string): string | undefined =>
    query.get(`echo_${name}`) ?? headerOf(request, `X-ECHO-${name.toUpperCase()}`)
  const host = hostOf(request, self).replace(/:\d+$/, '')
  const whole = {
    host: { hostname: host, ip: v6Mapped(self), ips: [] },
    http: {
      method: request.method,
      baseUrl: '',
      originalUrl: request.path,
      protocol: self.isTls === true ? 'https' : 'http',
    },
    request: {
      params: { 0: pathOf(request) },
      query: Object.fromEntries(query),
      cookies: {},
      body: jsonBody(request.body ?? ''),
      headers: Object.fromEntries(sortedHeaders(request, true)),
    },
    environment: { ...self.env, HOSTNAME: self.hostname },
  }
  const code = Number(asked('code')?.split('-')[0])
  const wait = Number(asked('time'))
  const extra = (asked('header') ?? '').split(',').flatMap((pair) => {
    const [name, text] = pair.trim().split(/:\s*(.*)/s)
    return text === undefined ? [] : [[name!, text] as const]
  })
  const body =
    asked('body') ??
    (asked('env_body') === undefined ? undefined : (self.env[asked('env_body')!] ?? ''))
  return {
    status: code >= 200 && code <= 599 ? code : 200,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...Object.fromEntries(extra) },
    body: JSON.stringify(body ?? whole),
    ...(wait > 0 ? { takes: Math.min(wait, 60_000) } : {}),
  }
}

/** github.com/mendhak/docker-http-https-echo */
export const mendhakEcho: ImageBehaviour = {
  ...server(56_238_101, ['node', './index.js'], (_, { env }) => {
    const [http, https] = [portFrom(env, 'HTTP_PORT', 8080), portFrom(env, 'HTTPS_PORT', 8443)]
    const process = serving(
      http,
      answerMendhak,
      { text: `Listening on ports ${http} for http, and ${https} for https.`, stream: 'stdout' },
      40,
    )
    return {
      ...process,
      listens: [...process.listens, { ...httpOn(https, answerMendhak), tls: true }],
    }
  }),
  user: 1000,
}

const answerMendhak: HttpAnswer = (request, self) => {
  const host = hostOf(request, self).replace(/:\d+$/, '')
  const echoed = {
    path: pathOf(request),
    headers: Object.fromEntries(sortedHeaders(request, true)),
    method: request.method,
    body: request.body ?? '',
    fresh: false,
    hostname: host,
    ip: v6Mapped(self),
    ips: [],
    protocol: self.isTls === true ? 'https' : 'http',
    query: Object.fromEntries(parseQuery(request.path)),
    subdomains: /^[\d.]+$/.test(host) ? [] : host.split('.').slice(0, -2).toReversed(),
    xhr: false,
    os: { hostname: self.hostname },
    connection: {},
  }
  const body = JSON.stringify(echoed, undefined, 2)
  self.log?.(
    `${v6Mapped(self)} - - [${accessTime(self.now ?? 0)}] "${request.method} ${request.path} HTTP/1.1" 200 ${byteLength(body)} "-" "${headerOf(request, 'User-Agent') ?? '-'}"`,
    'stdout',
  )
  const status = Number(headerOf(request, 'x-set-response-status-code'))
  return {
    status: status >= 100 && status <= 599 ? status : 200,
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'X-Powered-By': 'Express' },
    body,
  }
}

/** kubernetes: test/images/echoserver */
export const nginxEcho = server(42_183_519, ['/usr/local/bin/run.sh'], () =>
  serving(8080, answerNginxEcho, { text: 'Generating self-signed cert', stream: 'stdout' }, 10),
)

const answerNginxEcho: HttpAnswer = (request, self) => {
  const [path, query] = request.path.split(/\?(.*)/s)
  const host = hostOf(request, self)
  const known = [
    ['node name', 'NODE_NAME'],
    ['pod name', 'POD_NAME'],
    ['pod namespace', 'POD_NAMESPACE'],
    ['pod IP', 'POD_IP'],
  ] as const
  const pod = known.flatMap(([label, name]) =>
    Object.hasOwn(self.env, name) ? [`\t${label}:\t${self.env[name]}\n`] : [],
  )
  const address = host.includes(':') ? host : `${host}:${self.port}`
  self.log?.(
    `${self.client.replace(/:\d+$/, '')} - - [${accessTime(self.now ?? 0)}] "${request.method} ${request.path} HTTP/1.1" 200 0 "-" "${headerOf(request, 'User-Agent') ?? '-'}"`,
    'stdout',
  )
  return textReply(
    [
      `\n\nHostname: ${self.hostname}\n\nPod Information:\n`,
      pod.length === 0 ? '\t-no pod information available-\n' : pod.join(''),
      '\nServer values:\n\tserver_version=nginx: 1.13.3 - lua: 10008\n\nRequest Information:\n',
      `\tclient_address=${self.client.replace(/:\d+$/, '')}\n\tmethod=${request.method}\n\treal path=${request.path}\n\tquery=${query ?? ''}\n`,
      `\trequest_version=1.1\n\trequest_scheme=http\n\trequest_uri=http://${address}${path}${query === undefined ? '' : `?${query}`}\n\nRequest Headers:\n`,
      ...sortedHeaders(request, true).map(([name, text]) => `\t${name}=${text}\n`),
      `\nRequest Body:\n${(request.body ?? '') === '' ? '\t-no body in request-\n' : `${request.body}\n`}\n`,
    ].join(''),
    200,
    'text/plain',
  )
}

/** github.com/GoogleCloudPlatform/kubernetes-engine-samples hello-app */
export const helloApp = server(11_524_108, ['./hello-app'], (_, { env }) => {
  const port = portFrom(env, 'PORT', 8080)
  return serving(
    port,
    (request, self) => {
      goLog(self, `Serving request: ${pathOf(request)}`)
      return goReply(`Hello, world!\nVersion: 1.0.0\nHostname: ${self.hostname}\n`)
    },
    goLine(`Server listening on port ${port}`),
    6,
  )
})

/** The image of Kubernetes' own first tutorial. */
export const kubernetesBootcamp = server(82_604_112, ['node', 'server.js'], () =>
  serving(
    8080,
    (_, self) =>
      textReply(
        `Hello Kubernetes bootcamp! | Running on: ${self.hostname} | v=1\n`,
        200,
        'text/plain',
      ),
    { text: 'Kubernetes Bootcamp App Started', stream: 'stdout' },
    30,
  ),
)

/** github.com/nginxinc/NGINX-Demos nginx-hello */
export const nginxHello: ImageBehaviour = server(
  21_003_114,
  ['/docker-entrypoint.sh', 'nginx'],
  () =>
    serving(
      80,
      (request, self) =>
        htmlReply(
          `<!DOCTYPE html>\n<html>\n<head>\n<title>Hello World</title>\n</head>\n<body>\n<p><span>Server&nbsp;address:</span> <span>${self.podIP}:${self.port}</span></p>\n<p><span>Server&nbsp;name:</span> <span>${self.hostname}</span></p>\n<p class="smaller"><span>Date:</span> <span>${accessTime(self.now ?? 0)}</span></p>\n<p class="smaller"><span>URI:</span> <span>${request.path}</span></p>\n</body>\n</html>\n`,
        ),
      { text: '[notice] 1#1: start worker processes', stream: 'stderr', clock: 'nginx' },
      5,
    ),
)
