// kubernetes: apiserver pkg/endpoints/request/requestinfo.go
import { parseFieldSelector } from '#apimachinery/field-selector.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import type { ResourceAttributes } from '#kube-apiserver/authorization/attributes.ts'
import { queryFlag, queryValue, type ApiRequest } from '#kube-apiserver/endpoints/http.ts'
import type { ResourcePath } from '#kube-apiserver/endpoints/path.ts'

const VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch' }

export const verbOf = (request: ApiRequest, path: ResourcePath): string => {
  const { method } = request
  if (method === 'DELETE') return path.name === '' ? 'deletecollection' : 'delete'
  if (method !== 'GET' && method !== 'HEAD') return VERBS[method] ?? ''
  if (path.isWatch === true) return 'watch'
  if (path.name !== '') return 'get'
  return queryFlag(request, 'watch') ? 'watch' : 'list'
}

/** The one name that a field selector leaves, '' if it leaves several. */
const selectedName = (request: ApiRequest): string => {
  try {
    const fields = parseFieldSelector(queryValue(request, 'fieldSelector') ?? '')
    const term = fields.find(({ field, operator }) => field === 'metadata.name' && operator === '=')
    return term?.value ?? ''
  } catch (error) {
    if (error instanceof StatusError) return '' // what is wrong with it is said to who may ask
    throw error
  }
}

/** What the request wants to do: the one who may see a single object by its name may list and watch it by its name, too. */
export const attributesOf = (request: ApiRequest, path: ResourcePath): ResourceAttributes => {
  const verb = verbOf(request, path)
  const isNamespace = path.group === '' && path.plural === 'namespaces'
  const isListed = verb === 'list' || verb === 'watch'
  return {
    verb,
    group: path.group,
    resource: path.plural,
    subresource: path.subresource,
    namespace: isNamespace ? path.name : path.namespace,
    name: path.name === '' && isListed ? selectedName(request) : path.name,
  }
}
