// A session's state as it is handed on: to another session (a fork) or into a snapshot. In parts, since ten thousand Pods are 50 MB.
import type { ClusterState } from '../cluster/cluster.ts'
import type { SettingsRequest } from '../cluster/settings.ts'
import type { ObjectRow } from '../revision-store.ts'
import { storedJson } from './snapshot/state-rows.ts'
import type { StoredFile } from '../workstation/home.ts'

/** What a state is beside its objects. */
export interface StateHead {
  readonly settings: SettingsRequest
  /** When the cluster began, in the session's time. */
  readonly bornAt: number
  readonly seed: number
  /** The session's time, in milliseconds since the epoch. */
  readonly now: number
  readonly randomPosition: number
  readonly revision: number
}

export interface State {
  readonly head: StateHead
  readonly objects: ClusterState['etcd']['objects']
  readonly memory: ClusterState['memory']
  /** Undefined: the learner has written nothing. */
  readonly files: readonly StoredFile[] | undefined
}

/** One of them, so that whoever copies a large state lets others have their turns between. */
export type StatePart =
  | { readonly kind: 'rows'; readonly rows: readonly ObjectRow[] }
  | { readonly kind: 'memory'; readonly memory: ClusterState['memory'] }
  | { readonly kind: 'files'; readonly files: readonly StoredFile[] }

/** Some milliseconds of work. */
const ROWS_PER_PART = 200

const rowOf = (stored: State['objects'][number]): ObjectRow => {
  const { resource, object } = stored
  const { namespace = '', name = '', resourceVersion } = object.metadata
  return {
    revision: Number(resourceVersion),
    resource,
    namespace,
    name,
    text: storedJson(stored),
  }
}

export const statePartsOf = function* ({
  objects,
  memory,
  files,
}: State): Generator<StatePart, void> {
  for (let start = 0; start < objects.length; start += ROWS_PER_PART)
    yield { kind: 'rows', rows: objects.slice(start, start + ROWS_PER_PART).map(rowOf) }
  for (let start = 0; start < memory.length; start += ROWS_PER_PART)
    yield { kind: 'memory', memory: memory.slice(start, start + ROWS_PER_PART) }
  if (files !== undefined) yield { kind: 'files', files }
}
