// Whether the Service finds Pods at all.
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import { matches, selectorFromMap } from '#apimachinery/labels.ts'
import type { StringMap } from '#apimachinery/object.ts'
import type { Cause, Remedy } from './cause.ts'
import { askPort } from './listeners.ts'
import { workloadCause } from './workloads.ts'
import {
  type DiagnosisContext,
  listed,
  namespaceOf,
  patchCommand,
  placeOf,
  selectedPods,
} from './context.ts'

// What controllers add to the labels of their Pods: no author selects by them.
const MADE_LABELS: ReadonlySet<string> = new Set([
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
  'controller-uid',
  'job-name',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
])

/** The labels that authors gave to a Pod; all of them, if there are no others. */
export const authoredLabels = (labels: StringMap): StringMap => {
  const authored = Object.entries(labels).filter(([key]) => !MADE_LABELS.has(key))
  return authored.length === 0 ? labels : Object.fromEntries(authored)
}

/** One cause at most: what hinders all else. */
export const selectorCause = (context: DiagnosisContext): Cause | undefined => {
  const { service } = context
  const { selector = {} } = service.spec
  if (Object.keys(selector).length === 0) return selectorlessCause(context)
  if (selectedPods(context).length > 0) return undefined
  return (
    workloadCause(context, selector) ??
    inAnotherNamespace(context, selector) ??
    noMatch(context, selector)
  )
}

const selectorlessCause = (context: DiagnosisContext): Cause | undefined => {
  const { client, service } = context
  const namespace = namespaceOf(service)
  const name = service.metadata.name!
  const slices = client.list('endpointslices.discovery.k8s.io', {
    namespace,
    labels: selectorFromMap({ 'kubernetes.io/service-name': name }),
  })
  if (slices.some(({ endpoints }) => (endpoints ?? []).length > 0)) return undefined
  const services = client.list('services', { namespace })
  const [candidate, ...others] = labelSets(
    client
      .list('pods', { namespace })
      .filter((pod) => !isSelected(services, pod) && mightServe(context, pod)),
  )
  const remedy =
    candidate === undefined || others.length > 0
      ? undefined
      : selectorRemedy(service, candidate, `Select the Pods with the labels ${textOf(candidate)}.`)
  return {
    code: 'SelectorlessWithoutEndpoints',
    says: `The Service ${name} has no selector, so Kubernetes looks for no Pods, and nobody has made an EndpointSlice for it. It has an address, but nothing stands behind it.`,
    evidence: [
      { place: placeOf(service, 'spec.selector'), expected: 'labels of Pods', found: null },
      {
        place: placeOf(service, 'EndpointSlices'),
        expected: `a slice with the label kubernetes.io/service-name: ${name}`,
        found: slices.length === 0 ? 'none' : `${slices.length} without endpoints`,
      },
    ],
    place: placeOf(service, 'spec.selector'),
    ...(remedy === undefined ? {} : { remedy }),
  }
}

/** It listens on the port that the Service would send to. */
const mightServe = (context: DiagnosisContext, pod: Pod): boolean => {
  const [port] = context.service.spec.ports ?? []
  const target = port?.targetPort ?? port?.port
  if (typeof target !== 'number') return false
  const answer = askPort(context, pod, 'tcp', target)
  return answer !== undefined && answer.kind !== 'refused'
}

const inAnotherNamespace = (
  { client, service }: DiagnosisContext,
  selector: StringMap,
): Cause | undefined => {
  const wanted = selectorFromMap(selector)
  const found = client
    .list('pods')
    .filter(
      (pod) => namespaceOf(pod) !== namespaceOf(service) && matches(wanted, pod.metadata.labels),
    )
  const [pod] = found
  if (pod === undefined) return undefined
  const { name } = service.metadata
  const there = namespaceOf(pod)
  return {
    code: 'PodsInAnotherNamespace',
    says: `No Pod in the namespace ${namespaceOf(service)} has the labels ${textOf(selector)}, but ${found.length} in ${listed([...new Set(found.map(namespaceOf))])} ${found.length === 1 ? 'has' : 'have'}. A Service only finds Pods of its own namespace.`,
    evidence: [
      {
        place: placeOf(service, 'metadata.namespace'),
        expected: there,
        found: namespaceOf(service),
      },
      { place: placeOf(pod, 'metadata.labels'), expected: selector, found: pod.metadata.labels },
    ],
    place: placeOf(service, 'metadata.namespace'),
    remedy: {
      says: `Make the Service in the namespace ${there}, and call it ${name}.${there} from elsewhere.`,
      apply: [copyIn(service, there)],
      delete: [placeOf(service)],
    },
  }
}

/** The Service as its author would write it in another namespace. */
export const copyIn = (service: Service, namespace: string, changes: object = {}): object => {
  const { clusterIP, clusterIPs, healthCheckNodePort: _check, ports = [], ...spec } = service.spec
  const isHeadless = clusterIP === 'None'
  return {
    apiVersion: service.apiVersion,
    kind: service.kind,
    metadata: {
      name: service.metadata.name,
      namespace,
      ...(service.metadata.labels === undefined ? {} : { labels: service.metadata.labels }),
    },
    spec: {
      ...spec,
      ...(isHeadless ? { clusterIP, clusterIPs } : {}),
      ports: ports.map(({ nodePort: _nodePort, ...port }) => port),
      ...changes,
    },
  }
}

const noMatch = ({ client, service }: DiagnosisContext, selector: StringMap): Cause => {
  const namespace = namespaceOf(service)
  const pods = client.list('pods', { namespace })
  const nearest = nearestTo(selector, labelSets(pods))
  const pod = pods.find(
    ({ metadata }) => nearest !== undefined && matches(selectorFromMap(nearest), metadata.labels),
  )
  const found =
    nearest === undefined
      ? `There ${pods.length === 0 ? 'are no Pods' : 'is none that comes near'} in the namespace ${namespace}.`
      : `The nearest Pods have ${textOf(nearest)}.`
  return {
    code: 'NoPodMatchesSelector',
    says: `The Service ${service.metadata.name} looks for Pods with ${textOf(selector)}, and no Pod has these labels. ${found} The labels of the Pods (spec.template.metadata.labels of their Deployment) and the selector must be equal to the letter.`,
    evidence: [
      { place: placeOf(service, 'spec.selector'), found: selector },
      ...(pod === undefined || nearest === undefined
        ? []
        : [{ place: placeOf(pod, 'metadata.labels'), expected: selector, found: nearest }]),
    ],
    place: placeOf(service, 'spec.selector'),
    ...(nearest === undefined
      ? {}
      : { remedy: selectorRemedy(service, nearest, `Select ${textOf(nearest)}.`) }),
  }
}

const selectorRemedy = (service: Service, labels: StringMap, says: string): Remedy => {
  const gone = Object.keys(service.spec.selector ?? {}).filter((key) => !Object.hasOwn(labels, key))
  const selector = Object.fromEntries([
    ...Object.entries(labels),
    ...gone.map((key) => [key, null]),
  ])
  const patch = { spec: { selector } }
  const target = placeOf(service)
  return { says, patch: { target, type: 'merge', patch }, command: patchCommand(target, patch) }
}

const isSelected = (services: readonly Service[], { metadata }: Pod): boolean =>
  services.some(
    ({ spec: { selector = {} } }) =>
      Object.keys(selector).length > 0 && matches(selectorFromMap(selector), metadata.labels),
  )

/** The labels that authors gave to Pods, each set once. */
const labelSets = (pods: readonly Pod[]): readonly StringMap[] => {
  const sets = new Map<string, StringMap>()
  for (const { metadata } of pods) {
    const labels = Object.fromEntries(
      Object.entries(metadata.labels ?? {})
        .filter(([key]) => !MADE_LABELS.has(key))
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    )
    if (Object.keys(labels).length > 0) sets.set(JSON.stringify(labels), labels)
  }
  return [...sets.values()]
}

const LEAST_LIKENESS = 0.3

/** The set that has most in common with the selector, if any has a key or a value of it. */
const nearestTo = (selector: StringMap, sets: readonly StringMap[]): StringMap | undefined => {
  // another value for the same key is near only if it is alike, or if there is nothing else
  const keyScore = sets.length === 1 ? 1 : 0
  const score = (labels: StringMap): number => {
    let sum = 0
    for (const [key, value] of Object.entries(selector)) {
      if (!Object.hasOwn(labels, key)) {
        if (Object.values(labels).includes(value)) sum += 2
      } else sum += labels[key] === value ? 4 : keyScore + likeness(labels[key]!, value)
    }
    return sum
  }
  let best: StringMap | undefined
  let most = LEAST_LIKENESS
  for (const labels of sets)
    if (score(labels) > most) {
      best = labels
      most = score(labels)
    }
  return best
}

/** From 0 (nothing) to 1 (equal): pairs of neighbouring letters that both have. S. Sørensen, L. Dice */
const likeness = (a: string, b: string): number => {
  const pairs = (text: string) =>
    new Set(Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2)))
  const [left, right] = [pairs(a.toLowerCase()), pairs(b.toLowerCase())]
  if (left.size + right.size === 0) return 0
  const common = [...left].filter((pair) => right.has(pair)).length
  return (2 * common) / (left.size + right.size)
}

export const textOf = (labels: StringMap): string =>
  listed(Object.entries(labels).map(([key, value]) => `${key}=${value}`))
