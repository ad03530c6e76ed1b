// What can be seen of a cluster, as text: of one that lives, and of one that is as it was.
import type { Pod } from '#api/core/v1/pod/types.ts'
import { Cluster, type ClusterState } from '#cluster.ts'
import type { ApiAnswer } from '#kube-apiserver/endpoints/http.ts'
import { exportObjects } from '#manifests/export.ts'
import { stateDocument } from '#manifests/state.ts'
import { tablesDocument } from '#network/tables-document.ts'
import { settingsOf, type SettingsRequest } from '#settings.ts'
import { traceDocument } from '#world/trace-document.ts'

const ADMINISTRATOR = {
  username: 'kubernetes-admin',
  groups: ['system:masters', 'system:authenticated'],
}

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

export interface Asked {
  readonly method?: string
  readonly body?: unknown
  readonly accept?: string
  readonly contentType?: string
  readonly query?: readonly (readonly [string, string])[]
  readonly upgrade?: boolean
}

export const ask = (cluster: Cluster, path: string, asked: Asked = {}): ApiAnswer => {
  const { method = 'GET', body, query = [], upgrade = false } = asked
  return cluster.handle({
    method,
    path,
    query,
    upgrade,
    accept: asked.accept ?? 'application/json',
    contentType: asked.contentType ?? 'application/json',
    userAgent: 'kubectl/v1.36.3 (linux/amd64) kubernetes/abcdef0',
    body: body === undefined ? '' : JSON.stringify(body),
    user: ADMINISTRATOR,
  })
}

export const textOf = (answer: ApiAnswer): string =>
  'watch' in answer ? 'watch' : `${answer.status} ${answer.body.join('')}`

const listPaths = (cluster: Cluster): readonly string[] =>
  cluster
    .served()
    .filter(({ discovery }) => discovery.verbs.includes('list'))
    .map(({ group, version, plural }) =>
      group === '' ? `/api/${version}/${plural}` : `/apis/${group}/${version}/${plural}`,
    )

/** Lists of everything that is served. */
const seeLists = (cluster: Cluster): readonly string[] =>
  listPaths(cluster).map((path) => `${path}\n${textOf(ask(cluster, path))}`)

const seeNetwork = (cluster: Cluster): readonly string[] => {
  const nodes = cluster.objects('nodes').map(({ metadata }) => metadata.name!)
  const pods = cluster.objects('pods') as readonly Pod[]
  const services = cluster.objects('services').map(({ metadata }) => metadata)
  const senders = [{ workstation: true }, ...nodes.slice(-2).map((node) => ({ node }))]
  const ofPods = pods
    .slice(0, 3)
    .map(({ metadata }) => ({ pod: `${metadata.namespace!}/${metadata.name!}` }))
  return [
    ...nodes.map((node) => {
      const tables = cluster.tablesOf(node)!
      const { text } = tablesDocument(node, tables, {})
      return `tables ${node} ${tables.mode} ${tables.sync} ${cluster.proxySyncDue}\n${text}`
    }),
    ...services.map(({ namespace, name }) => {
      const told = cluster.diagnose(namespace!, name!, {})
      return `diagnosis ${namespace}/${name} ${JSON.stringify(told)}`
    }),
    ...services.slice(-3).flatMap(({ namespace, name }) =>
      [...senders, ...ofPods].map((from) => {
        const body = JSON.stringify({ from, to: `http://${name}.${namespace}.svc.cluster.local/` })
        return `trace ${body} ${JSON.stringify(traceDocument(cluster.world(true), body, 'json'))}`
      }),
    ),
  ]
}

const seePods = (cluster: Cluster): readonly string[] =>
  (cluster.objects('pods') as readonly Pod[]).flatMap(({ metadata, spec }) =>
    spec.containers.map(({ name }) => {
      const path = `/api/v1/namespaces/${metadata.namespace!}/pods/${metadata.name!}/log`
      return `log ${path} ${name} ${textOf(ask(cluster, path, { query: [['container', name]] }))}`
    }),
  )

/** Everything that is shown of a cluster at its moment. */
export const see = (cluster: Cluster): readonly string[] => [
  ...seeLists(cluster),
  ...['pods', 'nodes', 'services', 'events'].map((plural) =>
    textOf(ask(cluster, `/api/v1/${plural}`, { accept: TABLE })),
  ),
  ...['pods', 'nodes'].map((plural) =>
    textOf(ask(cluster, `/apis/metrics.k8s.io/v1beta1/${plural}`)),
  ),
  ...seeNetwork(cluster),
  ...seePods(cluster),
  exportObjects(cluster, 'yaml', true),
  stateDocument(cluster, 'yaml'),
]

/** A cluster that stands still in a state. */
export const stillCluster = (state: ClusterState, settings: SettingsRequest, seed = 1): Cluster =>
  new Cluster({ seed, settings: settingsOf(settings), createdAt: 0, state, isStill: true })
