// `npm start`: builds the page and serves everything on this machine, without an account and without the internet.
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'

const args = process.argv.slice(2)
const portAt = args.findIndex((argument) => argument === '--port')
const port =
  portAt >= 0
    ? args[portAt + 1]
    : (args.find((argument) => argument.startsWith('--port='))?.slice('--port='.length) ?? '8787')
const ready = `http://localhost:${port}`

const isFree = await new Promise((resolve) => {
  const probe = createServer().once('error', () => resolve(false))
  probe.listen(Number(port), '127.0.0.1', () => probe.close(() => resolve(true)))
})
if (!isFree) {
  console.error(`Port ${port} is in use. Choose another: npm start -- --port ${Number(port) + 1}`)
  process.exit(1)
}

const child = spawn(
  process.execPath,
  [
    'node_modules/wrangler/bin/wrangler.js',
    'dev',
    '--port',
    port,
    '--ip',
    '127.0.0.1',
    '--inspector-port',
    '0',
    '--log-level',
    'warn',
    '--show-interactive-dev-session=false',
    ...args.filter(
      (argument, index) => !argument.startsWith('--port') && (portAt < 0 || index !== portAt + 1),
    ),
  ],
  {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: 'false',
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      WRANGLER_HIDE_BANNER: 'true',
      NO_UPDATE_NOTIFIER: '1',
    },
  },
)
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => process.exit(code ?? 1))

const pause = () => new Promise((resolve) => setTimeout(resolve, 150))

for (;;) {
  const answer = await fetch(`${ready}/api/sessions/ping`).catch(() => undefined)
  if (answer !== undefined) {
    await answer.text()
    break
  }
  await pause()
}
console.log(`Kubarium is at ${ready}  (a cluster: open it, or  curl -X POST ${ready}/api/sessions)`)
