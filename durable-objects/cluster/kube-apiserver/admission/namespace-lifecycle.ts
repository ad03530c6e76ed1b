// kubernetes: apiserver pkg/admission/plugin/namespace/lifecycle/admission.go
import type { Namespace } from '#api/core/v1/namespace/types.ts'
import { forbidden, notFound, StatusError } from '#apimachinery/status-error.ts'
import {
  isWrite,
  refuse,
  type AdmissionContext,
  type AdmissionPlugin,
  type WriteRequest,
} from '#kube-apiserver/admission/plugin.ts'

const IMMORTAL: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public'])
const NAMESPACES = { group: '', resource: 'namespaces' }

const terminating = (request: WriteRequest): StatusError => {
  const { namespace } = request
  const { status } = refuse(
    request,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  )
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  }
  return new StatusError(403, 'Forbidden', status.message ?? '', {
    ...status.details,
    causes: [cause],
  })
}

export const namespaceLifecycle = ({ reader }: AdmissionContext): AdmissionPlugin => ({
  name: 'NamespaceLifecycle',
  admit: (request) => {
    const { namespace, resource, object } = request
    if (namespace === '' || !resource.namespaced || resource.group === 'authorization.k8s.io')
      return object
    const found = reader.get('namespaces', '', namespace) as Namespace | undefined
    if (found === undefined) throw notFound(NAMESPACES, namespace)
    if (request.operation === 'CREATE' && found.status?.phase === 'Terminating')
      throw terminating(request)
    return object
  },
  validate: (request) => {
    if (!isWrite(request) && request.resource.name === 'namespaces' && IMMORTAL.has(request.name))
      throw forbidden(NAMESPACES, request.name, 'this namespace may not be deleted')
  },
})
