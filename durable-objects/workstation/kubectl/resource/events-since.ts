import type { JsonObject } from '#apimachinery/object.ts'
import { type Events, eventsOf } from '#kubectl/client/watch.ts'
import type { ApiCall } from '#kubectl/host.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { metadataOf } from '#kubectl/resource/info.ts'

/** What happens to what a list holds after it was read. */
export const eventsSince = (
  run: Invocation,
  list: JsonObject,
  path: string,
  query: NonNullable<ApiCall['query']>,
): Events => {
  const { resourceVersion = '' } = metadataOf(list)
  const more = [...query, ['resourceVersion', resourceVersion], ['watch', 'true']] as const
  return eventsOf(run, { method: 'GET', path, query: more })
}
