import { Cluster } from '#cluster.ts'
import { applyManifests } from '#manifests/apply.ts'
import { templateManifests } from '#bootstrap/templates.ts'
import { type SettingsRequest, settingsOf } from '#settings.ts'
import type { StoredFile } from '#workstation/home.ts'
import type { SnapshotHead, SnapshotRow } from '../../durable-objects/session/snapshot/canonical.ts'
import { rowsOf } from '../../durable-objects/session/snapshot/state-rows.ts'

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

export const headOf = (
  { cluster, settings, createdAt, seed }: Running,
  hasHome = false,
): SnapshotHead => {
  const { now, randomPosition, etcd } = cluster.state()
  return { settings, createdAt, seed, now, revision: etcd.revision, randomPosition, hasHome }
}

export const batchesOf = (
  { cluster }: Running,
  files?: readonly StoredFile[],
): readonly (readonly SnapshotRow[])[] => [...rowsOf(cluster.state(), files)]

/** For tests: nobody else waits for a turn. */
export const atOnce = (): Promise<void> => Promise.resolve()
