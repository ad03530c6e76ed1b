// Starts the product and replays recordings against it: `node test/conformance/serve.mjs check golden/*.json --only svc- --diffs 10`.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { kubectlPath } from '../support/kubectl.mjs'
import { startProduct } from '../support/product.mjs'

const here = import.meta.dirname
const product = await startProduct()
const newCluster = `node ${path.join(here, 'new-cluster.mjs')}`
const child = spawn(
  process.execPath,
  [path.join(here, 'parity.mjs'), ...process.argv.slice(2), '--new-cluster', newCluster],
  {
    stdio: 'inherit',
    env: { ...process.env, KUBARIUM_URL: product.url, KUBECTL: kubectlPath() },
  },
)
child.on('exit', async (code) => {
  await product.stop()
  process.exit(code ?? 1)
})
