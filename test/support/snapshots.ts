import { Cluster } from '#cluster.ts'
import type { StoredObject } from '#etcd/etcd.ts'
import { objectReader } from '#etcd/object-reader.ts'
import { applyManifests } from '#manifests/apply.ts'
import { templateManifests } from '#bootstrap/templates.ts'
import { type SettingsRequest, settingsOf } from '#settings.ts'
import type { StoredFile } from '#workstation/home.ts'
import type { SnapshotHead, SnapshotRow } from '../../durable-objects/session/snapshot/canonical.ts'
import {
  partsOfRows,
  snapshotHead,
  snapshotRows,
} from '../../durable-objects/session/snapshot/state-rows.ts'
import {
  writeSnapshot,
  type WrittenSnapshot,
} from '../../durable-objects/session/snapshot/write-snapshot.ts'
import type { State } from '../../durable-objects/session/state-source.ts'

const ADMINISTRATOR = {
  username: 'kubernetes-admin',
  groups: ['system:masters', 'system:authenticated'],
}

export interface Running {
  readonly cluster: Cluster
  readonly settings: SettingsRequest
  readonly createdAt: number
  readonly seed: number
}

/** A cluster that has come to rest. */
export const atRest = (
  settings: SettingsRequest,
  manifests?: string,
  seed = 20_261_123,
  createdAt = Date.UTC(2026, 10, 23, 11, 40, 9, 456),
): Running => {
  const cluster = new Cluster({ seed, settings: settingsOf(settings), createdAt })
  for (const text of [templateManifests(settings), manifests]) {
    if (text === undefined) continue
    const { error } = applyManifests(cluster, ADMINISTRATOR, text)
    if (error !== undefined) throw new Error(JSON.stringify(error))
  }
  for (let second = 0; second < 120; second++) cluster.advance(cluster.now + 1000)
  return { cluster, settings, createdAt, seed }
}

/** What the tutorial comes to, and a Deployment that its reader tried. */
export const tutorial = (seed?: number): Running =>
  atRest(
    { template: 'synergychat' },
    JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'nginx' },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: 'nginx' } },
        template: {
          metadata: { labels: { app: 'nginx' } },
          spec: { containers: [{ name: 'nginx', image: 'nginx:1.29' }] },
        },
      },
    }),
    seed,
  )

/** As its session would hand it on. */
export const stateOf = (
  { cluster, settings, createdAt, seed }: Running,
  files?: readonly StoredFile[],
): State => {
  const { now, randomPosition, etcd, memory } = cluster.state()
  const { revision, objects } = etcd
  const head = { settings, bornAt: createdAt, seed, now, revision, randomPosition }
  return { head, objects, memory, files }
}

/** All rows of its snapshot. */
export const rowsOf = (running: Running, files?: readonly StoredFile[]): readonly SnapshotRow[] =>
  [...snapshotRows(stateOf(running, files))].flat()

export const snapshotOf = (
  running: Running,
  files?: readonly StoredFile[],
): Promise<WrittenSnapshot> => {
  const state = stateOf(running, files)
  return writeSnapshot(snapshotHead(state), snapshotRows(state), atOnce)
}

/** The cluster that a snapshot is of. */
export const clusterOf = async (
  head: SnapshotHead,
  rows: readonly SnapshotRow[],
): Promise<{ readonly running: Running; readonly files: readonly StoredFile[] | undefined }> => {
  const read = objectReader()
  const objects: StoredObject[] = []
  const memory: (readonly [string, string])[] = []
  let files: readonly StoredFile[] | undefined
  for await (const part of partsOfRows(head, [rows]))
    if (part.kind === 'memory') memory.push(...part.memory)
    else if (part.kind === 'files') files = part.files
    else
      for (const { resource, text } of part.rows)
        objects.push({ resource, object: read(resource, text), text })
  const { settings, bornAt: createdAt, seed, now, randomPosition, revision } = head
  const etcd = { revision, compactedRevision: revision, objects, history: [] }
  const state = { etcd, memory, randomPosition, now }
  const cluster = new Cluster({ seed, settings: settingsOf(settings), createdAt, state })
  return { running: { cluster, settings, createdAt, seed }, files }
}

/** For tests: nobody else waits for a turn. */
export const atOnce = (): Promise<void> => Promise.resolve()
