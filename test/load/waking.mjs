// Waking up, the engine alone: node --expose-gc waking.mjs BUNDLE REPLICAS NODES. From stored rows to the first answer, by CPU time.
import { pathToFileURL } from 'node:url'
import { applyDeployment, letSettle, newCluster, request } from './engine-cluster.mjs'
import { cpuOf, heapInUse, median, report } from './measure.mjs'

const [bundle, replicasText, nodesText] = process.argv.slice(2)
const [replicas, nodes] = [Number(replicasText), Number(nodesText)]
const RUNS = replicas > 1000 ? 3 : 9
const TARGET = replicas === 1000 ? 150 : undefined
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
const PODS = '/api/v1/namespaces/default/pods'

const engine = await import(pathToFileURL(bundle).href)

/** What a session stores of a cluster that has come to rest. */
const storedCluster = () => {
  const cluster = newCluster(engine, nodes)
  const rows = []
  const memory = new Map()
  let changes
  const save = () => {
    changes = cluster.takeChanges()
    for (const write of changes.revisions) {
      const { revision, resource, namespace, name, at, by, cause, random } = write
      const origin = () => ({ at, by, cause, random })
      const text = cluster.storedText(write)
      rows.push({ revision, resource, namespace, name, text, origin })
    }
    for (const [key, value] of changes.memory)
      if (value === undefined) memory.delete(key)
      else memory.set(key, value)
    cluster.flushWatches()
  }
  save()
  applyDeployment(engine, cluster, replicas)
  save()
  letSettle(cluster, replicas)
  cluster.advance(cluster.now + 60_000)
  save()
  const { now, randomPosition, rest } = changes
  return { rows: compacted(rows), memory: [...memory], now, randomPosition, rest }
}

const KEPT = 2000

/** The rows that a session keeps. */
const compacted = (rows) => {
  const oldest = rows.at(-1).revision - KEPT
  const newest = new Map()
  for (const row of rows) {
    const key = `${row.resource}/${row.namespace}/${row.name}`
    if (row.revision <= oldest || !newest.has(key)) newest.set(key, row)
  }
  const kept = new Set(newest.values())
  return {
    oldest,
    rows: rows.filter((row) => row.revision > oldest || (kept.has(row) && row.text !== undefined)),
  }
}

const stored = storedCluster()

const wake = () => {
  const { rows, memory, now, randomPosition, rest } = stored
  const etcd = engine.stateOfRows(rows.rows, Math.max(0, rows.oldest))
  return newCluster(engine, nodes, { etcd, memory, memoryPast: [], now, randomPosition, rest })
}

const LIVE = ['/api/v1/nodes', '/api/v1/pods', '/api/v1/services']
const SLICES = '/apis/discovery.k8s.io/v1/endpointslices'
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }
const acts = {
  'a GET of one Service': (cluster) =>
    request(cluster, 'GET', '/api/v1/namespaces/default/services/web'),
  'what the page lists': (cluster) => {
    for (const path of [...LIVE, SLICES]) request(cluster, 'GET', path)
  },
  'kubectl get pods': (cluster) => request(cluster, 'GET', PODS, undefined, { accept: TABLE }),
  'a write': (cluster) =>
    request(cluster, 'POST', '/api/v1/namespaces/default/configmaps', configMap),
}

const title = `wake-up with ${replicas.toLocaleString('en')} Pods`
for (const [what, act] of Object.entries(acts)) {
  const times = []
  for (let run = 0; run < RUNS; run++) {
    globalThis.gc()
    times.push(await cpuOf(() => act(wake())))
  }
  report(`${title}, the first answer: ${what}`, median(times), 'ms CPU', TARGET)
}
const before = heapInUse()
const cluster = wake()
acts['a write'](cluster)
acts['kubectl get pods'](cluster)
report(`${title}: heap of what was woken`, heapInUse() - before, 'MB')
// it is still needed
if (cluster.count('pods') < replicas) throw new Error('Pods are missing')
process.exit(0)
