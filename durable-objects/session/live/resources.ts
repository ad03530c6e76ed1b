// What can be followed, by the name that messages carry.
import type { ApiRequest } from '../../cluster/kube-apiserver/endpoints/http.ts'

const PATHS = {
  nodes: '/api/v1/nodes',
  machines: '/apis/kubarium.dev/v1/machines',
  pods: '/api/v1/pods',
  services: '/api/v1/services',
  endpointslices: '/apis/discovery.k8s.io/v1/endpointslices',
  deployments: '/apis/apps/v1/deployments',
  replicasets: '/apis/apps/v1/replicasets',
  namespaces: '/api/v1/namespaces',
  events: '/api/v1/events',
} as const

export type ResourceName = keyof typeof PATHS

export const RESOURCES = Object.keys(PATHS) as readonly ResourceName[]

/** What the page shows. */
export const SHOWN: readonly ResourceName[] = RESOURCES.slice(0, 5)

export const isResource = (name: unknown): name is ResourceName =>
  typeof name === 'string' && Object.hasOwn(PATHS, name)

/** A request for a list of all objects of a resource, or for a watch of them. */
export const requestFor = (
  resource: ResourceName,
  query: ApiRequest['query'],
): Omit<ApiRequest, 'user'> => ({
  method: 'GET',
  path: PATHS[resource],
  query,
  accept: 'application/json',
  contentType: '',
  userAgent: 'kubarium-page',
  body: '',
})

/** The watch events of a resource, a line each, with its name. No document holds a line break. */
export const tagged = (resource: ResourceName, lines: string): string =>
  lines.replaceAll(/^\{/gm, `{"resource":"${resource}",`)
