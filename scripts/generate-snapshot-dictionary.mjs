// Writes a dictionary for snapshots: the texts of what clusters are born with and of what people make first, without what differs from
// session to session. One that snapshots were written with is never written again: `node scripts/generate-snapshot-dictionary.mjs 2` makes
// durable-objects/session/snapshot/dictionary-2.json.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import { bundleSnapshots } from '../test/load/bundles.mjs'

const [version = ''] = process.argv.slice(2)
if (!/^[1-9]\d*$/.test(version)) throw new Error('name the number of the dictionary')
const FILE = path.resolve(
  import.meta.dirname,
  `../durable-objects/session/snapshot/dictionary-${version}.json`,
)
if (existsSync(FILE)) throw new Error(`${FILE} exists; snapshots need it as it is`)

const ADMINISTRATOR = {
  username: 'kubernetes-admin',
  groups: ['system:masters', 'system:authenticated'],
}
/** So much of a line must be new to be worth its room. */
const NEW_BYTES = 60
const SECONDS = 180

const labels = { app: 'web' }
const template = {
  metadata: { labels },
  spec: { containers: [{ name: 'nginx', image: 'nginx:1.29', ports: [{ containerPort: 80 }] }] },
}
const workload = (kind, name, spec = {}) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name },
  spec: { selector: { matchLabels: labels }, template, ...spec },
})
const service = (name, spec = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: labels, ports: [{ port: 80, targetPort: 80 }], ...spec },
})
const job = {
  template: {
    spec: {
      restartPolicy: 'Never',
      containers: [{ name: 'pi', image: 'busybox:1.37', command: ['true'] }],
    },
  },
}
const BEGUN = JSON.stringify({
  apiVersion: 'v1',
  kind: 'List',
  items: [
    workload('Deployment', 'web', { replicas: 2 }),
    workload('StatefulSet', 'db', { replicas: 1, serviceName: 'headless' }),
    workload('DaemonSet', 'agent'),
    service('web'),
    service('headless', { clusterIP: 'None' }),
    service('node-port', { type: 'NodePort' }),
    service('balanced', { type: 'LoadBalancer' }),
    { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'pi' }, spec: job },
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'cron' },
      spec: { schedule: '* * * * *', jobTemplate: { spec: job } },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'web' },
      spec: {
        rules: [
          {
            host: 'web.example.com',
            http: {
              paths: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name: 'web', port: { number: 80 } } },
                },
              ],
            },
          },
        ],
      },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'web' },
      spec: { podSelector: { matchLabels: labels }, ingress: [{ from: [{ podSelector: {} }] }] },
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { key: 'value' } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'secret' },
      stringData: { key: 'value' },
    },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'another' } },
  ],
})

const loadSnapshots = async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubarium-dictionary-'))
  try {
    return await import(pathToFileURL(await bundleSnapshots(folder)).href)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const {
  Cluster,
  HoleWriter,
  applyManifests,
  copiesFrom,
  dictionaryOf,
  rowLine,
  settingsOf,
  snapshotRows,
  templateManifests,
} = await loadSnapshots()

/** The lines of a cluster, their differences taken out. */
const linesOf = (settings, manifests, seed) => {
  const createdAt = Date.parse('2026-01-01T00:00:00Z')
  const cluster = new Cluster({ seed, settings: settingsOf(settings), createdAt })
  for (const text of [templateManifests(settings), manifests]) {
    if (text === undefined) continue
    const { error } = applyManifests(cluster, ADMINISTRATOR, text)
    if (error !== undefined) throw new Error(JSON.stringify(error))
  }
  for (let second = 0; second < SECONDS; second++) cluster.advance(cluster.now + 1000)
  const holes = new HoleWriter(seed)
  const { etcd, memory } = cluster.state()
  return [...snapshotRows({ objects: etcd.objects, memory })]
    .flat()
    .map((row) => holes.take(rowLine(row)))
}

const utf8 = new TextEncoder()
const [first, ...others] = [
  linesOf({ template: 'default' }, BEGUN, 1),
  linesOf({ template: 'synergychat' }, undefined, 2),
  linesOf({ template: 'bare' }, undefined, 3),
]
// whole, so that one copy goes on from line to line where a cluster is as it was born
let bytes = utf8.encode(first.join(''))
for (const line of others.flat()) {
  const { rest } = copiesFrom(dictionaryOf(bytes), utf8.encode(line))
  if (rest.length > NEW_BYTES) bytes = Buffer.concat([bytes, utf8.encode(line)])
}
const brotli = brotliCompressSync(bytes, {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 },
}).toString('base64')
writeFileSync(FILE, `${JSON.stringify({ brotli })}\n`)
console.log(`${FILE}: ${bytes.length} bytes, ${brotli.length} compressed`)
