// A cluster as of a revision must be what the cluster was when that revision was its newest.
import type { KubeObject } from '#apimachinery/object.ts'
import type { Changes, Cluster, ClusterState } from '#cluster.ts'
import { describe, expect, it } from 'vitest'
import { scripts, type NamedScript } from './cluster-scripts/scripts.ts'
import { ScriptedCluster } from './scripted-cluster.ts'
import { see, stillCluster } from './still.ts'

const TIMEOUT_MS = 120_000

/** Those that differ in what must be remembered. */
const NAMES: ReadonlySet<string> = new Set([
  'the tutorial, in a bare cluster',
  'StatefulSets',
  'nodes that fail and come back',
  'the deletion of a namespace with content',
  'containers that do not start or stay',
  'load balancers',
  'nodes that are deleted under their Pods, in a bare cluster',
  'proxies that stop and change their mode',
  'proxies with little time',
  'requests that are traced',
  'requests that are traced, in a bare cluster',
  'programs that ask, answer and end',
  'hooks',
  'Pods that are resized',
  'images that change under their containers',
  'autoscalers and accounts',
  'whatever chance brings another time',
])

interface Look {
  readonly revision: number
  readonly state: ClusterState
  readonly seen: readonly string[]
}

interface Life {
  readonly script: ScriptedCluster
  readonly looks: readonly Look[]
  readonly all: readonly Changes['revisions'][number][]
}

/** Whether the moment of a turn's end is that of its last write. */
const endsAtWrite = (cluster: Cluster, { revisions }: Changes): boolean =>
  revisions.length > 0 && revisions.at(-1)!.at === cluster.now

/** Runs the script and looks now and then, less and less often: each look costs a whole cluster. */
const live = (named: NamedScript): Life => {
  const looks: Look[] = []
  const all: Changes['revisions'][number][] = []
  const turns = { count: 0, next: 1, afterNext: 2 }
  const script = new ScriptedCluster({
    settings: named.settings,
    stepped: true,
    onTurn: (cluster, changes) => {
      all.push(...changes.revisions)
      if (!endsAtWrite(cluster, changes) || ++turns.count < turns.next) return
      ;[turns.next, turns.afterNext] = [turns.afterNext, turns.next + turns.afterNext]
      const state = cluster.state()
      looks.push({ revision: cluster.revision, state, seen: see(cluster) })
    },
  })
  named.run(script)
  return { script, looks, all }
}

const stateOf = (cluster: Cluster, revision: number): ClusterState => {
  const state = cluster.stateAt(revision)
  if (typeof state === 'string') throw new Error(`revision ${revision}: ${state}`)
  return state
}

/** What all writes up to a revision come to. */
const replayed = (all: Life['all'], revision: number): ReadonlyMap<string, KubeObject> => {
  const objects = new Map<string, KubeObject>()
  for (const { revision: number, resource, namespace, name, object } of all) {
    if (number > revision) break
    if (object === undefined) objects.delete(`${resource} ${namespace}/${name}`)
    else objects.set(`${resource} ${namespace}/${name}`, object)
  }
  return objects
}

/** Tests each `of`th script, beginning with the one at `part`. */
export const describePast = (part: number, of: number): void => {
  const some = scripts
    .filter(({ name }) => NAMES.has(name))
    .filter((_script, index) => index % of === part)
  describe.each(some)('$name', { timeout: TIMEOUT_MS }, (named) => {
    it('is at any revision what it was then', () => {
      const { script, looks, all } = live(named)
      const { cluster } = script
      expect(looks.length).toBeGreaterThan(0)
      for (const { revision, state, seen } of looks) {
        const past = stateOf(cluster, revision)
        expect({ ...past, etcd: { ...past.etcd, moment: undefined } }).toEqual({
          ...state,
          etcd: { ...state.etcd, moment: undefined },
        })
        const still = stillCluster(past, named.settings)
        const now = see(still)
        expect(now.length).toBe(seen.length)
        expect(now.find((text, index) => text !== seen[index])).toBeUndefined()
        expect(still.takeChanges()).toMatchObject({ revisions: [], memory: [] })
      }
      const middle = Math.floor((cluster.oldest + cluster.revision) / 2)
      for (const revision of [cluster.oldest, middle, middle + 1, middle + 2, cluster.revision]) {
        const still = stillCluster(stateOf(cluster, revision), named.settings)
        const objects = new Map(
          still
            .resources()
            .flatMap((resource) =>
              still
                .objects(resource)
                .map((object) => [
                  `${resource} ${object.metadata.namespace ?? ''}/${object.metadata.name!}`,
                  object,
                ]),
            ),
        )
        const expected = replayed(all, revision)
        expect([...objects.keys()].sort()).toEqual([...expected.keys()].sort())
        for (const [key, object] of expected) expect(objects.get(key)).toBe(object)
      }
    })
  })
}
