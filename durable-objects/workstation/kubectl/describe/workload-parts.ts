import type { Pod } from '#api/core/v1/pod/types.ts'
import { controllerOf, type KubeObject } from '#apimachinery/object.ts'
import type { DescribeContext } from '#kubectl/describe/context.ts'
import type { PrefixWriter } from '#kubectl/output/prefix-writer.ts'

/** `2 Running / 1 Waiting / 0 Succeeded / 0 Failed`. kubernetes: kubectl pkg/describe getPodStatusForController */
export const podsStatus = (
  context: DescribeContext,
  owner: KubeObject,
  selector: string,
): string => {
  const { namespace = '', uid } = owner.metadata
  const pods = context.list('pods', namespace, { labels: selector }) as readonly Pod[]
  const count = (phase: string): number =>
    pods.filter((pod) => controllerOf(pod)?.uid === uid && pod.status.phase === phase).length
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
}

/** The conditions of Deployments, ReplicaSets and ReplicationControllers. */
export const describeScaleConditions = (
  w: PrefixWriter,
  conditions: readonly Condition[] = [],
): void => {
  if (conditions.length === 0) return
  w.write(0, 'Conditions:\n  Type\tStatus\tReason\n')
  w.write(1, '----\t------\t------\n')
  for (const { type, status, reason = '' } of conditions)
    w.write(1, `${type} \t${status}\t${reason}\n`)
}
