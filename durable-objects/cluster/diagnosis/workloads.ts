// What would make the Pods that a Service looks for, and makes none.
import { matches, selectorFromMap } from '#apimachinery/labels.ts'
import { controllerOf, type KubeObject, type StringMap } from '#apimachinery/object.ts'
import type { Cause } from './cause.ts'
import { type DiagnosisContext, namespaceOf, patchCommand, placeOf } from './context.ts'

const RESOURCES = [
  'deployments.apps',
  'statefulsets.apps',
  'replicasets.apps',
  'replicationcontrollers',
] as const

type Workload = KubeObject & {
  readonly spec?: {
    readonly replicas?: number
    readonly template?: { readonly metadata?: { readonly labels?: StringMap } }
  }
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly message?: string }[]
  }
}

/** No Pod has the labels, but the template of a workload has. */
export const workloadCause = (
  { client, service }: DiagnosisContext,
  selector: StringMap,
): Cause | undefined => {
  const namespace = namespaceOf(service)
  const wanted = selectorFromMap(selector)
  const makers = RESOURCES.flatMap((resource): readonly Workload[] =>
    client.dynamic.list(resource, { namespace }),
  ).filter(
    (object) =>
      controllerOf(object) === undefined &&
      matches(wanted, object.spec?.template?.metadata?.labels),
  )
  const maker = makers.find(({ spec }) => spec?.replicas !== 0) ?? makers[0]
  if (maker === undefined) return undefined
  const { name = '' } = service.metadata
  return maker.spec?.replicas === 0 ? scaledToZero(name, maker) : makesNone(name, maker)
}

const nameOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.name}`

const scaledToZero = (service: string, maker: Workload): Cause => {
  const target = placeOf(maker, 'spec.replicas')
  const patch = { spec: { replicas: 1 } }
  return {
    code: 'ScaledToZero',
    says: `The Pods that the Service ${service} looks for are those of ${nameOf(maker)}, and it is told to run none of them (replicas: 0).`,
    evidence: [{ place: target, expected: 'at least 1', found: 0 }],
    place: target,
    remedy: {
      says: 'Let it run a Pod.',
      patch: { target, type: 'merge', patch },
      command: patchCommand(target, patch),
    },
  }
}

const makesNone = (service: string, maker: Workload): Cause => {
  const failure = maker.status?.conditions?.find(({ type }) => type === 'ReplicaFailure')
  const why = failure?.message === undefined ? '' : `: ${failure.message}`
  return {
    code: 'NoPodMatchesSelector',
    says: `The Pods that the Service ${service} looks for are those of ${nameOf(maker)}, which has none yet${why}.`,
    evidence: [
      {
        place: placeOf(maker, 'status.conditions[type=ReplicaFailure]'),
        found: failure?.message ?? 'none',
      },
    ],
    place: placeOf(maker, 'status.conditions'),
  }
}
