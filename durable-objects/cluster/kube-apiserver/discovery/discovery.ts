import { noSuchPath } from '#apimachinery/status-error.ts'
import { jsonAnswer, type Answer, type ApiRequest } from '#kube-apiserver/endpoints/http.ts'
import { SERVER_ADDRESS } from '#api/core/v1/service-account/issuer-documents.ts'
import { storageVersionHash } from '#kube-apiserver/discovery/storage-version.ts'
import { parseAccept } from '#kube-apiserver/endpoints/negotiate.ts'
import {
  apiVersionOf,
  type GroupDiscovery,
  type ResourceDiscovery,
  type Resources,
} from '#kube-apiserver/resources.ts'

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** Whether the client takes the aggregated document. kubernetes: apiserver pkg/endpoints/discovery/aggregated/negotiation.go */
const takesAggregated = (request: ApiRequest): boolean =>
  parseAccept(request.accept).some(
    ({ type, parameters }) =>
      type === 'application/json' &&
      parameters.get('as') === 'APIGroupDiscoveryList' &&
      parameters.get('g') === 'apidiscovery.k8s.io' &&
      parameters.get('v') === 'v2',
  )

const isCore = ({ metadata }: GroupDiscovery): boolean => (metadata.name ?? '') === ''

const aggregated = (groups: readonly GroupDiscovery[]): Answer =>
  jsonAnswer(
    200,
    {
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2',
      metadata: {},
      items: groups.map(withFreshness),
    },
    AGGREGATED,
  )

// Of a server that does not answer nothing is known but its version.
const withFreshness = (group: GroupDiscovery) => ({
  ...group,
  versions: group.versions.map((version) =>
    version.freshness === 'Stale'
      ? { version: version.version, freshness: 'Stale' }
      : { ...version, freshness: 'Current' },
  ),
})

const groupVersions = (group: GroupDiscovery) =>
  group.versions.map(({ version }) => ({
    groupVersion: apiVersionOf({ group: group.metadata.name ?? '', version }),
    version,
  }))

const apiGroup = (group: GroupDiscovery) => ({
  name: group.metadata.name,
  versions: groupVersions(group),
  preferredVersion: groupVersions(group)[0],
})

// The two forms name the same things differently: one entry a resource here, one entry a subresource too there.
const listed = (
  resources: Resources,
  group: string,
  version: string,
  entry: ResourceDiscovery,
): readonly object[] => {
  const namespaced = entry.scope === 'Namespaced'
  const { kind } = entry.responseKind
  const hash = storageVersionHash(resources, group, version, entry.resource)
  const own = {
    name: entry.resource,
    singularName: entry.singularResource,
    namespaced,
    kind,
    verbs: entry.verbs,
    ...(entry.shortNames === undefined ? {} : { shortNames: entry.shortNames }),
    ...(entry.categories === undefined ? {} : { categories: entry.categories }),
    ...(hash === undefined ? {} : { storageVersionHash: hash }),
  }
  const subresources = (entry.subresources ?? []).map(({ subresource, responseKind, verbs }) => {
    const foreign =
      responseKind !== undefined &&
      responseKind.version !== '' &&
      (responseKind.group !== group || responseKind.version !== version)
    return {
      name: `${entry.resource}/${subresource}`,
      singularName: '',
      namespaced,
      ...(foreign ? { group: responseKind.group, version: responseKind.version } : {}),
      kind: responseKind?.kind ?? kind,
      verbs,
    }
  })
  return [own, ...subresources]
}

const resourceList = (resources: Resources, group: GroupDiscovery, version: string): Answer => {
  const found = group.versions.find((candidate) => candidate.version === version)
  if (found === undefined) throw noSuchPath()
  const name = group.metadata.name ?? ''
  return jsonAnswer(200, {
    kind: 'APIResourceList',
    ...(name === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersionOf({ group: name, version }),
    resources: found.resources.flatMap((entry) => listed(resources, name, version, entry)),
  })
}

/** /api, /apis, /api/v1, /apis/apps and /apis/apps/v1. */
export const discover = (
  resources: Resources,
  groups: readonly GroupDiscovery[],
  segments: readonly string[],
  request: ApiRequest,
): Answer => {
  const core = groups.filter(isCore)
  const named = groups.filter((group) => !isCore(group))
  if (segments[0] === 'api') {
    if (segments.length > 1) return resourceList(resources, core[0]!, segments[1]!)
    if (takesAggregated(request)) return aggregated(core)
    return jsonAnswer(200, {
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: SERVER_ADDRESS }],
    })
  }
  if (segments.length === 1) {
    return takesAggregated(request)
      ? aggregated(named)
      : jsonAnswer(200, { kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(apiGroup) })
  }
  const group = named.find(({ metadata }) => metadata.name === segments[1])
  if (group === undefined) throw noSuchPath()
  return segments.length === 2
    ? jsonAnswer(200, { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group) })
    : resourceList(resources, group, segments[2]!)
}
