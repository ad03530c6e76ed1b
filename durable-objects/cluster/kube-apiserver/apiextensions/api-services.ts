// kubernetes: kube-aggregator pkg/controllers/autoregister, pkg/controlplane/controller/crdregistration
import { isConditionTrue } from '#api/apiextensions/v1/custom-resource-definition/conditions.ts'
import type { CustomResourceDefinition } from '#api/apiextensions/v1/custom-resource-definition/types.ts'
import type { APIService } from '#api/apiregistration/v1/api-service/types.ts'
import { own } from '#apimachinery/object.ts'
import type { Client } from '#client/client.ts'

const SERVICES = 'apiservices.apiregistration.k8s.io'
const MANAGED = 'kube-aggregator.kubernetes.io/automanaged'

const serviceOf = (group: string, version: string): APIService => ({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: `${version}.${group}`, labels: { [MANAGED]: 'true' } },
  spec: { group, groupPriorityMinimum: 1000, version, versionPriority: 100 },
})

/** Each version of a group that some definition serves has an APIService; what nobody serves any more has none. */
export const syncApiServices = (
  client: Client,
  group: string,
  all: readonly CustomResourceDefinition[],
): void => {
  const versions = new Set(
    all
      .filter((one) => one.spec.group === group && isConditionTrue(one, 'Established'))
      .flatMap(({ spec }) => spec.versions.filter(({ served }) => served))
      .map(({ name }) => name),
  )
  for (const version of versions)
    if (client.get(SERVICES, '', `${version}.${group}`) === undefined)
      client.create(SERVICES, serviceOf(group, version))
  for (const { metadata, spec } of client.list(SERVICES)) {
    const isOurs = spec?.group === group && own(metadata.labels, MANAGED) === 'true'
    if (isOurs && !versions.has(spec.version ?? ''))
      client.delete(SERVICES, '', metadata.name ?? '')
  }
}
