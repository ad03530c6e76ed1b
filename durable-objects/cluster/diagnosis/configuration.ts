// Whether the ConfigMaps and Secrets are there that a Pod's containers cannot be started without.
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { own } from '#apimachinery/object.ts'
import type { Cause, Remedy } from './cause.ts'
import { type DiagnosisContext, namespaceOf, patchCommand, placeOf } from './context.ts'
import { exampleOf } from './program-end.ts'

type Kind = 'ConfigMap' | 'Secret'

interface Reference {
  readonly kind: Kind
  readonly name: string
  /** Absent: all that is in it. */
  readonly key?: string
}

const WAITING: readonly string[] = [
  'CreateContainerConfigError',
  'ContainerCreating',
  'PodInitializing',
]

export const configurationCause = (context: DiagnosisContext, pod: Pod): Cause | undefined => {
  const isWaiting = pod.status.containerStatuses?.some(({ state }) =>
    WAITING.includes(state?.waiting?.reason ?? ''),
  )
  if (isWaiting !== true) return undefined
  const references = referencesOf(pod)
  const lost = references.find((reference) => isMissing(context, pod, reference))
  if (lost === undefined) return undefined
  const { kind, name, key } = lost
  const namespace = namespaceOf(pod)
  const isThere = dataOf(context, pod, lost) !== undefined
  const place = { apiVersion: 'v1', kind, namespace, name }
  return {
    code: 'ConfigurationMissing',
    says: `${pod.metadata.name} waits: ${isThere ? `the ${kind} ${name} has no key ${key}` : `there is no ${kind} ${name} in the namespace ${namespace}`}, and its containers are not started without it.`,
    evidence: [
      {
        place: { ...place, ...(isThere ? { field: 'data' } : {}) },
        expected: isThere ? key : `a ${kind}`,
        found: isThere ? Object.keys(dataOf(context, pod, lost) ?? {}) : 'none',
      },
    ],
    place: placeOf(pod, 'spec'),
    remedy: remedyFor(context, pod, lost, references),
  }
}

const dataOf = (
  { client }: DiagnosisContext,
  pod: Pod,
  { kind, name }: Reference,
): Readonly<Record<string, string>> | undefined => {
  const found = client.get(kind === 'ConfigMap' ? 'configmaps' : 'secrets', namespaceOf(pod), name)
  return found === undefined
    ? undefined
    : { ...found.data, ...('binaryData' in found ? found.binaryData : undefined) }
}

const isMissing = (context: DiagnosisContext, pod: Pod, reference: Reference): boolean => {
  const data = dataOf(context, pod, reference)
  return (
    data === undefined || (reference.key !== undefined && own(data, reference.key) === undefined)
  )
}

/** Only what must be there. */
const referencesOf = ({ spec }: Pod): readonly Reference[] => [
  ...[...(spec.initContainers ?? []), ...spec.containers].flatMap(environmentReferences),
  ...(spec.volumes ?? []).flatMap(({ configMap, secret }) => [
    ...required('ConfigMap', configMap?.name, configMap),
    ...required('Secret', secret?.secretName, secret),
  ]),
]

const environmentReferences = ({ env = [], envFrom = [] }: Container): readonly Reference[] => [
  ...env.flatMap(({ valueFrom: { configMapKeyRef: map, secretKeyRef: secret } = {} }) => [
    ...required('ConfigMap', map?.name, map && { optional: map.optional, items: [map] }),
    ...required('Secret', secret?.name, secret && { optional: secret.optional, items: [secret] }),
  ]),
  ...envFrom.flatMap(({ configMapRef, secretRef }) => [
    ...required('ConfigMap', configMapRef?.name, configMapRef),
    ...required('Secret', secretRef?.name, secretRef),
  ]),
]

const required = (
  kind: Kind,
  name: string | undefined,
  source:
    | {
        readonly optional?: boolean | undefined
        readonly items?: readonly { readonly key: string }[]
      }
    | undefined,
): readonly Reference[] => {
  if (name === undefined || source === undefined || source.optional === true) return []
  const { items = [] } = source
  return items.length === 0 ? [{ kind, name }] : items.map(({ key }) => ({ kind, name, key }))
}

const remedyFor = (
  context: DiagnosisContext,
  pod: Pod,
  lost: Reference,
  references: readonly Reference[],
): Remedy => {
  const { kind, name } = lost
  const namespace = namespaceOf(pod)
  const known = dataOf(context, pod, lost)
  const keys = references
    .filter((reference) => reference.kind === kind && reference.name === name)
    .flatMap(({ key }) => key ?? [])
    .filter((key) => own(known, key) === undefined)
  const texts = Object.fromEntries(keys.map((key) => [key, exampleOf(context.service, key)]))
  const values = kind === 'ConfigMap' ? { data: texts } : { stringData: texts }
  const says = `Make it${keys.length === 0 ? '' : `, and put what the program needs in place of the examples`}.`
  const target = { apiVersion: 'v1', kind, namespace, name }
  return known === undefined
    ? { says, apply: [{ apiVersion: 'v1', kind, metadata: { name, namespace }, ...values }] }
    : {
        says,
        patch: { target, type: 'merge', patch: values },
        command: patchCommand(target, values),
      }
}
