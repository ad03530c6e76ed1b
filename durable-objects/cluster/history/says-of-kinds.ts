// Who knows what happened, by the resource.
import type { DaemonSet } from '#api/apps/v1/daemon-set/types.ts'
import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import type { StatefulSet } from '#api/apps/v1/stateful-set/types.ts'
import type { Job } from '#api/batch/v1/job/types.ts'
import type { Event } from '#api/core/v1/event/types.ts'
import type { Node } from '#api/core/v1/node/types.ts'
import {
  conditionFacts,
  labelFacts,
  numberFacts,
  type Says,
  saysOfPhases,
  templateFacts,
} from './says-of-anything.ts'
import { saysOfEndpoints, saysOfServices, saysOfSlices } from './says-of-network.ts'
import { saysOfPods } from './says-of-pods.ts'
import { counted } from './words.ts'

type Scaled = Deployment | ReplicaSet | StatefulSet

const READY = {
  replicas: 'Pods',
  readyReplicas: 'ready Pods',
  updatedReplicas: 'Pods of the newest template',
} as const

const MOODS = {
  Available: ['became available', 'is no longer available'],
} as const

const progress = (before: Deployment, after: Deployment): string[] => {
  const find = ({ status }: Deployment) =>
    status?.conditions?.find(({ type }) => type === 'Progressing')
  const [old, now] = [find(before), find(after)]
  if (now?.reason === old?.reason) return []
  if (now?.reason === 'NewReplicaSetAvailable') return ['finished its rollout']
  return now?.reason === 'ProgressDeadlineExceeded'
    ? ['got no further with its rollout in time']
    : []
}

const scaled: Says<Scaled> = {
  created: ({ spec }) => ` with ${counted(spec.replicas ?? 1, 'replica')}`,
  updated: (before, after) => [
    ...numberFacts({ replicas: 'replicas' }, before.spec, after.spec),
    ...(before.spec.template === undefined || after.spec.template === undefined
      ? []
      : templateFacts({ template: before.spec.template }, { template: after.spec.template })),
    ...numberFacts(READY, before.status, after.status),
    ...conditionFacts(before.status?.conditions, after.status?.conditions, MOODS),
    ...(after.kind === 'Deployment' ? progress(before as Deployment, after) : []),
    ...labelFacts(before, after),
  ],
}

const daemonSets: Says<DaemonSet> = {
  updated: (before, after) => [
    ...templateFacts(before.spec, after.spec),
    ...numberFacts(
      { desiredNumberScheduled: 'wanted Pods', numberReady: 'ready Pods' },
      before.status,
      after.status,
    ),
  ],
}

const jobs: Says<Job> = {
  updated: (before, after) => [
    ...numberFacts(
      { active: 'running Pods', succeeded: 'succeeded Pods', failed: 'failed Pods' },
      before.status,
      after.status,
    ),
    ...conditionFacts(before.status?.conditions, after.status?.conditions, {
      Complete: ['is complete', 'is no longer complete'],
      Failed: ['failed', 'is no longer failed'],
      Suspended: ['was suspended', 'goes on'],
    }),
  ],
}

const nodes: Says<Node> = {
  updated: (before, after) => {
    const [old, now] = [before.spec?.unschedulable === true, after.spec?.unschedulable === true]
    const taints = ({ spec }: Node) =>
      spec?.taints?.map(({ key, effect }) => `${key}:${effect}`) ?? []
    const [taintsBefore, taintsAfter] = [taints(before), taints(after)]
    const got = taintsAfter.filter((taint) => !taintsBefore.includes(taint))
    const lost = taintsBefore.filter((taint) => !taintsAfter.includes(taint))
    return [
      ...conditionFacts(before.status?.conditions, after.status?.conditions, {
        Ready: ['became Ready', 'is no longer Ready'],
      }),
      ...(old === now ? [] : [now ? 'takes no new Pods (cordoned)' : 'takes new Pods again']),
      ...got.map((taint) => `got the taint ${taint}`),
      ...lost.map((taint) => `lost the taint ${taint}`),
      ...labelFacts(before, after),
    ]
  },
}

const LONGEST_MESSAGE = 200

const messageOf = ({ message = '' }: Event): string =>
  message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message

const eventText = (event: Event): string => {
  const { kind = 'object', namespace, name = '' } = event.involvedObject
  const about = `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`
  return `Event ${event.reason ?? ''} about ${about}: ${messageOf(event)}`
}

const events: Says<Event> = {
  created: (event) => `=${eventText(event)}`,
  updated: (_before, after) => [
    `${after.reason ?? ''} was told again (${after.count ?? after.series?.count ?? 1} times): ${messageOf(after)}`,
  ],
}

const SAYS = {
  pods: saysOfPods,
  services: saysOfServices,
  endpoints: saysOfEndpoints,
  'endpointslices.discovery.k8s.io': saysOfSlices,
  'deployments.apps': scaled,
  'replicasets.apps': scaled,
  'statefulsets.apps': scaled,
  'daemonsets.apps': daemonSets,
  'jobs.batch': jobs,
  nodes,
  events,
  namespaces: saysOfPhases,
  persistentvolumes: saysOfPhases,
  persistentvolumeclaims: saysOfPhases,
}

/** Undefined: the fields that changed are told. A resource is of its kind. */
export const saysOf = (resource: string): Says | undefined =>
  Object.hasOwn(SAYS, resource)
    ? (SAYS as unknown as Readonly<Record<string, Says>>)[resource]
    : undefined
