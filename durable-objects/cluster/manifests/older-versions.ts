// What clusters of former years call the kinds of today.
import type { JsonObject } from '#apimachinery/object.ts'
import { at, changeAt, changeEach, objectOf, omit, within } from '#manifests/shapes.ts'

/** Kinds that left the group that they began in. */
const FROM_EXTENSIONS: Readonly<Record<string, string>> = {
  DaemonSet: 'apps',
  Deployment: 'apps',
  Ingress: 'networking.k8s.io',
  NetworkPolicy: 'networking.k8s.io',
  ReplicaSet: 'apps',
}

/** The group that serves a kind today. */
export const groupToday = (group: string, kind: string): string =>
  group === 'extensions' && Object.hasOwn(FROM_EXTENSIONS, kind) ? FROM_EXTENSIONS[kind]! : group

/** What went without a successor, and what takes its place. */
const GONE: Readonly<Record<string, string>> = {
  'PodSecurityPolicy.policy':
    'PodSecurityPolicies ended with Kubernetes 1.25: label Namespaces with pod-security.kubernetes.io/enforce instead',
  'PodSecurityPolicy.extensions':
    'PodSecurityPolicies ended with Kubernetes 1.25: label Namespaces with pod-security.kubernetes.io/enforce instead',
  'PodPreset.settings.k8s.io': 'PodPresets ended with Kubernetes 1.20',
}

export const whyGone = (group: string, kind: string): string | undefined => {
  const key = `${kind}.${group}`
  return Object.hasOwn(GONE, key) ? GONE[key] : undefined
}

/** `{ serviceName, servicePort }` as it is written since networking.k8s.io/v1. */
const backendToday = (backend: JsonObject): JsonObject => {
  if (at(backend, 'serviceName') === undefined) return backend
  const { serviceName, servicePort, ...rest } = backend
  const port = typeof servicePort === 'number' ? { number: servicePort } : { name: servicePort }
  const ports = servicePort === undefined ? {} : { port: port as JsonObject }
  return { ...rest, service: { name: serviceName, ...ports } }
}

const pathToday = (path: JsonObject): JsonObject => ({
  pathType: 'ImplementationSpecific',
  ...changeAt(path, ['backend'], backendToday),
})

const ingress = (object: JsonObject): JsonObject =>
  changeAt(object, ['spec'], (spec) => {
    const { backend, ...rest } = spec
    const rules = changeEach(rest, 'rules', (rule) =>
      changeAt(rule, ['http'], (http) => changeEach(http, 'paths', pathToday)),
    )
    return backend === undefined
      ? rules
      : { ...rules, defaultBackend: backendToday(objectOf(backend)) }
  })

/** Before apps/v1 a workload that named no selector had the labels of its template. */
const workload = (object: JsonObject): JsonObject =>
  changeAt(object, ['spec'], (spec) => {
    const rest = omit(spec, 'rollbackTo', 'templateGeneration')
    const labels = within(spec, 'template', 'metadata', 'labels')
    if (at(spec, 'selector') !== undefined || labels === undefined) return rest
    return { ...rest, selector: { matchLabels: labels } }
  })

type Target = readonly [type: string, from: string, to: string]

const TARGETS: readonly Target[] = [
  ['Utilization', 'targetAverageUtilization', 'averageUtilization'],
  ['AverageValue', 'targetAverageValue', 'averageValue'],
  ['Value', 'targetValue', 'value'],
]

/** What autoscaling/v2beta1 says of one metric, as v2 says it. */
const metricSource = (source: JsonObject): JsonObject => {
  const { metricName, metricSelector, target, ...rest } = source
  const found = TARGETS.find(([, from]) => at(source, from) !== undefined)
  if (found === undefined) return source
  const [type, from, to] = found
  const selector = metricSelector === undefined ? {} : { selector: metricSelector }
  return {
    ...omit(rest, ...TARGETS.map(([, name]) => name)),
    ...(metricName === undefined ? {} : { metric: { name: metricName, ...selector } }),
    // in v2beta1 the target of an Object metric is the object
    ...(target === undefined ? {} : { describedObject: target }),
    target: { type, [to]: source[from] },
  }
}

const SOURCES = ['resource', 'pods', 'object', 'external', 'containerResource']

const autoscaler = (object: JsonObject): JsonObject =>
  changeAt(object, ['spec'], (spec) =>
    changeEach(spec, 'metrics', (metric) =>
      SOURCES.reduce((whole, source) => changeAt(whole, [source], metricSource), metric),
    ),
  )

const CONVERSIONS: Readonly<Record<string, (object: JsonObject) => JsonObject>> = {
  DaemonSet: workload,
  Deployment: workload,
  HorizontalPodAutoscaler: autoscaler,
  Ingress: ingress,
  ReplicaSet: workload,
  StatefulSet: workload,
}

/** An object of a version that is gone, in one that is served. */
export const inVersion = (object: JsonObject, apiVersion: string): JsonObject => {
  const kind = String(object['kind'])
  const convert = Object.hasOwn(CONVERSIONS, kind) ? CONVERSIONS[kind] : undefined
  return { ...(convert?.(object) ?? object), apiVersion }
}
