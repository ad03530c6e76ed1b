import { authorizerOver } from '#kube-apiserver/authorization/authorizer.ts'
import type { ResourceRequest } from '#kube-apiserver/endpoints/context.ts'

/** Who creates by way of a PUT or of what is applied must be allowed to create. kubernetes: apiserver pkg/endpoints/handlers/update.go withAuthorization */
export const authorizeCreate = ({ context, user, path }: ResourceRequest): void => {
  const { group, plural: resource, subresource, namespace, name } = path
  authorizerOver(context.etcd).authorize(user, {
    verb: 'create',
    group,
    resource,
    subresource,
    namespace,
    name,
  })
}
