// Makes Pods go, and waits until they have gone. kubernetes: kubectl pkg/drain/drain.go DeleteOrEvictPods
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { isLongDeleted } from '#kubectl/commands/drain/pods.ts'
import type { DryRun } from '#kubectl/commands/dry-run.ts'
import { podPath } from '#kubectl/commands/remote-run.ts'
import { goDuration } from '#kubectl/commands/top/top.ts'
import { ApiError, KubectlFailure, throwAll } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'

/** How often it is looked whether a Pod has gone, and how long it takes to ask again for what was refused. */
const POLL_MS = 1000
const RETRY_MS = 5000

interface Leaving {
  readonly pod: Pod
  /** It was asked to go. */
  isAsked: boolean
  /** When something is to be done, in milliseconds since 1970. */
  at: number
}

/** Throws the reasons why some have not gone. */
export function* makeGo(run: Invocation, pods: readonly Pod[], dryRun: DryRun): ToolRun<void> {
  const { flags } = run
  const isEviction = !flags.bool('disable-eviction')
  const timeout = flags.duration('timeout')
  const until = timeout === 0 ? Infinity : run.now() + timeout
  if (!isEviction) for (const pod of pods) deletePod(run, pod, dryRun)
  if (!isEviction && dryRun === 'server') return
  const failures: Error[] = []
  let left: Leaving[] = pods.map((pod) => ({ pod, isAsked: !isEviction, at: run.now() }))
  for (;;) {
    const next: Leaving[] = []
    for (const one of left)
      try {
        if (one.at > run.now() || !goesOn(run, one, { dryRun, isEviction, until, timeout }))
          next.push(one)
      } catch (error) {
        if (!(error instanceof KubectlFailure)) throw error
        failures.push(error)
      }
    left = next
    if (left.length === 0) return throwAll(failures)
    yield* run.flush()
    const wake = Math.min(...left.map(({ at }) => at))
    if (left.some(({ at }) => at > run.now()))
      yield {
        kind: 'sleep',
        ms: Math.max(0, Math.min(wake, Math.max(until, run.now() + 1)) - run.now()),
      }
  }
}

interface Terms {
  readonly dryRun: DryRun
  readonly isEviction: boolean
  readonly until: number
  readonly timeout: number
}

/** Whether the Pod is done with. */
const goesOn = (run: Invocation, one: Leaving, terms: Terms): boolean => {
  const { pod } = one
  if (!one.isAsked) {
    const outcome = evict(run, pod, terms)
    if (outcome === 'gone' || (outcome === 'asked' && terms.dryRun === 'server')) return true
    one.isAsked = outcome === 'asked'
    one.at = run.now() + (one.isAsked ? 0 : RETRY_MS)
    return false
  }
  if (hasGone(run, pod)) {
    run.out(`pod/${pod.metadata.name} ${terms.isEviction ? 'evicted' : 'deleted'}\n`)
    return true
  }
  if (isLongDeleted(run, pod)) {
    run.out(
      `pod ${JSON.stringify(pod.metadata.name)} has DeletionTimestamp older than ${run.flags.int('skip-wait-for-delete-timeout')} seconds, skipping\n`,
    )
    return true
  }
  if (run.now() >= terms.until) throw stillThere(pod, terms)
  one.at = Math.min(run.now() + POLL_MS, Math.max(terms.until, run.now()))
  return false
}

const stillThere = (pod: Pod, { isEviction, timeout }: Terms): KubectlFailure => {
  const { name = '', namespace = '' } = pod.metadata
  const why = `global timeout reached: ${goDuration(timeout)}`
  return new KubectlFailure(
    isEviction
      ? `error when waiting for pod ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)} to terminate: ${why}`
      : why,
  )
}

const deleteOptions = ({ flags }: Invocation, dryRun: DryRun): JsonObject => {
  const grace = flags.int('grace-period')
  return {
    ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
    ...(dryRun === 'server' ? { dryRun: ['All'] } : {}),
  }
}

/** Throws if it will never go. */
const evict = (
  run: Invocation,
  pod: Pod,
  { dryRun, until, timeout }: Terms,
): 'asked' | 'refused' | 'gone' => {
  const { name = '', namespace = '' } = pod.metadata
  run.out(`evicting pod ${namespace}/${name}${dryRun === 'server' ? ' (server dry run)' : ''}\n`)
  const what = `pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}`
  if (run.now() >= until)
    throw new KubectlFailure(
      `error when evicting ${what}: global timeout reached: ${goDuration(timeout)}`,
    )
  const body = {
    kind: 'Eviction',
    apiVersion: 'policy/v1',
    metadata: { name, namespace },
    deleteOptions: deleteOptions(run, dryRun),
  }
  try {
    run.client.send({
      method: 'POST',
      path: podPath(pod, 'eviction'),
      contentType: 'application/json',
      body: JSON.stringify(body),
    })
    return 'asked'
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.is('NotFound')) return 'gone'
    if (error.is('TooManyRequests')) {
      run.err(`error when evicting ${what} (will retry after 5s): ${error.message}\n`)
      return 'refused'
    }
    throw new KubectlFailure(`error when evicting ${what}: ${error.message}`)
  }
}

const deletePod = (run: Invocation, pod: Pod, dryRun: DryRun): void => {
  try {
    run.client.send({
      method: 'DELETE',
      path: podPath(pod, '').replace(/\/$/, ''),
      contentType: 'application/json',
      body: JSON.stringify({
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        ...deleteOptions(run, dryRun),
      }),
    })
  } catch (error) {
    if (!(error instanceof ApiError) || !error.is('NotFound')) throw error
  }
}

/** Another Pod of the name counts as gone. */
const hasGone = (run: Invocation, pod: Pod): boolean => {
  try {
    const now = run.client.get(podPath(pod, '').replace(/\/$/, '')) as unknown as Pod
    return now.metadata.uid !== pod.metadata.uid
  } catch (error) {
    if (error instanceof ApiError && error.is('NotFound')) return true
    throw error
  }
}
