import type { ComponentDefinition } from '#client/component.ts'
import { defaultServiceCidrController } from '#kube-controller-manager/default-service-cidr.ts'
import { endpointsController } from '#kube-controller-manager/endpoints/controller.ts'
import { endpointSliceController } from '#kube-controller-manager/endpointslice/controller.ts'
import { endpointSliceMirroringController } from '#kube-controller-manager/endpointslicemirroring/controller.ts'
import { kubernetesServiceController } from '#kube-controller-manager/kubernetes-service.ts'
import { nodeIpamController } from '#kube-controller-manager/node-ipam/controller.ts'
import { nodeLifecycleController } from '#kube-controller-manager/node-lifecycle/controller.ts'
import { nodeTtlController } from '#kube-controller-manager/node-ttl/controller.ts'
import { addressRepairController } from '#kube-controller-manager/repair-addresses.ts'
import { rootCaCertPublisher } from '#kube-controller-manager/root-ca-cert-publisher/controller.ts'
import { serviceAccountController } from '#kube-controller-manager/serviceaccount/controller.ts'
import { tokensController } from '#kube-controller-manager/serviceaccount/tokens-controller.ts'
import { serviceCidrController } from '#kube-controller-manager/servicecidrs/controller.ts'
import { taintEvictionController } from '#kube-controller-manager/taint-eviction/controller.ts'

/** The controllers of accounts, nodes and the network, those that others build on first. */
export const networkControllers: readonly ComponentDefinition[] = [
  serviceAccountController,
  tokensController,
  rootCaCertPublisher,
  serviceCidrController,
  kubernetesServiceController,
  defaultServiceCidrController,
  addressRepairController,
  nodeIpamController,
  nodeTtlController,
  nodeLifecycleController,
  taintEvictionController,
  endpointsController,
  endpointSliceController,
  endpointSliceMirroringController,
]
