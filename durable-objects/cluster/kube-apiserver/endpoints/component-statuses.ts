// kubernetes: pkg/registry/core/componentstatus/rest.go
import type { ComponentStatus } from '#api/core/v1/component-status/columns.ts'
import { plainError } from '#apimachinery/patch/patch-error.ts'
import { methodNotAllowed, methodNotSupported } from '#apimachinery/status-error.ts'
import { viewOf, type ResourceRequest } from '#kube-apiserver/endpoints/context.ts'
import { listAnswer, objectAnswer } from '#kube-apiserver/endpoints/form.ts'
import { queryFlag, type Answer } from '#kube-apiserver/endpoints/http.ts'
import { checkListOptions, listOptionsOf } from '#kube-apiserver/endpoints/list-options.ts'
import { selectionOf } from '#kube-apiserver/endpoints/selection.ts'
import { groupResourceOf } from '#kube-apiserver/resources.ts'

const STATUSES = ['scheduler', 'controller-manager', 'etcd-0'].map((name): ComponentStatus => ({
  apiVersion: 'v1',
  kind: 'ComponentStatus',
  metadata: { name },
  conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
}))

/** How the other parts of the control plane are: always well. */
export const componentStatuses = (target: ResourceRequest): Answer => {
  const { request, resource, path } = target
  if (request.method !== 'GET' || path.subresource !== '') throw methodNotAllowed()
  const view = viewOf(target)
  if (path.name === '') {
    if (queryFlag(request, 'watch')) throw methodNotSupported(groupResourceOf(resource), 'watch')
    const options = listOptionsOf(request)
    const selection = selectionOf(resource, options)
    checkListOptions(options)
    return listAnswer(view, STATUSES.filter(selection.matches), {})
  }
  const found = STATUSES.find(({ metadata }) => metadata.name === path.name)
  if (found === undefined) throw plainError(`Component not found: ${path.name}`)
  return objectAnswer(view, found)
}
