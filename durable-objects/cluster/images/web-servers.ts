// Web servers with the page that they come with, or with files that are mounted over it.
import {
  htmlReply,
  type HttpReply,
  type HttpRequest,
  type ImageBehaviour,
  type LogLine,
  MEBIBYTE,
  type Program,
  programName,
  quietly,
  type Self,
  textReply,
} from '#images/behaviour.ts'
import { accessTime, slashTime } from '#images/clock.ts'
import { byteLength, headerOf, decodedPath, type HttpAnswer, httpOn, pathOf } from '#images/http.ts'
import { DEBIAN_CURL_TOOLS, DEBIAN_TOOLS } from '#images/tools.ts'

const WELCOME = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`

const NGINX = 'nginx/1.29.4'
const NGINX_ROOT = '/usr/share/nginx/html'

/** The peer's address without its port. */
const peerOf = (self: Self): string => self.client.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')

const requestLine = ({ method, path }: HttpRequest): string => `${method} ${path} HTTP/1.1`

/** What was sent of the body, and a dash for what is not known. */
const sentOf = (request: HttpRequest, reply: HttpReply): number =>
  request.method === 'HEAD' ? 0 : byteLength(reply.body)

const nginxError = (status: number, title: string): HttpReply =>
  htmlReply(
    `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n<hr><center>${NGINX}</center>\r\n</body>\r\n</html>\r\n`,
    status,
  )

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  css: 'text/css',
  js: 'application/javascript',
  json: 'application/json',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  xml: 'text/xml',
}

const fileReply = (path: string, text: string): HttpReply => ({
  status: 200,
  headers: {
    'Content-Type':
      CONTENT_TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
    'Accept-Ranges': 'bytes',
  },
  body: text,
})

const findNginx = (request: HttpRequest, self: Self): HttpReply => {
  const path = decodedPath(request)
  const file = `${NGINX_ROOT}${path.endsWith('/') ? `${path}index.html` : path}`
  const text = self.file?.(file)
  if (typeof text === 'string') {
    return ['GET', 'HEAD'].includes(request.method)
      ? fileReply(file, text)
      : nginxError(405, 'Not Allowed')
  }
  const isIndex = path === '/' || path === '/index.html'
  const isGone = self.isGone?.(file) === true
  if (isGone && path === '/') return nginxError(403, 'Forbidden')
  if (!isGone && (isIndex || path === '/50x.html')) {
    if (!['GET', 'HEAD'].includes(request.method)) return nginxError(405, 'Not Allowed')
    return fileReply('index.html', isIndex ? WELCOME : FAILURE)
  }
  const place = `client: ${peerOf(self)}, server: localhost, request: "${requestLine(request)}", host: "${headerOf(request, 'Host') ?? self.podIP}"`
  self.log?.(
    `${slashTime(self.now ?? 0)} [error] 29#29: *1 open() "${file}" failed (2: No such file or directory), ${place}`,
    'stderr',
  )
  return nginxError(404, 'Not Found')
}

const FAILURE = `<!DOCTYPE html>
<html>
<head>
<title>Error</title>
</head>
<body>
<h1>An error occurred.</h1>
</body>
</html>
`

const answerNginx: HttpAnswer = (request, self) => {
  const reply = findNginx(request, self)
  const agent = headerOf(request, 'User-Agent') ?? '-'
  const forwarded = headerOf(request, 'X-Forwarded-For') ?? '-'
  self.log?.(
    `${peerOf(self)} - - [${accessTime(self.now ?? 0)}] "${requestLine(request)}" ${reply.status} ${sentOf(request, reply)} "${headerOf(request, 'Referer') ?? '-'}" "${agent}" "${forwarded}"`,
    'stdout',
  )
  return { ...reply, headers: { Server: NGINX, ...reply.headers } }
}

const ENTRYPOINT_LOG = [
  '/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration',
  '/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/',
  '/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh',
  '10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf',
  '10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf',
  '/docker-entrypoint.sh: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh',
  '/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh',
  '/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh',
  '/docker-entrypoint.sh: Configuration complete; ready for start up',
].map((text): LogLine => ({ after: 0, text, stream: 'stdout' }))

const START_LOG = [
  'using the "epoll" event method',
  NGINX,
  'built by gcc 14.2.0 (Debian 14.2.0-19) ',
  'getrlimit(RLIMIT_NOFILE): 1048576:1048576',
  'start worker processes',
  'start worker process 29',
].map((text): LogLine => ({
  after: 0,
  text: `[notice] 1#1: ${text}`,
  stream: 'stderr',
  clock: 'nginx',
}))

/** One array for all: thousands of containers have the same lines. */
const WHOLE_LOG = [...ENTRYPOINT_LOG, ...START_LOG]

const nginxProgram =
  (port: number): Program =>
  (argv) => {
    const isEntrypoint = programName(argv[0]) === 'docker-entrypoint.sh'
    const own = isEntrypoint ? argv.slice(1) : argv
    if (!/^nginx(-debug)?$/.test(programName(own[0]))) return undefined
    if (own.includes('-v') || own.includes('-V'))
      return quietly({
        ends: { after: 20, exitCode: 0 },
        log: [{ after: 20, text: `nginx version: ${NGINX}`, stream: 'stderr' }],
      })
    if (own.includes('-t'))
      return quietly({
        ends: { after: 20, exitCode: 0 },
        log: ['syntax is ok', 'test is successful'].map((text) => ({
          after: 20,
          text: `nginx: ${text === 'syntax is ok' ? 'the ' : ''}configuration file /etc/nginx/nginx.conf ${text}`,
          stream: 'stderr',
        })),
      })
    return quietly({
      listens: [httpOn(port, answerNginx)],
      memoryBytes: 5 * MEBIBYTE,
      log: isEntrypoint ? WHOLE_LOG : START_LOG,
      terminates: 0,
    })
  }

export const nginx: ImageBehaviour = {
  sizeBytes: 72_319_283,
  entrypoint: ['/docker-entrypoint.sh'],
  cmd: ['nginx', '-g', 'daemon off;'],
  user: 0,
  tools: DEBIAN_CURL_TOOLS,
  program: nginxProgram(80),
}

export const unprivilegedNginx: ImageBehaviour = {
  ...nginx,
  user: 101,
  program: nginxProgram(8080),
}

const APACHE = 'Apache/2.4.66 (Unix)'
const APACHE_ROOT = '/usr/local/apache2/htdocs'

const apacheError = (status: number, title: string, text: string): HttpReply =>
  textReply(
    `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${status} ${title}</title>\n</head><body>\n<h1>${title}</h1>\n<p>${text}</p>\n</body></html>\n`,
    status,
    'text/html; charset=iso-8859-1',
  )

const findApache = (request: HttpRequest, self: Self): HttpReply => {
  const path = decodedPath(request)
  const file = `${APACHE_ROOT}${path.endsWith('/') ? `${path}index.html` : path}`
  const text = self.file?.(file)
  if (typeof text === 'string') return fileReply(file, text)
  const isGone = self.isGone?.(file) === true
  return !isGone && (path === '/' || path === '/index.html')
    ? fileReply('index.html', '<html><body><h1>It works!</h1></body></html>\n')
    : apacheError(404, 'Not Found', 'The requested URL was not found on this server.')
}

const answerApache: HttpAnswer = (request, self) => {
  const reply = findApache(request, self)
  const sent = sentOf(request, reply)
  self.log?.(
    `${peerOf(self)} - - [${accessTime(self.now ?? 0)}] "${requestLine(request)}" ${reply.status} ${sent === 0 ? '-' : sent}`,
    'stdout',
  )
  return { ...reply, headers: { Server: APACHE, ...reply.headers } }
}

export const httpd: ImageBehaviour = {
  sizeBytes: 57_922_764,
  entrypoint: [],
  cmd: ['httpd-foreground'],
  user: 0,
  tools: DEBIAN_TOOLS,
  program: ([name]) =>
    /^(httpd|httpd-foreground)$/.test(programName(name))
      ? quietly({
          listens: [httpOn(80, answerApache)],
          memoryBytes: 8 * MEBIBYTE,
          log: [
            `[mpm_event:notice] [pid 1:tid 1] AH00489: ${APACHE} configured -- resuming normal operations`,
            "[core:notice] [pid 1:tid 1] AH00094: Command line: 'httpd -D FOREGROUND'",
          ].map((text) => ({ after: 0, text, stream: 'stderr', clock: 'apache-error' })),
          terminates: 0,
        })
      : undefined,
}

export const caddy: ImageBehaviour = {
  sizeBytes: 21_873_022,
  entrypoint: [],
  cmd: ['caddy', 'run', '--config', '/etc/caddy/Caddyfile', '--adapter', 'caddyfile'],
  user: 0,
  program: (argv) => {
    if (programName(argv[0]) !== 'caddy') return undefined
    const to = argv.indexOf('--listen')
    const port = argv[1] === 'run' ? 80 : Number(argv[to + 1]?.replace(/^.*:/, ''))
    return quietly({
      listens: [
        httpOn(to > 0 && port > 0 ? port : 80, (request) =>
          pathOf(request) === '/' ? htmlReply('<h1>Caddy works!</h1>\n') : textReply('', 404),
        ),
      ],
      memoryBytes: 14 * MEBIBYTE,
      terminates: 0,
    })
  },
}
