// Replays recordings with our own kubectl against the engine alone: `node test/conformance/serve-ours.mjs check golden/*.json --only svc- --diffs 10`.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { startEngineServer } from '../support/engine-server.mjs'

const here = import.meta.dirname
const server = await startEngineServer()
const newCluster = `node ${path.join(here, 'new-cluster.mjs')}`
const child = spawn(
  process.execPath,
  [path.join(here, 'parity.mjs'), ...process.argv.slice(2), '--new-cluster', newCluster],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      KUBARIUM_URL: server.url,
      KUBECTL: path.join(here, '../support/our-kubectl.sh'),
    },
  },
)
child.on('exit', async (code) => {
  await server.stop()
  process.exit(code ?? 1)
})
