// `npm start` as a user runs it, with the page, on wrangler.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** A port that nobody has. */
export const freePort = async () => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  await once(probe, 'close')
  return port
}

const PATIENCE_MS = 120_000

/** Starts it and waits until it says that it is ready. `storage`: the folder that sessions are kept in. */
export const serve = async (port, storage) => {
  const child = spawn(
    process.execPath,
    ['scripts/start.mjs', '--port', String(port), '--persist-to', storage],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  const exited = once(child, 'exit')
  await new Promise((resolve, reject) => {
    setTimeout(() => {
      child.kill('SIGTERM')
      reject(new Error(`npm start is not ready: ${output}`))
    }, PATIENCE_MS).unref()
    const gather = (chunk) => {
      output += chunk
      if (output.includes('Kubarium is at')) resolve()
    }
    child.stdout.on('data', gather)
    child.stderr.on('data', gather)
    child.on('exit', () => reject(new Error(`npm start ended: ${output}`)))
  })
  return {
    url: `http://localhost:${port}`,
    stop: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}
