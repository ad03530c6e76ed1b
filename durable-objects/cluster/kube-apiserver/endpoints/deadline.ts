// kubernetes: apiserver pkg/endpoints/filters/request_deadline.go
import { parseGoDuration } from '#apimachinery/go-duration.ts'
import { badRequest } from '#apimachinery/status-error.ts'
import { queryValue, type ApiRequest } from '#kube-apiserver/endpoints/http.ts'
import type { ResourcePath } from '#kube-apiserver/endpoints/path.ts'
import { verbOf } from '#kube-apiserver/endpoints/request-info.ts'

const LONG_RUNNING: ReadonlySet<string> = new Set(['attach', 'exec', 'log', 'portforward', 'proxy'])

/** Refuses a timeout that is none. No request takes so long that it would end by one; what goes on and on has none. */
export const checkTimeout = (request: ApiRequest, path: ResourcePath | undefined): void => {
  const text = queryValue(request, 'timeout') ?? ''
  if (text === '') return
  const isLong =
    path !== undefined && (LONG_RUNNING.has(path.subresource) || verbOf(request, path) === 'watch')
  if (isLong) return
  const timeout = parseGoDuration(text)
  if (typeof timeout === 'string')
    throw badRequest(`invalid timeout specified in the request URL - ${timeout}`)
}
