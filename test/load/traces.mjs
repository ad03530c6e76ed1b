// Traces at the size that is asked for: node --expose-gc traces.mjs BUNDLE MODE SERVICES ENDPOINTS NODES
import { pathToFileURL } from 'node:url'
import { applyDeployment, letSettle } from './engine-cluster.mjs'
import { cpuOf, median, report } from './measure.mjs'
import { addService, readyEndpoint } from './services.mjs'

const [bundle, mode, ...numbers] = process.argv.slice(2)
const [services, endpoints, nodes] = numbers.map(Number)
const CREATED_AT = Date.parse('2026-01-01T00:00:00Z')
const WARM_UP = 200
const TRACES = 200
const ROUNDS = 4
const PODS_OF_A_NODE = 2
/** Node ports are few: every so many-th Service has one. */
const NODE_PORT_EVERY = 10
const TARGETS = { iptables: 5, nftables: 1 }
const isFull = services === 5000 && nodes === 100

const engine = await import(pathToFileURL(bundle).href)
const { Cluster, readTraceRequest, settingsOf } = engine
const title = `${mode}, ${services.toLocaleString('en')} Services of ${endpoints} endpoints, ${nodes} nodes`
const settings = settingsOf({ nodes, template: 'bare', delays: 'instant', proxyMode: mode })
const cluster = new Cluster({ seed: 1, settings, createdAt: CREATED_AT })

applyDeployment(engine, cluster, nodes * PODS_OF_A_NODE)
letSettle(cluster, nodes * PODS_OF_A_NODE)
const pods = cluster.objects('pods')
const addresses = cluster
  .objects('nodes')
  .map(({ status }) => status.addresses.find(({ type }) => type === 'InternalIP').address)

// the same Pods stand behind many Services: rules do not know
const endpointOf = (number) => {
  const { spec, status } = pods[number % pods.length]
  return readyEndpoint(status.podIP, spec.nodeName)
}

const endpointsOf = (service) =>
  Array.from({ length: endpoints }, (_, index) => endpointOf(service * endpoints + index))

const made = Array.from({ length: services }, (_, service) => {
  const type = service % NODE_PORT_EVERY === 0 ? 'NodePort' : 'ClusterIP'
  return addService(cluster, service, endpointsOf(service), { type })
})
cluster.takeChanges()
cluster.flushWatches()

/** A request that no other trace sends: from Pod after Pod to Service after Service. */
const requestOf = (index, host, port) => {
  const { namespace, name } = pods[(index * 7) % pods.length].metadata
  return readTraceRequest({ from: { pod: `${namespace}/${name}` }, to: `http://${host}:${port}/` })
}

const toClusterIP = (index) => {
  const { clusterIP } = made[(index * 37) % services].spec
  return requestOf(index, clusterIP, 80)
}

const toNodePort = (index) => {
  const service = made[(index * 37 * NODE_PORT_EVERY) % services]
  return requestOf(index, addresses[(index * 3) % nodes], service.spec.ports[0].nodePort)
}

let lines = 0
const timeOf = async (request) => {
  let told
  const time = await cpuOf(() => {
    told = cluster.trace(request)
  })
  if (told.outcome !== 'delivered') throw new Error(told.says)
  cluster.takeChanges()
  lines = Math.max(lines, ...told.hops.map(({ rule }) => rule?.tried ?? 0))
  return time
}

const timesFrom = async (start, count, requestAt) => {
  const times = []
  for (let index = start; index < start + count; index++) times.push(await timeOf(requestAt(index)))
  return times
}

/** The least median of some rounds: what else the machine does can only add. */
const measure = async (requestAt) => {
  lines = 0
  await timesFrom(0, WARM_UP, requestAt)
  const medians = []
  for (let round = 0; round < ROUNDS; round++)
    medians.push(median(await timesFrom(WARM_UP + round * TRACES, TRACES, requestAt)))
  return Math.min(...medians)
}

for (const { what, requestAt } of [
  { what: 'a cluster IP', requestAt: toClusterIP },
  { what: 'a node port', requestAt: toNodePort },
]) {
  const time = await measure(requestAt)
  report(`${title}: a trace to ${what}`, time, 'ms CPU', isFull ? TARGETS[mode] : undefined)
  report(`${title}: most rules tried for it on a node`, lines, '')
}
process.exit(0)
