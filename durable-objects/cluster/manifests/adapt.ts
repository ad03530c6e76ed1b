// An object of another cluster as this one can take it.
import { own, type JsonObject, type KubeObject, type StringMap } from '#apimachinery/object.ts'
import { asWritten, LAST_APPLIED, ownFinalizers } from '#manifests/as-written.ts'
import { isMadeToken } from '#manifests/of-the-cluster.ts'
import { podSpecPath } from '#manifests/pod-specs.ts'
import {
  at,
  changeAt,
  changeEach,
  isObject,
  objectOf,
  objectsOf,
  omit,
  textOf,
} from '#manifests/shapes.ts'

/** What an object finds here. */
export interface Surroundings {
  /** Whether there is or will be an object without a namespace: `hasNamed('priorityclasses.scheduling.k8s.io', 'high')` */
  readonly hasNamed: (resource: string, name: string) => boolean
  readonly nodeLabels: readonly StringMap[]
  /** The StorageClass that claims have by default; nothing if this cluster provides no volumes. */
  readonly defaultClass: string | undefined
  /** Classes that volumes can be found of: this cluster's, and those of volumes that are in the list. */
  readonly usableClasses: ReadonlySet<string>
}

/** Hears of a field that is not as it was there. */
export type Tell = (field: string, why: string) => void
type Adapter = (object: JsonObject, tell: Tell, around: Surroundings) => JsonObject

/** What controllers of other clusters wrote down about them. The names end with `*` where more may follow. */
const FOREIGN_ANNOTATIONS = [
  'autopilot.gke.io/*',
  'autoscaling.alpha.kubernetes.io/conditions',
  'autoscaling.alpha.kubernetes.io/current-metrics',
  'cloud.google.com/neg-status',
  'cni.projectcalico.org/*',
  'control-plane.alpha.kubernetes.io/leader',
  'field.cattle.io/*',
  'ingress.kubernetes.io/backends',
  'ingress.kubernetes.io/forwarding-rule',
  'ingress.kubernetes.io/https-forwarding-rule',
  'ingress.kubernetes.io/https-target-proxy',
  'ingress.kubernetes.io/redirect-url-map',
  'ingress.kubernetes.io/ssl-cert',
  'ingress.kubernetes.io/static-ip',
  'ingress.kubernetes.io/target-proxy',
  'ingress.kubernetes.io/url-map',
  'k8s.ovn.org/*',
  'k8s.v1.cni.cncf.io/network-status',
  'k8s.v1.cni.cncf.io/networks-status',
  'kubernetes.io/config.*',
  'kubernetes.io/psp',
  'objectset.rio.cattle.io/*',
  'openshift.io/*',
  'vpc.amazonaws.com/*',
]

const isForeign = (annotation: string): boolean =>
  FOREIGN_ANNOTATIONS.some((name) =>
    name.endsWith('*') ? annotation.startsWith(name.slice(0, -1)) : annotation === name,
  )

const NO_NODE = 'no node of this cluster has the label'

const nodeSelector = (spec: JsonObject, tell: Tell, { nodeLabels }: Surroundings): JsonObject => {
  const selector = at(spec, 'nodeSelector')
  if (!isObject(selector)) return spec
  const met = Object.entries(selector).filter(([label, value]) =>
    nodeLabels.some((labels) => own(labels, label) === value),
  )
  if (met.length === Object.keys(selector).length) return spec
  for (const [label, value] of Object.entries(selector))
    if (!met.some(([kept]) => kept === label))
      tell('nodeSelector', `left out ${label}=${String(value)}: ${NO_NODE}`)
  const rest = omit(spec, 'nodeSelector')
  return met.length === 0 ? rest : { ...rest, nodeSelector: Object.fromEntries(met) }
}

const CLASSES = [
  ['priorityClassName', 'priorityclasses.scheduling.k8s.io', 'PriorityClass'],
  ['runtimeClassName', 'runtimeclasses.node.k8s.io', 'RuntimeClass'],
] as const

/** Volumes and mounts that clusters before 1.24 injected. */
const withoutOldToken = (spec: JsonObject): JsonObject => {
  const gone = new Set(
    objectsOf(at(spec, 'volumes'))
      .filter((volume) => isMadeToken(textOf(at(objectOf(at(volume, 'secret')), 'secretName'))))
      .map((volume) => at(volume, 'name')),
  )
  if (gone.size === 0) return spec
  const left = (object: JsonObject, key: string): JsonObject => ({
    ...object,
    [key]: objectsOf(at(object, key)).filter((item) => !gone.has(at(item, 'name'))),
  })
  return ['initContainers', 'containers'].reduce(
    (whole, list) => changeEach(whole, list, (container) => left(container, 'volumeMounts')),
    left(spec, 'volumes'),
  )
}

const nodeName = (spec: JsonObject, tell: Tell, { hasNamed }: Surroundings): JsonObject => {
  const name = textOf(at(spec, 'nodeName'))
  if (name === '' || hasNamed('nodes', name)) return spec
  tell('nodeName', `left out: this cluster has no node "${name}"`)
  return omit(spec, 'nodeName')
}

const podSpec: Adapter = (spec, tell, around) => {
  let next = nodeName(withoutOldToken(spec), tell, around)
  for (const [field, resource, kind] of CLASSES) {
    const name = textOf(at(next, field))
    if (name === '' || around.hasNamed(resource, name)) continue
    tell(field, `left out: neither this cluster nor the list has a ${kind} "${name}"`)
    next = omit(next, field, 'overhead', ...(kind === 'PriorityClass' ? ['preemptionPolicy'] : []))
  }
  return next
}

const claimSpec: Adapter = (spec, tell, { defaultClass, usableClasses }) => {
  const name = textOf(at(spec, 'storageClassName'))
  if (name === '' || defaultClass === undefined || usableClasses.has(name)) return spec
  tell('spec.storageClassName', `"${name}" provides no volumes here: "${defaultClass}" does`)
  return omit(spec, 'storageClassName')
}

const claim: Adapter = (object, tell, around) =>
  changeAt(object, ['spec'], (spec) => claimSpec(spec, tell, around))

const statefulSet: Adapter = (object, tell, around) =>
  changeAt(object, ['spec'], (spec) =>
    changeEach(spec, 'volumeClaimTemplates', (template) =>
      claim(template, (field, why) => tell(`spec.volumeClaimTemplates[].${field}`, why), around),
    ),
  )

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class'

const storageClass: Adapter = (object, tell, { defaultClass }) => {
  const name = at(objectOf(at(object, 'metadata')), 'name')
  if (defaultClass === undefined || defaultClass === name) return object
  return changeAt(object, ['metadata', 'annotations'], (annotations) => {
    if (at(annotations, DEFAULT_CLASS) !== 'true') return annotations
    tell('metadata.annotations', `"${defaultClass}" is the default of this cluster`)
    return omit(annotations, DEFAULT_CLASS)
  })
}

const service: Adapter = (object, tell) =>
  changeAt(object, ['spec'], (spec) => {
    let next = spec
    if (at(spec, 'loadBalancerClass') !== undefined) {
      tell('spec.loadBalancerClass', 'left out: nothing here serves load balancers of that class')
      next = omit(next, 'loadBalancerClass')
    }
    const families = at(spec, 'ipFamilies')
    if (!Array.isArray(families) || !families.includes('IPv6')) return next
    tell('spec.ipFamilies', 'left out: the addresses of this cluster are IPv4')
    return omit(next, 'ipFamilies', 'ipFamilyPolicy')
  })

const serviceAccount: Adapter = (object) => {
  const secrets = objectsOf(at(object, 'secrets'))
  const left = secrets.filter((secret) => !isMadeToken(textOf(at(secret, 'name'))))
  const pulls = objectsOf(at(object, 'imagePullSecrets'))
  const leftPulls = pulls.filter((secret) => !isMadeToken(textOf(at(secret, 'name'))))
  return {
    ...omit(object, 'secrets', 'imagePullSecrets'),
    ...(left.length === 0 ? {} : { secrets: left }),
    ...(leftPulls.length === 0 ? {} : { imagePullSecrets: leftPulls }),
  }
}

const secret: Adapter = (object, tell) => {
  if (at(object, 'type') === 'kubernetes.io/service-account-token')
    tell('data', 'a token of the other cluster: this one makes its own')
  return object
}

const ADAPTERS: Readonly<Record<string, Adapter>> = {
  persistentvolumeclaims: claim,
  secrets: secret,
  serviceaccounts: serviceAccount,
  services: service,
  'statefulsets.apps': statefulSet,
  'storageclasses.storage.k8s.io': storageClass,
}

const metadataAdapted = (object: KubeObject, tell: Tell): KubeObject => {
  const { finalizers: _held, ...metadata } = object.metadata
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true)
  if (owner !== undefined)
    tell(
      'metadata.ownerReferences',
      `left out: ${owner.kind} "${owner.name}" does not make it here`,
    )
  const held = ownFinalizers(object.metadata)
  if (held.length > 0)
    tell('metadata.finalizers', `left out ${held.join(', ')}: whoever takes it away is not here`)
  return { ...object, metadata }
}

/** The object without what the other server owns and this one cannot have; `tell` hears what somebody may have meant. */
export const adapt = (
  resource: string,
  object: KubeObject,
  tell: Tell,
  around: Surroundings,
): JsonObject => {
  const written = asWritten(resource, metadataAdapted(object, tell))
  const lastApplied = own(object.metadata.annotations, LAST_APPLIED)
  const annotated = changeAt(written, ['metadata'], (metadata) => {
    const kept = Object.entries(objectOf(at(metadata, 'annotations'))).filter(
      ([name]) => !isForeign(name),
    )
    // who goes on with `kubectl apply` finds what was applied before
    if (lastApplied !== undefined) kept.push([LAST_APPLIED, lastApplied])
    const rest = omit(metadata, 'annotations')
    return kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) }
  })
  const adapter = Object.hasOwn(ADAPTERS, resource) ? ADAPTERS[resource] : undefined
  const adapted = adapter?.(annotated, tell, around) ?? annotated
  const path = podSpecPath(resource)
  if (path === undefined) return adapted
  return changeAt(adapted, path, (spec) => {
    const prefixed: Tell = (field, why) => tell([...path, field].join('.'), why)
    const next = podSpec(spec, prefixed, around)
    // a DaemonSet that is meant for nodes that are not here has nothing to do
    return resource === 'daemonsets.apps' ? next : nodeSelector(next, prefixed, around)
  })
}
