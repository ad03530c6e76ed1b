import { componentStatusRow, type ComponentStatus } from '#api/core/v1/component-status/columns.ts'
import { configMapRow } from '#api/core/v1/config-map/columns.ts'
import { configMapStrategy } from '#api/core/v1/config-map/strategy.ts'
import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import { endpointsRow } from '#api/core/v1/endpoints/columns.ts'
import { endpointsStrategy } from '#api/core/v1/endpoints/strategy.ts'
import type { Endpoints } from '#api/core/v1/endpoints/types.ts'
import { eventRow } from '#api/core/v1/event/columns.ts'
import { eventStrategy } from '#api/core/v1/event/strategy.ts'
import type { Event } from '#api/core/v1/event/types.ts'
import { limitRangeStrategy } from '#api/core/v1/limit-range/strategy.ts'
import type { LimitRange } from '#api/core/v1/limit-range/types.ts'
import { namespaceRow } from '#api/core/v1/namespace/columns.ts'
import { namespaceStrategy } from '#api/core/v1/namespace/strategy.ts'
import type { Namespace } from '#api/core/v1/namespace/types.ts'
import { nodeRow } from '#api/core/v1/node/columns.ts'
import { nodeStrategy } from '#api/core/v1/node/strategy.ts'
import type { Node } from '#api/core/v1/node/types.ts'
import { persistentVolumeClaimRow } from '#api/core/v1/persistent-volume-claim/columns.ts'
import { persistentVolumeClaimStrategy } from '#api/core/v1/persistent-volume-claim/strategy.ts'
import type { PersistentVolumeClaim } from '#api/core/v1/persistent-volume-claim/types.ts'
import { persistentVolumeRow } from '#api/core/v1/persistent-volume/columns.ts'
import { persistentVolumeStrategy } from '#api/core/v1/persistent-volume/strategy.ts'
import type { PersistentVolume } from '#api/core/v1/persistent-volume/types.ts'
import { podTemplateRow } from '#api/core/v1/pod-template/columns.ts'
import { podTemplateStrategy } from '#api/core/v1/pod-template/strategy.ts'
import type { PodTemplate } from '#api/core/v1/pod-template/types.ts'
import { replicationControllerRow } from '#api/core/v1/replication-controller/columns.ts'
import { replicationControllerStrategy } from '#api/core/v1/replication-controller/strategy.ts'
import type { ReplicationController } from '#api/core/v1/replication-controller/types.ts'
import { resourceQuotaRow } from '#api/core/v1/resource-quota/columns.ts'
import { resourceQuotaStrategy } from '#api/core/v1/resource-quota/strategy.ts'
import type { ResourceQuota } from '#api/core/v1/resource-quota/types.ts'
import { secretRow } from '#api/core/v1/secret/columns.ts'
import { secretStrategy } from '#api/core/v1/secret/strategy.ts'
import type { Secret } from '#api/core/v1/secret/types.ts'
import { serviceAccountRow } from '#api/core/v1/service-account/columns.ts'
import { serviceAccountStrategy } from '#api/core/v1/service-account/strategy.ts'
import type { ServiceAccount } from '#api/core/v1/service-account/types.ts'
import { serviceRow } from '#api/core/v1/service/columns.ts'
import { serviceStrategy } from '#api/core/v1/service/strategy.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import { nameAndCreation } from '#api/meta/v1/columns.ts'
import { podRow } from '#api/core/v1/pod/columns.ts'
import { podStrategy } from '#api/core/v1/pod/strategy.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'

export const coreKinds: Readonly<Record<string, KindBehaviour>> = {
  componentstatuses: kind<ComponentStatus>({ row: componentStatusRow }),
  configmaps: kind<ConfigMap>({ strategy: configMapStrategy, row: configMapRow }),
  endpoints: kind<Endpoints>({ strategy: endpointsStrategy, row: endpointsRow }),
  events: kind<Event>({ strategy: eventStrategy, row: eventRow }),
  limitranges: kind<LimitRange>({ strategy: limitRangeStrategy, row: nameAndCreation }),
  namespaces: kind<Namespace>({ strategy: namespaceStrategy, row: namespaceRow }),
  nodes: kind<Node>({ strategy: nodeStrategy, row: nodeRow }),
  persistentvolumeclaims: kind<PersistentVolumeClaim>({
    strategy: persistentVolumeClaimStrategy,
    row: persistentVolumeClaimRow,
  }),
  persistentvolumes: kind<PersistentVolume>({
    strategy: persistentVolumeStrategy,
    row: persistentVolumeRow,
  }),
  podtemplates: kind<PodTemplate>({ strategy: podTemplateStrategy, row: podTemplateRow }),
  replicationcontrollers: kind<ReplicationController>({
    strategy: replicationControllerStrategy,
    row: replicationControllerRow,
  }),
  resourcequotas: kind<ResourceQuota>({ strategy: resourceQuotaStrategy, row: resourceQuotaRow }),
  secrets: kind<Secret>({ strategy: secretStrategy, row: secretRow }),
  serviceaccounts: kind<ServiceAccount>({
    strategy: serviceAccountStrategy,
    row: serviceAccountRow,
  }),
  services: kind<Service>({ strategy: serviceStrategy, row: serviceRow }),
  pods: kind<Pod>({ strategy: podStrategy, row: podRow }),
}
