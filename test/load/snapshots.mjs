// Snapshots, in Node: node --expose-gc snapshots.mjs BUNDLE tutorial|REPLICAS. What one costs and weighs.
import { pathToFileURL } from 'node:url'
import { applyDeployment, letSettle, newCluster } from './engine-cluster.mjs'
import { cpuOf, median, report, timesOf } from './measure.mjs'
import { TUTORIAL } from './tutorial.mjs'

const [bundle, what] = process.argv.slice(2)
const engine = await import(pathToFileURL(bundle).href)
const {
  LINK_LIMITS,
  STORED_LIMITS,
  openSnapshot,
  readWholeSnapshot,
  snapshotHead,
  snapshotRows,
  writeSnapshot,
} = engine
const ADMINISTRATOR = {
  username: 'kubernetes-admin',
  groups: ['system:masters', 'system:authenticated'],
}
const SETTLING_MS = 60_000
const isTutorial = what === 'tutorial'
const replicas = Number(what)
const title = isTutorial
  ? "a snapshot of the tutorial's cluster"
  : `a snapshot of ${replicas.toLocaleString('en')} Pods`

const nodes = isTutorial ? 3 : 100
const cluster = newCluster(engine, nodes)
if (isTutorial) {
  const { error } = engine.applyManifests(cluster, ADMINISTRATOR, TUTORIAL)
  if (error !== undefined) throw new Error(JSON.stringify(error))
  const end = cluster.now + SETTLING_MS
  while ((cluster.nextDeadline() ?? Infinity) <= end) cluster.advance(cluster.nextDeadline())
} else {
  applyDeployment(engine, cluster, replicas)
  letSettle(cluster, replicas)
}

const { etcd, memory, now, randomPosition } = cluster.state()
const state = {
  head: {
    settings: { nodes, delays: 'instant' },
    bornAt: Date.parse('2026-01-01T00:00:00Z'),
    seed: 1,
    now,
    revision: etcd.revision,
    randomPosition,
  },
  objects: etcd.objects,
  memory,
  files: undefined,
}
const head = snapshotHead(state)
// a session has most of the texts in its memory
const batches = [...snapshotRows(state)]

/** The longest turn: how long others wait at most. */
let longest = 0
let begun = 0
const pause = () => {
  longest = Math.max(longest, performance.now() - begun)
  return new Promise((resolve) => {
    setTimeout(() => {
      begun = performance.now()
      resolve()
    }, 0)
  })
}
const inTurns = async (act) => {
  longest = 0
  begun = performance.now()
  const result = await act()
  longest = Math.max(longest, performance.now() - begun)
  return result
}

const write = () => writeSnapshot(head, batches, pause)
const first = await cpuOf(() => inTurns(write))
const { bytes, canonicalBytes } = await write()
report(`${title}: canonical text`, canonicalBytes / 1000, 'kB')
report(title, bytes.length / 1000, 'kB', isTutorial ? 20 : undefined)
report(`${title}: written, the first of a process`, first, 'ms CPU')
const [runs, written, opened] = isTutorial ? [50, 30, 30] : [3, 1500, 1500]
report(`${title}: written, from then on`, median(await timesOf(runs, write)), 'ms', written)
await inTurns(write)
report(`${title}: written, the longest turn`, longest, 'ms', 100)

const ours = { limits: STORED_LIMITS, writtenBy: 'this server', pause }
const read = async () => {
  const { batches: batchesOf } = await openSnapshot(bytes, ours)
  for await (const _batch of batchesOf());
}
report(`${title}: read`, median(await timesOf(runs, read)), 'ms', opened)
await inTurns(read)
report(`${title}: read, the longest turn`, longest, 'ms', 100)
if (isTutorial) {
  const link = { limits: LINK_LIMITS, writtenBy: 'anybody', pause }
  const looked = () => readWholeSnapshot(bytes, link)
  report(`${title}: read from a link`, median(await timesOf(runs, looked)), 'ms')
}
process.exit(0)
