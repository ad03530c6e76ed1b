// From the decision to run a container to its creation. kubernetes: pkg/kubelet/images/image_manager.go
import { familiarReference } from '#apimachinery/image-reference.ts'
import { nextBackOff } from '#kubelet/back-off.ts'
import { goDuration } from '#kubelet/go-duration.ts'
import { isKnownImage, lookUpImage, type PodContainer } from '#kubelet/pod-facts.ts'
import type { PodRun, Step } from '#kubelet/pod-run.ts'
import { parseReference } from '#apimachinery/image-reference.ts'

/** An image that is there already is only checked with its registry. */
const CHECK_SHARE = 0.4
/** To learn that an image does not exist takes less than to fetch one. */
const FAILURE_SHARE = 0.5

interface Refusal {
  readonly reason: string
  readonly message: string
  /** Reported before `Error: …`. */
  readonly event?: string
}

export const beginStep = (run: PodRun, container: PodContainer, at: number): Step => ({
  at,
  run: () => begin(run, container, at),
})

const begin = (run: PodRun, container: PodContainer, at: number): void => {
  if (run.isAlways) return create(run, container, at)
  const refusal = imageRefusal(run, container)
  if (refusal !== undefined) return refuse(run, container, at, refusal)
  const { image = '', imagePullPolicy } = container.spec
  if (imagePullPolicy === 'Always' || !isPresent(run, container)) {
    const { isCached: _isCached, ...record } = run.of(container)
    const cached = isPresent(run, container) ? ({ isCached: true } as const) : {}
    run.set(container, { ...record, ...cached, phase: 'pulling', at })
    run.note('Normal', 'Pulling', `Pulling image ${quoted(image)}`, container)
    return
  }
  run.note(
    'Normal',
    'Pulled',
    `Container image ${quoted(image)} already present on machine and can be accessed by the pod`,
    container,
  )
  create(run, container, at)
}

const quoted = (text: string): string => JSON.stringify(text)

/** What nobody describes any more is on the node only for who ran it already. */
const isPresent = (run: PodRun, container: PodContainer): boolean => {
  const { image = '' } = container.spec
  const isOnNode = run.facts.hasImage(cacheName(image)) || run.pulled.includes(cacheName(image))
  return isOnNode && (run.hasRun(container) || isKnownImage(container.spec, run.facts))
}

/** One name for all ways to write it. */
const cacheName = (image: string): string => {
  const reference = parseReference(image)
  return 'invalid' in reference ? image : familiarReference(reference)
}

const imageRefusal = (run: PodRun, container: PodContainer): Refusal | undefined => {
  const { spec } = container
  const image = spec.image ?? ''
  const reference = parseReference(image)
  if ('invalid' in reference) {
    const message = `Failed to apply default image tag ${quoted(image)}: couldn't parse image name ${quoted(image)}: ${reference.invalid}`
    return { reason: 'InvalidImageName', message, event: 'InspectFailed' }
  }
  if (spec.imagePullPolicy === 'Never' && !isPresent(run, container)) {
    const message = `Container image ${quoted(image)} is not present with pull policy of Never`
    return { reason: 'ErrImageNeverPull', message, event: 'ErrImageNeverPull' }
  }
  return undefined
}

const configRefusal = (run: PodRun, { spec }: PodContainer): Refusal | undefined => {
  const result = run.facts.environment(spec, run.ip ?? '')
  if ('error' in result) return { reason: 'CreateContainerConfigError', message: result.error }
  const message = rootRefusal(run, spec)
  return message === undefined ? undefined : { reason: 'CreateContainerConfigError', message }
}

/** kubernetes: pkg/kubelet/kuberuntime/security_context.go verifyRunAsNonRoot */
const rootRefusal = (run: PodRun, spec: PodContainer['spec']): string | undefined => {
  const own = spec.securityContext
  const common = run.pod.spec.securityContext
  if ((own?.runAsNonRoot ?? common?.runAsNonRoot) !== true) return undefined
  const user = own?.runAsUser ?? common?.runAsUser
  const where = `(pod: ${quoted(run.fullName)}, container: ${spec.name})`
  if (user !== undefined)
    return user === 0 ? `container's runAsUser breaks non-root policy ${where}` : undefined
  const image = lookUpImage(spec, run.facts)
  return 'behaviour' in image && image.behaviour.user === 0
    ? `container has runAsNonRoot and image will run as root ${where}`
    : undefined
}

const refuse = (run: PodRun, container: PodContainer, at: number, refusal: Refusal): void => {
  const { reason, message, event } = refusal
  run.isShown = true
  run.set(container, { ...run.of(container), phase: 'refused', at, why: { reason, message } })
  if (event !== undefined) run.note('Warning', event, message, container)
  run.note('Warning', 'Failed', `Error: ${event === undefined ? message : reason}`, container)
}

/** Looks again whether what was wrong has been put right. */
export const refusedStep = (
  run: PodRun,
  container: PodContainer,
  now: number,
): Step | undefined => {
  const { why } = run.of(container)
  const refusal = imageRefusal(run, container) ?? configRefusal(run, container)
  if (refusal?.reason === why?.reason && refusal?.message === why?.message) return undefined
  return { at: now, run: () => begin(run, container, now) }
}

export const pullFinished = (run: PodRun, container: PodContainer): Step => {
  const { at, isCached } = run.of(container)
  const image = container.spec.image ?? ''
  const found = lookUpImage(container.spec, run.facts)
  const full = found.pullDelay ?? run.delaysAt(at).imagePull
  if ('failure' in found) {
    const end = at + (found.pullDelay ?? Math.round(full * FAILURE_SHARE))
    return { at: end, run: () => pullFailed(run, container, end, found.failure) }
  }
  const took = isCached === true ? Math.round(full * CHECK_SHARE) : full
  return {
    at: at + took,
    run: () => {
      const duration = goDuration(took)
      run.pulled.push(cacheName(image))
      run.note(
        'Normal',
        'Pulled',
        `Successfully pulled image ${quoted(image)} in ${duration} (${duration} including waiting). Image size: ${found.behaviour.sizeBytes} bytes.`,
        container,
      )
      create(run, container, at + took)
    },
  }
}

const pullFailed = (run: PodRun, container: PodContainer, at: number, failure: string): void => {
  const record = run.of(container)
  run.isShown = true
  run.set(container, {
    ...record,
    phase: 'failed',
    at,
    why: { reason: 'ErrImagePull', message: failure },
    pullBackOff: nextBackOff(record.pullBackOff, at, at),
  })
  const image = quoted(container.spec.image ?? '')
  run.note('Warning', 'Failed', `Failed to pull image ${image}: ${failure}`, container)
  run.note('Warning', 'Failed', 'Error: ErrImagePull', container)
}

/** First the back-off shows, then the pull is tried again. */
export const pullRetryStep = (run: PodRun, container: PodContainer): Step => {
  const record = run.of(container)
  const { why, pullBackOff } = record
  if (why?.reason !== 'ErrImagePull') {
    const at = record.at + (pullBackOff?.delay ?? 0)
    return beginStep(run, container, at)
  }
  return {
    at: record.at + run.delaysAt(record.at).containerStart,
    run: () => {
      const text = `Back-off pulling image ${quoted(container.spec.image ?? '')}`
      const message = `${text}: ErrImagePull: ${why.message ?? ''}`
      run.set(container, { ...record, why: { reason: 'ImagePullBackOff', message } })
      run.note('Normal', 'BackOff', text, container)
      run.note('Warning', 'Failed', 'Error: ImagePullBackOff', container)
    },
  }
}

const create = (run: PodRun, container: PodContainer, at: number): void => {
  if (!run.isAlways) {
    const refusal = configRefusal(run, container)
    if (refusal !== undefined) return refuse(run, container, at, refusal)
    const result = run.facts.environment(container.spec, run.ip ?? '')
    if ('env' in result) run.environments.set(container.spec.name, result.env)
  }
  run.set(container, { ...run.of(container), phase: 'creating', at })
  run.note('Normal', 'Created', 'Container created', container)
}
