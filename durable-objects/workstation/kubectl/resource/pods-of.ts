// The Pods of what selects Pods. kubernetes: kubectl pkg/polymorphichelpers/{helpers,attachablepodforobject}.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { LabelSelector } from '#apimachinery/labels.ts'
import { labelSelectorText } from '#apimachinery/label-text.ts'
import type { JsonObject, StringMap } from '#apimachinery/object.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { eventsSince } from '#kubectl/resource/events-since.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { build } from '#kubectl/resource/builder.ts'
import type { Info } from '#kubectl/resource/info.ts'
import { sortedForAttaching } from '#kubectl/resource/pod-order.ts'

/** What one word names: `web` is `pods/web`. Throws. kubernetes: Builder.ResourceNames("pods", word) */
export const objectNamed = (run: Invocation, word: string, type = 'pods'): Info => {
  const [info] = build(run, {
    args: [word.includes('/') ? word : `${type}/${word}`],
    singleResourceType: true,
  }).all()
  return info!
}

/** How Go calls the type: `*v1.ConfigMap`. */
export const goTypeName = ({ resource }: Info): string => `*${resource.version}.${resource.kind}`

/** `app=web,tier=front`. Throws if the object selects no Pods. kubernetes: SelectorsForObject */
export const podSelectorOf = (info: Info): string => {
  const spec = (info.object?.['spec'] ?? {}) as JsonObject
  switch (info.resource.kind) {
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Deployment':
    case 'Job':
      return labelSelectorText(spec['selector'] as LabelSelector | undefined)
    case 'ReplicationController':
      return labelSelectorText({ matchLabels: (spec['selector'] ?? {}) as StringMap })
    case 'Service': {
      const selector = (spec['selector'] ?? {}) as StringMap
      if (Object.keys(selector).length === 0)
        throw new KubectlFailure(
          `invalid service '${info.name}': Service is defined without a selector`,
        )
      return labelSelectorText({ matchLabels: selector })
    }
    default:
      throw new KubectlFailure(`selector for ${goTypeName(info)} not implemented`)
  }
}

type Sort = (pods: readonly Pod[]) => readonly Pod[]

/** The Pods that a selector means, the best first; waits for one if there is none. kubernetes: GetPodList */
export function* podsSelected(
  run: Invocation,
  namespace: string,
  selector: string,
  timeout: number,
  sort: Sort,
): ToolRun<readonly Pod[]> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`
  const query = [['labelSelector', selector]] as const
  const list = run.client.get(path, query)
  const pods = (list['items'] ?? []) as unknown as readonly Pod[]
  if (pods.length > 0) return sort(pods)
  const events = eventsSince(run, list, path, query)
  const until = run.now() + timeout
  try {
    for (;;) {
      const event = yield* events.next(until)
      if (event === undefined) throw new KubectlFailure('timed out waiting for the condition')
      if (event.type === 'ADDED' || event.type === 'MODIFIED')
        return [event.object as unknown as Pod]
    }
  } finally {
    events.close()
  }
}

/** A Pod itself, or the best Pod of what selects some. kubernetes: attachablePodForObject */
export function* attachablePod(run: Invocation, info: Info, timeout: number): ToolRun<Pod> {
  if (info.resource.kind === 'Pod') return info.object as unknown as Pod
  let selector: string
  try {
    selector = podSelectorOf(info)
  } catch (error) {
    throw new KubectlFailure(`cannot attach to ${goTypeName(info)}: ${(error as Error).message}`)
  }
  const [pod] = yield* podsSelected(run, info.namespace, selector, timeout, sortedForAttaching)
  return pod!
}

/** `--pod-running-timeout`, in milliseconds. */
export const podRunningTimeout = ({ flags }: Invocation): number => {
  const timeout = flags.duration('pod-running-timeout')
  if (timeout > 0) return timeout
  throw new KubectlFailure('--pod-running-timeout must be higher than zero')
}

/** The same for commands that tell how they are used if it is wrong. */
export const podRunningTimeoutOrUsage = (run: Invocation): number => {
  try {
    return podRunningTimeout(run)
  } catch (error) {
    throw error instanceof KubectlFailure ? run.usage(error.message) : error
  }
}
