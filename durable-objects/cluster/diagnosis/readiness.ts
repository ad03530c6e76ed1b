// Whether any of the Pods that the Service selects is Ready.
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Cause, Evidence } from './cause.ts'
import { type DiagnosisContext, isReady, listed, placeOf, selectedPods } from './context.ts'
import { probeRemedy } from './probe.ts'

const MOST_PODS = 3

export const readinessCause = (context: DiagnosisContext): Cause | undefined => {
  const { service } = context
  const pods = selectedPods(context)
  if (pods.length === 0 || pods.some(isReady)) return undefined
  if (service.spec.publishNotReadyAddresses === true) return undefined
  const ending = pods.filter(isServing)
  if (ending.length > 0) return onlyEnding(context, ending)
  const shown = pods.slice(0, MOST_PODS)
  const reasons = [...new Set(shown.map((pod) => reasonOf(context, pod)))]
  const remedy = shown.map((pod) => probeRemedy(context, pod)).find((found) => found !== undefined)
  return {
    code: 'NoPodIsReady',
    says: `The selector of ${service.metadata.name} finds ${pods.length === 1 ? 'a Pod, but it is not' : `${pods.length} Pods, but none of them is`} Ready, and a Service sends nothing to Pods that are not: ${listed(reasons)}.`,
    evidence: shown.flatMap((pod) => evidenceOf(context, pod)),
    place: placeOf(shown[0]!, 'status.conditions'),
    ...(remedy === undefined ? {} : { remedy }),
  }
}

/** Being deleted, and still answering its readiness probe: proxies fall back to such Pods where there are no others. */
const isServing = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined &&
  status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ===
    true

const onlyEnding = ({ service }: DiagnosisContext, pods: readonly Pod[]): Cause => ({
  code: 'NoPodIsReady',
  says: `All Pods of ${service.metadata.name} that answer are being deleted: ${listed(pods.map(({ metadata }) => metadata.name!))}. As there are no others, traffic still goes to them until they end; then nobody is left, unless new Pods become Ready.`,
  evidence: pods.slice(0, MOST_PODS).map((pod) => ({
    place: placeOf(pod, 'metadata.deletionTimestamp'),
    expected: 'a Pod that stays',
    found: pod.metadata.deletionTimestamp,
  })),
  place: placeOf(pods[0]!, 'metadata.deletionTimestamp'),
})

const waitingOf = (pod: Pod) =>
  pod.status.containerStatuses?.find(({ state }) => state?.waiting !== undefined)?.state?.waiting

/** In words that stand after a colon. */
const reasonOf = (context: DiagnosisContext, pod: Pod): string => {
  const waiting = waitingOf(pod)
  if (waiting !== undefined)
    return `${pod.metadata.name} waits (${waiting.reason ?? 'no reason given'}${waiting.message === undefined ? '' : `: ${waiting.message}`})`
  const scheduled = pod.status.conditions?.find(({ type }) => type === 'PodScheduled')
  if (scheduled?.status === 'False')
    return `${pod.metadata.name} has no node (${scheduled.message ?? scheduled.reason ?? 'no reason given'})`
  if (pod.metadata.deletionTimestamp !== undefined) return `${pod.metadata.name} is being deleted`
  const probe = lastProbe(context, pod)
  if (probe !== undefined) return `${pod.metadata.name}: ${probe}`
  const { phase = 'Pending' } = pod.status
  return `${pod.metadata.name} is ${phase === 'Running' ? 'running, but not Ready' : phase}`
}

/** What the last failed probe answered. */
const lastProbe = ({ client }: DiagnosisContext, pod: Pod): string | undefined => {
  const { uid = '' } = pod.metadata
  const events = client
    .list('events', { namespace: pod.metadata.namespace ?? '', involved: uid })
    .filter(({ reason }) => reason === 'Unhealthy')
    .sort((a, b) => ((a.lastTimestamp ?? '') < (b.lastTimestamp ?? '') ? -1 : 1))
  return events.at(-1)?.message
}

const evidenceOf = (context: DiagnosisContext, pod: Pod): readonly Evidence[] => {
  const condition = pod.status.conditions?.find(({ type }) => type === 'Ready')
  const probe = lastProbe(context, pod)
  return [
    {
      place: placeOf(pod, 'status.conditions[type=Ready]'),
      expected: 'True',
      found:
        condition === undefined
          ? (pod.status.phase ?? 'Pending')
          : `${condition.status}${condition.message === undefined ? '' : ` (${condition.message})`}`,
    },
    ...(probe === undefined ? [] : [{ place: placeOf(pod, 'events'), found: probe }]),
  ]
}
