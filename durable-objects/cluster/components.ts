import type { ComponentDefinition } from '#client/component.ts'
import { cloudComponents } from '#cloud/components.ts'
import { horizontalPodAutoscaling } from '#kube-controller-manager/podautoscaler/horizontal.ts'
import {
  certificateApprover,
  type MayCreate,
} from '#kube-controller-manager/certificates/approver.ts'
import { ROOT_CA } from '#kube-controller-manager/root-ca-cert-publisher/root-ca.ts'
import { networkControllers } from '#kube-controller-manager/network-controllers.ts'
import { objectControllers } from '#kube-controller-manager/object-controllers.ts'
import { workloadControllers } from '#kube-controller-manager/workload-controllers.ts'
import { availabilityController } from '#kube-apiserver/aggregator/availability.ts'
import { authorizer } from '#kube-apiserver/authorization/authorizer.ts'
import { componentLeases } from '#kube-apiserver/component-leases.ts'
import { systemConfigMaps } from '#kube-apiserver/system-config-maps.ts'
import { definitionController } from '#kube-apiserver/apiextensions/definition-controller.ts'
import { flowSchemaController } from '#kube-apiserver/flow-schemas.ts'
import { kubeletComponents } from '#kubelet/components.ts'
import { proxyComponents } from '#kube-proxy/components.ts'
import { schedulerComponents } from '#kube-scheduler/components.ts'
import type { Metrics } from '#client/metrics.ts'
import type { Settings } from '#settings.ts'
import { systemPrograms } from '#world/system-programs.ts'
import { tracer } from '#world/tracer.ts'
import type { ClusterWorld } from '#world/world.ts'

const mayCreateRequest: MayCreate = (client, user, subresource) =>
  authorizer(client).decide(user, {
    verb: 'create',
    group: 'certificates.k8s.io',
    resource: 'certificatesigningrequests',
    subresource,
    namespace: '',
    name: '',
  }).allowed

/** Everything that acts by itself, in the order in which it is drained: what makes Pods, then what runs them, then what follows them. */
export const components = (
  _settings: Settings,
  world: () => ClusterWorld,
  metrics: Metrics,
): readonly ComponentDefinition[] => [
  // what is served comes before all that asks for it
  definitionController,
  flowSchemaController,
  availabilityController,
  ...systemConfigMaps(ROOT_CA),
  ...componentLeases,
  horizontalPodAutoscaling(metrics),
  ...workloadControllers,
  ...schedulerComponents,
  ...kubeletComponents(() => world().runtime),
  ...networkControllers,
  certificateApprover(mayCreateRequest),
  ...objectControllers,
  ...cloudComponents,
  ...proxyComponents,
  systemPrograms(world),
  tracer(world),
]
