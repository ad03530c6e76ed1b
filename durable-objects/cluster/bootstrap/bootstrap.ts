import { addonObjects } from '#bootstrap/addons.ts'
import { apiServices } from '#bootstrap/api-services.ts'
import { flowControl } from '#bootstrap/flow-control.ts'
import { systemNamespaces, systemPriorityClasses } from '#bootstrap/system-objects.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { bootstrapPolicy } from '#kube-apiserver/authorization/bootstrap-policy.ts'
import { kubernetesService } from '#kube-controller-manager/bootstrap-service.ts'
import { bootstrapNodes } from '#kubelet/bootstrap-nodes.ts'
import type { Settings } from '#settings.ts'

/** What a cluster is born with: everything that kubeadm and the API server itself make before anyone asks. */
export const bootstrap = (
  create: (resource: string, object: KubeObject) => void,
  settings: Settings,
): void => {
  for (const { resource, object } of [
    ...systemNamespaces(),
    ...systemPriorityClasses(),
    ...bootstrapPolicy(),
    ...flowControl(),
    ...kubernetesService(),
    ...bootstrapNodes(settings),
    ...(settings.addons ? addonObjects(settings) : []),
    ...apiServices(settings.ownGroup),
  ]) {
    create(resource, object)
  }
}
