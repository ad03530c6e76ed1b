import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Change, Client } from '#client/client.ts'
import { selectorFromMap } from '#apimachinery/labels.ts'
import type { OwnerReference } from '#apimachinery/object.ts'
import { countPods, PodTallies } from '#kube-controller-manager/replicaset/tally.ts'
import { pod, readyStatus, replicaSet } from '../../../support/controller-objects.ts'

const owner = replicaSet({}, { uid: 'owner' })
const LABELS = { app: 'web', tier: 'front' }
const rule = {
  selector: selectorFromMap({ app: 'web' }),
  templateLabels: LABELS,
  minReadySeconds: 0,
}
const ownedBy = (uid: string): readonly OwnerReference[] => [
  { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid, controller: true },
]

/** The watch of Pods, worked by hand. */
const watched = () => {
  const pods = new Map<string, Pod>()
  let tell: (change: Change<Pod>) => void = () => undefined
  const client = {
    now: () => 1000,
    watch: (_: string, handler: (change: Change<Pod>) => void) => (tell = handler),
  } as unknown as Client
  const tallies = new PodTallies(client)
  const write = (object: Pod): void => {
    const name = object.metadata.name!
    const old = pods.get(name)
    pods.set(name, object)
    tell(old === undefined ? { type: 'ADDED', object } : { type: 'MODIFIED', object, old })
  }
  const remove = (name: string): void => {
    const object = pods.get(name)
    if (object === undefined) return
    pods.delete(name)
    tell({ type: 'DELETED', object })
  }
  const owned = (): Pod[] =>
    [...pods.values()].filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid === 'owner')
  return { tallies, write, remove, owned }
}

const statuses = fc.constantFrom<Pod['status']>(
  {},
  { phase: 'Pending' },
  readyStatus(0),
  { ...readyStatus(0), phase: 'Failed' },
  { phase: 'Succeeded' },
)
const pods = fc
  .record({
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    uid: fc.constantFrom('owner', 'owner', 'other', undefined),
    labels: fc.constantFrom(LABELS, { app: 'web' }, { app: 'other' }),
    isGoing: fc.boolean(),
    status: statuses,
  })
  .map(({ name, uid, labels, isGoing, status }) =>
    pod(
      {
        name,
        labels,
        ...(uid === undefined ? {} : { ownerReferences: ownedBy(uid) }),
        ...(isGoing ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
      },
      status,
    ),
  )
const steps = fc.array(fc.oneof({ weight: 4, arbitrary: pods }, fc.constantFrom('a', 'b', 'c')))

describe('PodTallies', () => {
  test('counts one by one what a count of all gives', () => {
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const { tallies, write, remove, owned } = watched()
        const take = (step: Pod | string): void =>
          typeof step === 'string' ? remove(step) : write(step)
        before.forEach(take)
        tallies.count(owner, rule, owned())
        after.forEach(take)
        const hasMisfit = owned().some(({ metadata }) => metadata.labels?.['app'] !== 'web')
        expect(tallies.of(owner)).toEqual(hasMisfit ? undefined : countPods(owned(), rule, 1000))
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  test('knows nothing of an owner that changed, that was not counted, or whose Pods become available with time', () => {
    const { tallies } = watched()
    expect(tallies.of(owner)).toBeUndefined()
    tallies.count(owner, rule, [])
    expect(tallies.of(owner)).toMatchObject({ active: 0 })
    expect(tallies.of({ ...owner, spec: { ...owner.spec } })).toBeUndefined()
    tallies.count(owner, { ...rule, minReadySeconds: 5 }, [])
    expect(tallies.of(owner)).toBeUndefined()
  })
})
