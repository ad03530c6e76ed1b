// kube-proxy's tables: node --expose-gc tables.mjs BUNDLE MODE SERVICES ENDPOINTS NODES
import { pathToFileURL } from 'node:url'
import { cpuOf, heapInUse, median, report, timesOf } from './measure.mjs'
import { addService, changeEndpoints, readyEndpoint } from './services.mjs'

const [bundle, mode, ...numbers] = process.argv.slice(2)
const [services, endpoints, nodes] = numbers.map(Number)
const CREATED_AT = Date.parse('2026-01-01T00:00:00Z')
const CHANGES = 200
const isFull = services === 5000 && nodes === 100

const { Cluster, settingsOf } = await import(pathToFileURL(bundle).href)
const title = `${mode}, ${services.toLocaleString('en')} Services of ${endpoints} endpoints, ${nodes} nodes`
const settings = settingsOf({ nodes, template: 'bare', delays: 'instant', proxyMode: mode })
const cluster = new Cluster({ seed: 1, settings, createdAt: CREATED_AT })

const nodeNames = cluster.objects('nodes').map(({ metadata }) => metadata.name)

const endpointOf = (service, index) => {
  const number = service * endpoints + index
  const address = `10.${128 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`
  return readyEndpoint(address, nodeNames[number % nodes])
}

const endpointsOf = (service) =>
  Array.from({ length: endpoints }, (_, index) => endpointOf(service, index))

// what a Pod's failed probe changes
const withoutFirst = ([first, ...others]) => [
  { ...first, conditions: { ready: false, serving: false, terminating: false } },
  ...others,
]

for (let service = 0; service < services; service++) {
  addService(cluster, service, endpointsOf(service))
  cluster.takeChanges()
}
cluster.flushWatches()

let tables = []
const sync = () => {
  tables = nodeNames.map((name) => cluster.tablesOf(name))
}

const heapBefore = heapInUse()
const cpu = await cpuOf(sync)
report(`${title}: first sync of all nodes`, cpu / 1000, 's CPU', isFull ? 3 : undefined)
report(`${title}: heap of all tables`, heapInUse() - heapBefore, 'MB', isFull ? 150 : undefined)

const [{ ruleset }] = tables
let [chains, rules, elements] = [0, 0, 0]
for (const [, table] of ruleset.entries()) {
  chains += table.chains.size
  for (const [, chain] of table.chains.entries()) rules += chain.rules.length
  for (const [, set] of table.sets.entries()) elements += set.elements.size
}
report(`${title}: chains on one node`, chains, '')
report(`${title}: rules on one node`, rules, '')
report(`${title}: elements of sets on one node`, elements, '')

/** How long the new tables of all nodes take after one endpoint's readiness changed. */
const change = async () => {
  const times = []
  for (let index = 0; index < CHANGES; index++) {
    const service = ((index >> 1) * 37) % services
    const all = endpointsOf(service)
    changeEndpoints(cluster, service, index % 2 === 0 ? withoutFirst(all) : all)
    cluster.takeChanges()
    cluster.flushWatches()
    times.push(...(await timesOf(1, sync)))
  }
  return median(times)
}
await change()
const changed = await change()
report(
  `${title}: one endpoint changes, new tables of all nodes`,
  changed,
  'ms',
  isFull ? 1 : undefined,
)
process.exit(0)
