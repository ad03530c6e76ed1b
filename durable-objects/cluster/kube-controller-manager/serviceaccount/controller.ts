// kubernetes: pkg/controller/serviceaccount/serviceaccounts_controller.go
import { namespacedDefault } from '#kube-controller-manager/namespaced-default.ts'

/** Every namespace has a ServiceAccount `default`. */
export const serviceAccountController = namespacedDefault({
  name: 'serviceaccount-controller',
  username: 'system:serviceaccount:kube-system:service-account-controller',
  resource: 'serviceaccounts',
  objectName: 'default',
  object: (namespace) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace },
  }),
})
