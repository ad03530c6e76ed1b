// `npm run parity`: replays the recordings of a real control plane and a real kube-proxy, and prints the table that stands in the README.
import { groupedBy, replayKubectl, replayProxy, sumOf } from '../test/conformance/replay.mjs'
import { startProduct } from '../test/support/product.mjs'

const TOPICS = {
  tut: 'the tutorial',
  svc: 'Services',
  eps: 'Endpoints and EndpointSlices',
  wl: 'workloads',
  api: 'how the API behaves',
  cli: '`kubectl explain`, discovery, authorization',
  obj: 'other objects',
}

const row = (cells) => `| ${cells.join(' | ')} |`
const share = (identical, total) => `${((100 * identical) / total).toFixed(1)} %`

const product = await startProduct()
try {
  const kubectl = await replayKubectl(product.url)
  const proxy = await replayProxy(product.url)
  const groups = groupedBy(kubectl.results)
  const lines = Object.keys(TOPICS).map((group) => {
    const results = groups.get(group) ?? []
    return [TOPICS[group], sumOf(results, 'identical'), sumOf(results, 'total')]
  })
  lines.push(['all that kubectl said', kubectl.identical, kubectl.steps])
  lines.push(["kube-proxy's rules (cases)", proxy.identical, proxy.cases])
  console.log(row(['recorded', 'identical', 'of', '']))
  console.log('|---|--:|--:|--:|')
  for (const [topic, identical, total] of lines) {
    console.log(row([topic, identical, total, share(identical, total)]))
  }
} finally {
  await product.stop()
}
