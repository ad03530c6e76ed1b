// Waits until objects are gone. kubernetes: kubectl pkg/cmd/wait/delete.go IsDeleted
import type { ToolRun } from '#shell/tools/tool.ts'
import { pathTo } from '#kubectl/client/discovery.ts'
import { eventsSince } from '#kubectl/resource/events-since.ts'
import { ApiError, KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { type Info, metadataOf } from '#kubectl/resource/info.ts'

/** False: the time is over. `uid`: another object of the name counts as gone. `until` in milliseconds since 1970. */
export function* waitForDeletion(
  run: Invocation,
  info: Info,
  uid: string | undefined,
  until: number,
): ToolRun<boolean> {
  const { resource, namespace, name } = info
  const query = [['fieldSelector', `metadata.name=${name}`]] as const
  for (;;) {
    const list = run.client.get(pathTo(resource, namespace), query)
    const [found] = (list['items'] ?? []) as readonly Record<string, never>[]
    if (found === undefined || (uid !== undefined && metadataOf(found).uid !== uid)) return true
    if (run.now() >= until) return false
    const events = eventsSince(run, list, pathTo(resource, namespace), query)
    try {
      for (
        let event = yield* events.next(until);
        event !== undefined;
        event = yield* events.next(until)
      )
        if (event.type === 'DELETED') return true
    } catch (error) {
      if (!(error instanceof ApiError) || error.status.code !== 410) throw error
    } finally {
      events.close()
    }
    if (run.now() >= until) return false
  }
}

export const notGone = (): KubectlFailure =>
  new KubectlFailure('timed out waiting for the condition')
