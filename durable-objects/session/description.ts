import type { Cluster } from '../cluster/cluster.ts'
import type { SessionClock } from '../session-clock.ts'
import type { Access } from './access.ts'
import type { Birth } from './birth.ts'

export interface SessionDescription {
  readonly title: string
  readonly description: string
  readonly createdAt: string
  readonly nodes: number
  readonly revision: number
  readonly clock: { readonly running: boolean; readonly speed: number; readonly now: string }
  readonly counts: Readonly<Record<string, number>>
  readonly access: 'view' | 'edit'
}

const COUNTED = [
  'pods',
  'services',
  'deployments.apps',
  'endpointslices.discovery.k8s.io',
  'nodes',
  'namespaces',
]

export const descriptionOf = (
  cluster: Cluster,
  { title, description = '', createdAt }: Birth,
  { key, at }: Access,
  clock: SessionClock | undefined,
): SessionDescription => ({
  title,
  description,
  createdAt: new Date(createdAt).toISOString(),
  nodes: cluster.count('nodes'),
  revision: cluster.revision,
  clock: {
    // the past stands
    running: at === undefined && clock?.isRunning === true,
    speed: clock?.speed ?? 1,
    now: new Date(cluster.now).toISOString(),
  },
  counts: Object.fromEntries(
    COUNTED.map((resource) => [resource.split('.')[0]!, cluster.count(resource)]),
  ),
  access: key === undefined ? 'view' : 'edit',
})
