// Why Pods do not come to run: no node takes them, their image cannot be had, their program ends.
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Cause, CauseCode, Remedy } from './cause.ts'
import { type DiagnosisContext, isReady, patchCommand, placeOf, selectedPods } from './context.ts'
import { configurationCause } from './configuration.ts'
import { containerRemedy, specOf, statusesOf, templateOwnerOf } from './owner.ts'
import { endingCause } from './program-end.ts'
import { schedulingRemedy } from './scheduling.ts'

/** One cause at most, of the first Pods that have one; none as long as any Pod is Ready. */
export const podFailureCause = (context: DiagnosisContext): Cause | undefined => {
  const pods = selectedPods(context)
  if (pods.some(isReady) || context.service.spec.publishNotReadyAddresses === true) return undefined
  for (const pod of pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)) {
    const cause =
      noNodeCause(context, pod) ??
      imageCause(context, pod) ??
      configurationCause(context, pod) ??
      endingCause(context, pod)

    if (cause !== undefined) return cause
  }
  return undefined
}

const noNodeCause = (context: DiagnosisContext, pod: Pod): Cause | undefined => {
  const scheduled = pod.status.conditions?.find(({ type }) => type === 'PodScheduled')
  if (scheduled?.status !== 'False') return undefined
  const why = scheduled.message ?? scheduled.reason ?? 'no reason given'
  return causeOf({
    code: 'PodHasNoNode',
    says: `${pod.metadata.name} waits for a node (Pending), and the scheduler finds none for it: ${why}`,
    place: placeOf(pod, 'status.conditions[type=PodScheduled]'),
    expected: 'True',
    found: `False (${scheduled.reason ?? 'no reason'})`,
    remedy: schedulingRemedy(context, pod, why),
  })
}

interface Finding {
  readonly code: CauseCode
  readonly says: string
  readonly place: Cause['place']
  readonly expected: unknown
  readonly found: unknown
  readonly remedy: Remedy | undefined
}

const causeOf = ({ code, says, place, expected, found, remedy }: Finding): Cause => ({
  code,
  says,
  evidence: [{ place, expected, found }],
  place,
  ...(remedy === undefined ? {} : { remedy }),
})

const PULL_FAILURES: readonly string[] = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
]

const imageCause = (context: DiagnosisContext, pod: Pod): Cause | undefined => {
  const status = statusesOf(pod).find(({ state }) =>
    PULL_FAILURES.includes(state?.waiting?.reason ?? ''),
  )
  const [container, field] = specOf(pod, status?.name) ?? []
  const waiting = status?.state?.waiting
  if (waiting === undefined || container === undefined) return undefined
  const { image = '' } = container
  return causeOf({
    code: 'ImageCannotBePulled',
    says: `The image ${image} of ${pod.metadata.name} cannot be had (${waiting.reason}), so that its container never starts${waiting.message === undefined ? '' : `: ${waiting.message}`}`,
    place: placeOf(pod, `${field}.image`),
    expected: context.facts.likelyImage(image) ?? 'an image that exists',
    found: image,
    remedy: imageRemedy(context, pod, container, waiting.reason),
  })
}

const imageRemedy = (
  { client, facts }: DiagnosisContext,
  pod: Pod,
  { name, image = '' }: Container,
  reason: string | undefined,
): Remedy | undefined => {
  if (reason === 'ErrImageNeverPull')
    return containerRemedy(client, pod, name, 'Let the node fetch the image.', (container) => ({
      ...container,
      imagePullPolicy: 'IfNotPresent',
    }))
  const likely = facts.likelyImage(image)
  if (likely === undefined) return undefined
  const says = `Use the image ${likely}.`
  const change = (container: Container): Container => ({ ...container, image: likely })
  if (templateOwnerOf(client, pod) !== undefined)
    return containerRemedy(client, pod, name, says, change)
  // the image is one of the few things that can be changed in a Pod
  const list = pod.spec.containers.some((container) => container.name === name)
    ? 'containers'
    : 'initContainers'
  const target = placeOf(pod, `spec.${list}`)
  const containers = (pod.spec[list] ?? []).map((container) =>
    container.name === name ? change(container) : container,
  )
  const patch = { spec: { [list]: containers } }
  return { says, patch: { target, type: 'merge', patch }, command: patchCommand(target, patch) }
}
