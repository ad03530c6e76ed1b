// What the API server measures of itself, as Prometheus reads it: what is known anyway, and what costs next to nothing to count.
// kubernetes: apiserver pkg/endpoints/metrics/metrics.go, pkg/storage/etcd3/metrics, component-base/metrics
import type { Etcd } from '#etcd/etcd.ts'
import { versionInfo } from '#kube-apiserver/discovery/version.ts'
import { healthChecks } from '#kube-apiserver/endpoints/health.ts'
import type { Answer, ApiRequest } from '#kube-apiserver/endpoints/http.ts'
import type { ResourcePath } from '#kube-apiserver/endpoints/path.ts'
import { verbOf } from '#kube-apiserver/endpoints/request-info.ts'
import { groupResourceOf, type Resources } from '#kube-apiserver/resources.ts'

type Labels = Readonly<Record<string, string>>

interface Sample {
  readonly labels?: Labels
  readonly value: number
}

interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'gauge' | 'counter'
  readonly samples: readonly Sample[]
}

/** A number as Go's %g writes it. */
const goNumber = (value: number): string => {
  if (Math.abs(value) < 1e6) return String(value)
  return value.toExponential().replace(/e\+(\d)$/, 'e+0$1')
}

const labelText = (labels: Labels): string => {
  const pairs = Object.keys(labels)
    .toSorted()
    .map((name) => {
      const value = labels[name]!.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')
      return `${name}="${value}"`
    })
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const familyText = ({ name, help, type, samples }: Family): string => {
  const lines = samples.map(({ labels = {}, value }) => [labelText(labels), value] as const)
  return [
    `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`,
    ...lines
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([labels, value]) => `${name}${labels} ${goNumber(value)}\n`),
  ].join('')
}

const page = (families: readonly Family[]): Answer => ({
  status: 200,
  contentType: 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
  body: families.filter(({ samples }) => samples.length > 0).map(familyText),
})

const CONNECTED: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward', 'proxy'])

/** kubernetes: CanonicalVerb, CleanVerb */
const reportedVerb = (request: ApiRequest, path: ResourcePath): string => {
  const { method, contentType } = request
  if (CONNECTED.has(path.subresource)) return 'CONNECT'
  if (method === 'PATCH' && contentType.startsWith('application/apply-patch')) return 'APPLY'
  if (method === 'POST' || method === 'PUT' || method === 'PATCH') return method
  const verb = verbOf(request, path).toUpperCase()
  return verb
}

const scopeOf = ({ name, namespace }: ResourcePath, verb: string): string => {
  if (name !== '' || verb === 'POST') return 'resource'
  return namespace === '' ? 'cluster' : 'namespace'
}

interface Counted {
  readonly labels: Labels
  value: number
}

// since the API server has started: since the session came into memory
const requests = new WeakMap<Etcd, Map<string, Counted>>()

const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])

/** Remembers how a client was answered. */
export const countRequest = (
  etcd: Etcd,
  request: ApiRequest,
  path: ResourcePath,
  code: number,
): void => {
  if (!METHODS.has(request.method)) return
  const verb = reportedVerb(request, path)
  const dryRun = request.query.some(([key]) => key === 'dryRun') ? 'All' : ''
  const { group, version, plural, subresource } = path
  const scope = scopeOf(path, verb)
  const key = `${verb} ${code} ${group}/${version}/${plural}/${subresource} ${scope}${dryRun}`
  let counted = requests.get(etcd)
  if (counted === undefined) requests.set(etcd, (counted = new Map()))
  const known = counted.get(key)
  if (known !== undefined) {
    known.value += 1
    return
  }
  const labels = {
    code: String(code),
    component: 'apiserver',
    dry_run: dryRun,
    group,
    resource: plural,
    scope,
    subresource,
    verb,
    version,
  }
  counted.set(key, { labels, value: 1 })
}

const buildInfo = (): Family => ({
  name: 'kubernetes_build_info',
  help: "[ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.",
  type: 'gauge',
  samples: [
    {
      labels: {
        build_date: versionInfo.buildDate,
        compiler: versionInfo.compiler,
        git_commit: versionInfo.gitCommit,
        git_tree_state: versionInfo.gitTreeState,
        git_version: versionInfo.gitVersion,
        go_version: versionInfo.goVersion,
        major: versionInfo.major,
        minor: versionInfo.minor,
        platform: versionInfo.platform,
      },
      value: 1,
    },
  ],
})

const OBJECTS =
  'Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.'

const objectCounts = (etcd: Etcd, resources: Resources): readonly Family[] => {
  const served = new Set(resources.groups().map(({ metadata }) => metadata.name ?? ''))
  const stored = resources
    .stored()
    .filter(({ group, discovery }) => served.has(group) && discovery.verbs.includes('list'))
  const all = stored.map((resource) => ({ resource, value: etcd.count(resource.name) }))
  return [
    {
      name: 'apiserver_resource_objects',
      help: `[ALPHA] ${OBJECTS}`,
      type: 'gauge',
      samples: all.map(({ resource, value }) => ({
        labels: { ...groupResourceOf(resource) },
        value,
      })),
    },
    {
      name: 'apiserver_storage_objects',
      help: `[STABLE] ${OBJECTS}`,
      type: 'gauge',
      samples: all.map(({ resource, value }) => ({ labels: { resource: resource.name }, value })),
    },
  ]
}

interface Measured {
  readonly etcd: Etcd
  readonly resources: Resources
}

/** /metrics: to DELETE it sets back what was counted. */
export const metrics = ({ method }: ApiRequest, { etcd, resources }: Measured): Answer => {
  if (method === 'DELETE') {
    requests.delete(etcd)
    return {
      status: 200,
      contentType: 'text/plain; charset=utf-8',
      body: ['metrics reset\n'],
    }
  }
  const [byGroup, byName] = objectCounts(etcd, resources)
  const requestTotal: Family = {
    name: 'apiserver_request_total',
    help: '[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
    type: 'counter',
    samples: [...(requests.get(etcd)?.values() ?? [])],
  }
  return page([requestTotal, byGroup!, byName!, buildInfo()])
}

/** /metrics/slis: how the checks have come out. */
export const healthMetrics = (): Answer =>
  page([
    {
      name: 'kubernetes_healthcheck',
      help: '[STABLE] This metric records the result of a single healthcheck.',
      type: 'gauge',
      samples: healthChecks().map(({ name, type }) => ({ labels: { name, type }, value: 1 })),
    },
  ])
