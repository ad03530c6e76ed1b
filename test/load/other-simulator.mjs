// The Deployment of engine.mjs in ngrok/webernetes: node other-simulator.mjs REPLICAS NODES. It runs in real time.
import { BaseImage, Cluster } from '@ngrok/webernetes'
import { report } from './measure.mjs'

const [replicas, nodes] = process.argv.slice(2).map(Number)

class Server extends BaseImage {
  static imageName = 'server'
  static imageVersion = '1.0'
  defaultCommand = ['server']

  async exec(context, argv) {
    if (argv[0] !== 'server') return super.exec(context, argv)
    context.listenHttp(80, async () => ({ statusCode: 200, body: 'hello' }))
    return context.waitUntilKilled()
  }
}

const labels = { app: 'web' }
const cluster = new Cluster({ nodes })
cluster.registerImage(Server)
await cluster.init()
const before = process.cpuUsage()
await cluster.apply([
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'server', image: 'server:1.0' }] },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: labels, ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }] },
  },
])
const readyEndpoints = async () => {
  const { items } = await cluster.api.discoveryv1.listNamespacedEndpointSlice({
    namespace: 'default',
  })
  return items
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready === true).length
}
while ((await readyEndpoints()) < replicas) await new Promise((resolve) => setTimeout(resolve, 100))
const { user, system } = process.cpuUsage(before)
report(
  `ngrok/webernetes, ${replicas} replicas, ${nodes} nodes: apply until all endpoints are ready`,
  (user + system) / 1e6,
  's CPU',
)
process.exit(0)
