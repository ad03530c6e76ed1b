import type { BootstrapObject } from '#bootstrap/system-objects.ts'
import { builtInGroups } from '#kube-apiserver/resources.ts'

/** The priority of each group. kubernetes: pkg/controlplane/apiserver/aggregator.go DefaultGenericAPIServicePriorities */
const PRIORITIES: Readonly<Record<string, number>> = {
  '': 18_000,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'apiextensions.k8s.io': 16_700,
  'admissionregistration.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
  'resource.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
}

/** Of groups that are not listed, as of those of custom resources. */
const OTHERS = { group: 1000, version: 100 }

/** The priorities of versions that are not the usual 15. */
const VERSIONS: Readonly<Record<string, number>> = {
  'v1.': 1,
  'v2.autoscaling': 30,
  'v1.flowcontrol.apiserver.k8s.io': 21,
}

/** An APIService for each version of each group that the API server serves itself, but for their own. */
export const apiServices = (hasOwn: boolean): readonly BootstrapObject[] =>
  builtInGroups(hasOwn).flatMap(({ metadata: { name: group = '' }, versions }) =>
    group === 'apiregistration.k8s.io'
      ? []
      : versions.map(({ version }) => apiService(group, version)),
  )

const apiService = (group: string, version: string): BootstrapObject => {
  const name = `${version}.${group}`
  const priority = PRIORITIES[group]
  const object = {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: {
      name,
      labels: {
        'kube-aggregator.kubernetes.io/automanaged': priority === undefined ? 'true' : 'onstart',
      },
    },
    spec: {
      ...(group === '' ? {} : { group }),
      groupPriorityMinimum: priority ?? OTHERS.group,
      version,
      versionPriority: priority === undefined ? OTHERS.version : (VERSIONS[name] ?? 15),
    },
  }
  return { resource: 'apiservices.apiregistration.k8s.io', object }
}
