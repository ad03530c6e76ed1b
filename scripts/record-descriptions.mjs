// Writes down how the real kubectl describes what test/fixtures/describe makes: node scripts/record-descriptions.mjs
// The cluster's clock is behind by about a hundred days and stands still, so that nothing changes while kubectl runs.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { startEngineServer } from '../test/support/engine-server.mjs'
import { kubectlPath } from '../test/support/kubectl.mjs'

const FIXTURES = path.resolve(import.meta.dirname, '../test/fixtures/describe')
const BEHIND = 100.5 * 24 * 60 * 60 * 1000
const SECOND = 1000
/** What a cluster has by itself, of which there is much. */
const OWN_NAMESPACES = new Set(['kube-system', 'kube-public', 'kube-node-lease'])
const OWN_KINDS = new Set(['componentstatuses', 'events', 'apiservices.apiregistration.k8s.io'])

let clock = Date.now() - BEHIND
const server = await startEngineServer({ now: () => clock })
const { id, url } = server.createSession({ seed: 5, delays: 'lively' })
const home = mkdtempSync(path.join(tmpdir(), 'kubarium-descriptions-'))
const config = path.join(home, 'config')
writeFileSync(config, await (await fetch(`${server.url}/api/sessions/${id}/kubeconfig`)).text())

const kubectl = async (...words) => {
  const env = { HOME: home, KUBECONFIG: config, PATH: '/usr/bin:/bin', TZ: 'UTC' }
  const options = { env, maxBuffer: 2 ** 26 }
  const { stdout } = await promisify(execFile)(kubectlPath(), words, options)
  return stdout
}
const file = (name) => path.join(FIXTURES, `${name}.yaml`)
/** Lets the cluster live for some seconds, one by one. */
const pass = async (seconds) => {
  for (let second = 0; second < seconds; second++) {
    clock += SECOND
    await fetch(`${url}/version`)
  }
}

const fill = async () => {
  for (const name of ['cluster', 'pods', 'storage', 'workloads', 'network']) {
    await kubectl('apply', '-f', file(name))
    await pass(2)
  }
  await kubectl('apply', '-f', file('more'))
  await pass(30)
  await kubectl('set', 'image', 'deployment/dep', 'c=nginx:1.27')
  await kubectl('scale', 'rs/rs', '--replicas=3')
  await kubectl('certificate', 'approve', 'jane')
  await kubectl('certificate', 'deny', 'john')
  await kubectl('debug', 'web', '--image=busybox', '-c', 'dbg', '--profile=general', '--', 'sleep')
  await kubectl('delete', 'pvc', 'data', '--wait=false')
  await kubectl('delete', 'pod', 'slow-end', '--wait=false')
  await pass(40)
  const status = ['--server-side', '--force-conflicts', '--subresource=status']
  await kubectl('apply', ...status, '-f', file('statuses'))
}

const get = async (place) => (await fetch(`${url}${place}`)).json()

/** Every kind of object that can be listed: what `describe` calls it, and the path of its list. */
const kinds = async () => {
  const { groups } = await get('/apis')
  const versions = ['v1', ...groups.map((group) => group.preferredVersion.groupVersion)]
  const lists = await Promise.all(
    versions.map(async (version) => {
      const root = version === 'v1' ? '/api/v1' : `/apis/${version}`
      const { resources } = await get(root)
      const group = version.includes('/') ? `.${version.split('/')[0]}` : ''
      return resources
        .filter(({ name, verbs }) => !name.includes('/') && verbs.includes('list'))
        .map(({ name, kind }) => ({ key: name + group, kind, version, place: `${root}/${name}` }))
    }),
  )
  return lists.flat()
}

const isOwn = (object, key) => {
  const { name, namespace, labels = {} } = object.metadata
  return (
    OWN_NAMESPACES.has(namespace ?? (key === 'namespaces' ? name : '')) ||
    labels['kubernetes.io/bootstrapping'] !== undefined ||
    (name.startsWith('system:') && key !== 'clusterroles.rbac.authorization.k8s.io') ||
    OWN_KINDS.has(key) ||
    key.endsWith('.flowcontrol.apiserver.k8s.io') ||
    key.endsWith('.events.k8s.io') ||
    key.endsWith('.kubarium.dev') ||
    key.endsWith('.metrics.k8s.io')
  )
}

const withoutManagers = (object) => {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** Of Pods that one controller made, one is enough. */
const isRepeated = (object, all) => {
  const [owner] = object.metadata.ownerReferences ?? []
  const first = all.find(({ metadata }) => metadata.ownerReferences?.[0]?.uid === owner?.uid)
  return object.kind === 'Pod' && owner !== undefined && first !== object
}

/** Nodes show all Pods and Leases. */
const ALWAYS = new Set(['leases.coordination.k8s.io', 'pods'])

const record = async () => {
  const objects = {}
  const descriptions = []
  const named = new Set()
  for (const { key, kind, version, place } of await kinds()) {
    const { items } = await get(place)
    const all = items.map((item) => ({ apiVersion: version, kind, ...withoutManagers(item) }))
    const shown = all.filter((item) => !isOwn(item, key) && !isRepeated(item, all))
    if (shown.length > 0 || ALWAYS.has(key))
      objects[key] = all.filter((item) => ALWAYS.has(key) || !isOwn(item, key))
    for (const object of shown) {
      const { name, namespace = '', uid } = object.metadata
      named.add(uid).add(name)
      const where = namespace === '' ? [] : ['-n', namespace]
      const text = await kubectl('describe', key, name, ...where)
      descriptions.push({ resource: key, namespace, name, text })
    }
  }
  const events = (await get('/api/v1/events')).items.map(withoutManagers)
  objects.events = events.filter(({ involvedObject }) => named.has(involvedObject.uid))
  return { now: Date.now(), objects, descriptions }
}

/** JSON with a line for every object and every description. */
const linesOf = ({ now, objects, descriptions }) => {
  const list = (items) => `[\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]`
  const lists = Object.entries(objects).map(
    ([key, items]) => `${JSON.stringify(key)}: ${list(items)}`,
  )
  return `{"now": ${now}, "objects": {\n${lists.join(',\n')}\n}, "descriptions": ${list(descriptions)}}`
}

try {
  await fill()
  const recorded = await record()
  writeFileSync(path.join(FIXTURES, 'recorded.json'), `${linesOf(recorded)}\n`)
  console.log(`${recorded.descriptions.length} descriptions`)
} finally {
  await server.stop()
  rmSync(home, { recursive: true })
}
