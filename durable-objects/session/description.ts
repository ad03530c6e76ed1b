import type { Cluster } from '../cluster/cluster.ts'
import type { SessionClock } from '../session-clock.ts'
import type { Access } from './access.ts'
import type { Birth, Lineage } from './birth.ts'

export interface SessionDescription {
  readonly title: string
  readonly description: string
  readonly createdAt: string
  readonly nodes: number
  readonly revision: number
  /** The oldest revision whose state can be shown. */
  readonly oldest: number
  readonly shows: 'now' | 'past' | 'snapshot'
  readonly forkedFrom?: ForkedFrom
  readonly clock: { readonly running: boolean; readonly speed: number; readonly now: string }
  readonly counts: Readonly<Record<string, number>>
  readonly access: 'view' | 'edit'
}

/** What the session was made of. Where that is found is said to who has the key: an id lets one look. */
type ForkedFrom = Omit<Lineage, 'forkedFrom'> & { readonly id?: string }

const forkedFrom = ({ forkedFrom: id, ...lineage }: Lineage, hasKey: boolean): ForkedFrom =>
  hasKey ? { id, ...lineage } : lineage

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
  { title, description = '', createdAt, lineage, snapshot }: Birth,
  { key, at }: Access,
  clock: SessionClock | undefined,
): SessionDescription => ({
  title,
  description,
  createdAt: new Date(createdAt).toISOString(),
  nodes: cluster.count('nodes'),
  revision: cluster.revision,
  oldest: cluster.oldest,
  shows: snapshot !== undefined ? 'snapshot' : at !== undefined ? 'past' : 'now',
  ...(lineage === undefined ? {} : { forkedFrom: forkedFrom(lineage, key !== undefined) }),
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
