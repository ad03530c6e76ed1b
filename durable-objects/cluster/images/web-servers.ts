import {
  htmlReply,
  type HttpReply,
  type HttpRequest,
  type ImageBehaviour,
  type Listener,
  MEBIBYTE,
  type Program,
  programName,
  quietly,
  textReply,
} from '#images/behaviour.ts'

type Answer = NonNullable<Listener['http']>

/** A listener that answers HTTP from its first moment. */
export const httpOn = (port: number, http: Answer): Listener => ({
  port,
  protocol: 'TCP',
  after: 0,
  http,
})

export const pathOf = (request: HttpRequest): string => request.path.split('?')[0]!

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

const nginxError = (status: number, title: string): HttpReply =>
  htmlReply(
    `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n<hr><center>nginx/1.29.4</center>\r\n</body>\r\n</html>\r\n`,
    status,
  )

const answerNginx: Answer = (request) => {
  if (!['GET', 'HEAD'].includes(request.method)) return nginxError(405, 'Not Allowed')
  return ['/', '/index.html'].includes(pathOf(request))
    ? htmlReply(WELCOME)
    : nginxError(404, 'Not Found')
}

const NGINX_LOG = [
  '/docker-entrypoint.sh: Configuration complete; ready for start up',
  'nginx/1.29.4',
  'start worker processes',
]

const nginxProgram =
  (port: number): Program =>
  (argv) => {
    const own = programName(argv[0]) === 'docker-entrypoint.sh' ? argv.slice(1) : argv
    if (!/^nginx(-debug)?$/.test(programName(own[0]))) return undefined
    if (own.includes('-v') || own.includes('-t'))
      return quietly({ ends: { after: 20, exitCode: 0 } })
    return quietly({
      listens: [httpOn(port, answerNginx)],
      memoryBytes: 5 * MEBIBYTE,
      log: NGINX_LOG.map((text) => ({ after: 0, text, stream: 'stderr' })),
      terminates: 0,
    })
  }

export const nginx: ImageBehaviour = {
  sizeBytes: 72_319_283,
  entrypoint: ['/docker-entrypoint.sh'],
  cmd: ['nginx', '-g', 'daemon off;'],
  user: 0,
  program: nginxProgram(80),
}

export const unprivilegedNginx: ImageBehaviour = {
  ...nginx,
  user: 101,
  program: nginxProgram(8080),
}

export const httpd: ImageBehaviour = {
  sizeBytes: 57_922_764,
  entrypoint: [],
  cmd: ['httpd-foreground'],
  user: 0,
  program: ([name]) =>
    /^(httpd|httpd-foreground)$/.test(programName(name))
      ? quietly({
          listens: [
            httpOn(80, (request) =>
              ['/', '/index.html'].includes(pathOf(request))
                ? htmlReply('<html><body><h1>It works!</h1></body></html>\n')
                : htmlReply(
                    '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n</body></html>\n',
                    404,
                  ),
            ),
          ],
          memoryBytes: 8 * MEBIBYTE,
          log: [
            {
              after: 0,
              text: "AH00094: Command line: 'httpd -D FOREGROUND'",
              stream: 'stderr',
            },
          ],
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
