// What the page shows as lines of JSON, for whoever has no WebSocket.
import type {
  ApiAnswer,
  ApiRequest,
  WatchAnswer,
} from '../../cluster/kube-apiserver/endpoints/http.ts'
import { requestFor, type ResourceName, SHOWN, tagged } from './resources.ts'

type Watch = WatchAnswer['watch']

const ALL_AND_CHANGES: ApiRequest['query'] = [
  ['watch', 'true'],
  ['sendInitialEvents', 'true'],
  ['resourceVersionMatch', 'NotOlderThan'],
  ['allowWatchBookmarks', 'true'],
]

/** Several watches in one stream. The events are those of Kubernetes' watch, each with the name of its resource. */
export const liveWatch = (handle: (request: Omit<ApiRequest, 'user'>) => ApiAnswer): Watch => {
  const watches: (readonly [ResourceName, Watch])[] = []
  for (const resource of SHOWN) {
    const answer = handle(requestFor(resource, ALL_AND_CHANGES))
    if ('watch' in answer) watches.push([resource, answer.watch])
  }
  return {
    start: (send, end) => {
      for (const [resource, watch] of watches)
        watch.start((text) => send(tagged(resource, text)), end)
    },
    close: () => {
      for (const [, watch] of watches) watch.close()
    },
  }
}
