// kubernetes: pkg/routes/openidmetadata.go
import { ISSUER_DOCUMENTS } from '#api/core/v1/service-account/issuer-documents.ts'
import { methodNotAllowed, noSuchPath } from '#apimachinery/status-error.ts'
import { goJson, type Answer, type ApiRequest } from '#kube-apiserver/endpoints/http.ts'

export const OPENID_PATHS: readonly string[] = ISSUER_DOCUMENTS.map(({ path }) => path)

/** What the issuer of service accounts' tokens says of itself; undefined under any other path. */
export const openidDocument = (
  segments: readonly string[],
  { method }: ApiRequest,
): Answer | undefined => {
  const path = `/${segments.join('/')}`
  const found = ISSUER_DOCUMENTS.find((one) => path === one.path || path.startsWith(`${one.path}/`))
  if (found === undefined) return undefined
  if (path !== found.path) throw noSuchPath()
  if (method !== 'GET') throw methodNotAllowed()
  return {
    status: 200,
    contentType: found.contentType,
    headers: [['cache-control', 'public, max-age=3600']],
    body: [goJson(found.body())],
  }
}
