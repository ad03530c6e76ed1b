// Programs of servers that do not serve but speak to the server that runs: `nginx -s quit`.
import { type Tool, writeError } from '#shell/tools/tool.ts'
import type { ProcessTable } from '#shell/tools/tool.ts'

const CONF = '/etc/nginx/nginx.conf'
const TESTED = `nginx: the configuration file ${CONF} syntax is ok\nnginx: configuration file ${CONF} test is successful\n`
const SIGNALS: Readonly<Record<string, string>> = { stop: 'TERM', quit: 'QUIT' }
const ALREADY = [80, 80, 80, 80, 80].map(
  (port) => `nginx: [emerg] bind() to 0.0.0.0:${port} failed (98: Address already in use)\n`,
)

/** nginx beside an nginx that runs. */
export const nginxControl = (others: ProcessTable): Tool => ({
  name: 'nginx',
  *run({ argv }) {
    const at = argv.indexOf('-s')
    if (argv.includes('-t') || argv.includes('-T')) {
      yield* writeError(TESTED)
      return 0
    }
    if (argv.includes('-v') || argv.includes('-V')) {
      yield* writeError('nginx version: nginx/1.29.0\n')
      return 0
    }
    if (at < 0) {
      yield* writeError(`${ALREADY.join('')}nginx: [emerg] still could not bind()\n`)
      return 1
    }
    const signal = argv[at + 1] ?? ''
    if (!['stop', 'quit', 'reopen', 'reload'].includes(signal)) {
      yield* writeError(`nginx: invalid option: "-s ${signal}"\n`)
      return 1
    }
    others.signal(1, SIGNALS[signal] ?? 'HUP')
    return 0
  },
})
