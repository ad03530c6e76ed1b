// The logs of an object's containers. kubernetes: kubectl pkg/polymorphichelpers/logsforobject.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import type { Info } from '#kubectl/resource/info.ts'
import {
  allContainerNames,
  containerNamed,
  defaultContainerNameOf,
  ephemeralContainersOf,
  hasSeveralContainers,
  initContainersOf,
  tellDefault,
} from '#kubectl/resource/pod-containers.ts'
import { sortedForLogs } from '#kubectl/resource/pod-order.ts'
import { goTypeName, podSelectorOf, podsSelected } from '#kubectl/resource/pods-of.ts'

export type LogTarget = { readonly pods: readonly Pod[] } | { readonly info: Info }

export interface LogRequest {
  readonly path: string
  readonly query: readonly (readonly [string, string])[]
  /** What stands before every line. */
  readonly prefix: string
}

export interface LogChoice {
  readonly query: LogRequest['query']
  /** '' if nobody said which. */
  readonly container: string
  /** Milliseconds. */
  readonly timeout: number
}

export function* logRequestsOf(
  run: Invocation,
  target: LogTarget,
  choice: LogChoice,
): ToolRun<readonly LogRequest[]> {
  const pods = yield* podsOf(run, target, choice.timeout)
  return pods.flatMap((pod) => requestsOfPod(run, pod, choice))
}

function* podsOf(run: Invocation, target: LogTarget, timeout: number): ToolRun<readonly Pod[]> {
  if ('pods' in target) return target.pods
  const { info } = target
  if (info.resource.kind === 'Pod') return [info.object as unknown as Pod]
  let selector: string
  try {
    selector = podSelectorOf(info)
  } catch (error) {
    throw new KubectlFailure(
      `cannot get the logs from ${goTypeName(info)}: ${(error as Error).message}`,
    )
  }
  const pods = yield* podsSelected(run, info.namespace, selector, timeout, sortedForLogs)
  if (pods.length > 1 && run.flags.bool('all-pods')) return pods
  const [first] = pods
  if (pods.length > 1) run.err(`Found ${pods.length} pods, using pod/${first!.metadata.name}\n`)
  return [first!]
}

const requestsOfPod = (run: Invocation, pod: Pod, choice: LogChoice): readonly LogRequest[] => {
  if (!run.flags.bool('all-containers'))
    return [requestOf(run, pod, chosenContainer(run, pod, choice.container), choice)]
  return [...initContainersOf(pod), ...pod.spec.containers, ...ephemeralContainersOf(pod)].map(
    ({ name }) => requestOf(run, pod, name, choice),
  )
}

const chosenContainer = (run: Invocation, pod: Pod, given: string): string => {
  if (given !== '') return given
  const preset = defaultContainerNameOf(pod)
  if (preset !== '') {
    if (containerNamed(pod, preset) !== undefined) return preset
    run.err(
      `Default container name ${JSON.stringify(preset)} not found in pod ${pod.metadata.name}\n`,
    )
  }
  const { name } = pod.spec.containers[0]!
  if (hasSeveralContainers(pod) && !run.flags.bool('all-pods')) tellDefault(run, pod, name)
  return name
}

const requestOf = (
  { flags }: Invocation,
  pod: Pod,
  container: string,
  { query }: LogChoice,
): LogRequest => {
  const { name = '', namespace = '' } = pod.metadata
  if (containerNamed(pod, container) === undefined)
    throw new KubectlFailure(
      `container ${container} is not valid for pod ${name} out of: ${allContainerNames(pod)}`,
    )
  const isPrefixed = flags.bool('prefix') || flags.bool('all-pods')
  return {
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/log`,
    query: [['container', container], ...query],
    prefix: isPrefixed ? `[pod/${name}/${container}] ` : '',
  }
}
