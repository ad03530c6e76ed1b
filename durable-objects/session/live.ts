import type {
  ApiAnswer,
  ApiRequest,
  WatchAnswer,
} from '../cluster/kube-apiserver/endpoints/http.ts'

/** What the page shows, by the name that its events carry. */
const RESOURCES = {
  nodes: '/api/v1/nodes',
  machines: '/apis/kubarium.dev/v1/machines',
  pods: '/api/v1/pods',
  services: '/api/v1/services',
  endpointslices: '/apis/discovery.k8s.io/v1/endpointslices',
} as const

type Watch = WatchAnswer['watch']

const watchRequest = (path: string): Omit<ApiRequest, 'user'> => ({
  method: 'GET',
  path,
  query: [
    ['watch', 'true'],
    ['sendInitialEvents', 'true'],
    ['resourceVersionMatch', 'NotOlderThan'],
    ['allowWatchBookmarks', 'true'],
  ],
  accept: 'application/json',
  contentType: '',
  userAgent: 'kubarium-page',
  body: '',
})

/** Every line is a JSON document, and no document holds a line break. */
const tagged = (resource: string, lines: string): string =>
  lines.replaceAll(/^\{/gm, `{"resource":"${resource}",`)

/**
 * Several watches in one stream: a browser keeps at most six connections to a host, and a page that took one for each resource would
 * block the second tab. The events are those of Kubernetes' watch, each with the name of its resource.
 */
export const liveWatch = (handle: (request: Omit<ApiRequest, 'user'>) => ApiAnswer): Watch => {
  const watches: (readonly [string, Watch])[] = []
  for (const [resource, path] of Object.entries(RESOURCES)) {
    const answer = handle(watchRequest(path))
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
