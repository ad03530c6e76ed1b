// The engine alone: node --expose-gc engine.mjs BUNDLE REPLICAS NODES
import { pathToFileURL } from 'node:url'
import { applyDeployment, letSettle, newCluster, request } from './engine-cluster.mjs'
import { cpuOf, heapInUse, median, report, timesOf } from './measure.mjs'

const [bundle, replicasText, nodesText] = process.argv.slice(2)
const [replicas, nodes] = [Number(replicasText), Number(nodesText)]
const TARGETS = { 1000: { cpu: 1.0, heap: 100 }, 10_000: { cpu: 12, heap: 400 } }
const FLIPS = 400

const engine = await import(pathToFileURL(bundle).href)
const title = `${replicas.toLocaleString('en')} replicas, ${nodes} nodes`
const { cpu: cpuTarget, heap: heapTarget } = TARGETS[replicas] ?? {}

const cluster = newCluster(engine, nodes)
cluster.takeChanges()
cluster.flushWatches()

const cpu = await cpuOf(() => {
  applyDeployment(engine, cluster, replicas)
  letSettle(cluster, replicas)
})
report(`${title}: apply until all endpoints are ready`, cpu / 1000, 's CPU', cpuTarget)
// a session stores what changed, tells who watches, and then lets go of it
const { revisions } = cluster.takeChanges()
const texts = await cpuOf(() => {
  for (const revision of revisions) cluster.storedText(revision)
})
report(`${title}: the texts that a session stores of it`, texts / 1000, 's CPU')
report(`${title}: revisions per Pod`, revisions.length / replicas, '')
revisions.length = 0
cluster.flushWatches()
report(`${title}: texts that are kept`, cluster.textBytes / 1e6, 'MB')
report(`${title}: heap`, heapInUse(), 'MB', heapTarget)
if (replicas <= 1000) {
  // the first time, half of it is the compiler's
  const other = newCluster(engine, nodes)
  const warm = await cpuOf(() => {
    applyDeployment(engine, other, replicas)
    letSettle(other, replicas)
  })
  report(`${title}: the same again in this process`, warm / 1000, 's CPU')
}

// Pods whose readiness hangs on a condition that this test sets: one that the Service selects and one that it does not.
const GATE = 'bench.kubarium.dev/open'
const PODS = '/api/v1/namespaces/default/pods'
const patch = (path, body) =>
  request(cluster, 'PATCH', path, body, { contentType: 'application/strategic-merge-patch+json' })
/** What a session does after each turn. Returns what the turn wrote. */
const store = () => {
  const { revisions: written } = cluster.takeChanges()
  for (const revision of written) cluster.storedText(revision)
  cluster.flushWatches()
  return written
}
const setGate = (name, open) =>
  patch(`${PODS}/${name}/status`, {
    status: { conditions: [{ type: GATE, status: open ? 'True' : 'False' }] },
  })
for (const [name, app] of [
  ['gated', 'web'],
  ['apart', 'apart'],
]) {
  request(cluster, 'POST', PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: { app },
      annotations: { 'controller.kubernetes.io/pod-deletion-cost': '100' },
    },
    spec: {
      containers: [{ name: 'nginx', image: 'nginx:1.29' }],
      readinessGates: [{ conditionType: GATE }],
    },
  })
  setGate(name, true)
}
letSettle(cluster, replicas + 1)
store()

/** The median time of a Pod's change of readiness, and how many slices one writes. */
const flip = async (name) => {
  const times = await timesOf(FLIPS, (index) => setGate(name, index % 2 === 1))
  const written = store()
  const slices = written.filter(({ resource }) => resource === 'endpointslices.discovery.k8s.io')
  return { time: median(times), slices: slices.length / FLIPS }
}
await flip('apart')
await flip('gated')
const [without, selected] = [await flip('apart'), await flip('gated')]
const change = `one Pod of ${replicas.toLocaleString('en')} changes readiness`
report(`${change}: slices written`, selected.slices, '', 1)
report(`${change}: its Service's slice and Endpoints`, selected.time - without.time, 'ms', 1)

// One of the Deployment's own Pods gives way to it.
const podNamed = (test) => cluster.objects('pods').find(({ metadata }) => test(metadata))
const { labels } = podNamed(({ name }) => name.startsWith('web-')).metadata
patch(`${PODS}/gated`, { metadata: { labels } })
letSettle(cluster, replicas)
if (podNamed(({ name }) => name === 'gated')?.metadata.ownerReferences === undefined)
  throw new Error('the ReplicaSet did not take the Pod')
const owned = await flip('gated')
report(`${change}: the request and all six writes that follow`, owned.time, 'ms')

store()
const lists = []
for (let index = 0; index < 3; index++) lists.push(await cpuOf(() => request(cluster, 'GET', PODS)))
const listTarget = replicas === 10_000 ? 40 : undefined
const listed = `LIST of ${replicas.toLocaleString('en')} Pods as JSON`
// the texts are those that were stored
report(`${listed}, the first`, lists[0], 'ms CPU', listTarget)
report(`${listed}, from then on`, lists.at(-1), 'ms CPU', listTarget)
const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
const tables = []
for (let index = 0; index < 3; index++)
  tables.push(await cpuOf(() => request(cluster, 'GET', PODS, undefined, { accept })))
report(`LIST of ${replicas.toLocaleString('en')} Pods as a table`, tables.at(-1), 'ms CPU')

const stored = JSON.stringify(cluster.state())
const wake = await cpuOf(() => newCluster(engine, nodes, JSON.parse(stored)))
report(
  `wake-up with ${replicas.toLocaleString('en')} Pods from ${(stored.length / 1e6).toFixed(1)} MB of JSON`,
  wake,
  'ms CPU',
)
process.exit(0)
