import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '#apimachinery/object.ts'
import { ClusterMemory } from '#cluster-memory.ts'
import { idOf, PastObjects } from '#kube-proxy/past-objects.ts'

const object = (name: string, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default', ...more },
})

const version = (name: string, number: number): KubeObject =>
  object(name, { labels: { is: `${number}` } })

const labelOf = (seen: KubeObject | undefined): string => seen?.metadata.labels?.['is'] ?? 'absent'

describe('what objects were', () => {
  it('is what each saw last who stopped hearing, whatever came after', () => {
    const past = new PastObjects(new ClusterMemory())
    const first = past.now()
    past.keep('services default/a', version('a', 1), first)
    const second = past.now()
    past.keep('services default/a', version('a', 2), second)
    past.keep('services default/a', version('a', 3), second)
    past.keep('services default/b', undefined, second)
    const seenBy = (moment: number) =>
      [...past.at(moment)].map(([id, seen]) => `${id} ${labelOf(seen)}`)
    expect(seenBy(first)).toEqual(['services default/a 1', 'services default/b absent'])
    expect(seenBy(second)).toEqual(['services default/a 2', 'services default/b absent'])
    expect(seenBy(past.now())).toEqual([])
  })

  it('is kept once for all who stopped at one time, and no longer than anybody sees it', () => {
    const memory = new ClusterMemory()
    const past = new PastObjects(memory)
    const [one, other] = [past.now(), past.now()]
    expect(one).toBe(other)
    past.keep('services default/a', version('a', 1), one)
    expect(memory.entries('')).toHaveLength(1)
    past.keepOnly([one])
    expect(memory.entries('')).toHaveLength(1)
    past.keepOnly([])
    expect(memory.entries('')).toEqual([])
    expect(past.at(one)).toEqual(new Map())
  })

  it('leaves out what no proxy reads', () => {
    const memory = new ClusterMemory()
    const slice = {
      ...object('a', { managedFields: [{ manager: 'kubectl' }], ownerReferences: [] }),
      endpoints: [{ addresses: ['10.0.0.1'], targetRef: { kind: 'Pod', name: 'a' } }],
    }
    new PastObjects(memory).keep(idOf('slices', slice), slice, 1)
    expect(JSON.parse(memory.entries('')[0]![1])).toEqual({
      ...object('a'),
      endpoints: [{ addresses: ['10.0.0.1'] }],
    })
  })

  it('is the same after it was stored, for whoever stopped hearing at any time', () => {
    const step = fc.oneof(
      fc.record({ change: fc.constantFrom('a', 'b') }),
      fc.record({ stop: fc.nat(3) }),
      fc.record({ resume: fc.nat(3) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const memory = new ClusterMemory()
        let past = new PastObjects(memory)
        const moments = new Map<number, number>()
        const present = new Map<string, number>()
        const seen = new Map<number, ReadonlyMap<string, number>>()
        for (const taken of steps) {
          if ('stop' in taken && !moments.has(taken.stop)) {
            moments.set(taken.stop, past.now())
            seen.set(taken.stop, new Map(present))
          } else if ('resume' in taken) {
            moments.delete(taken.resume)
            past.keepOnly([...moments.values()])
          } else if ('change' in taken) {
            const number = present.get(taken.change)
            const before = number === undefined ? undefined : version(taken.change, number)
            const latest = Math.max(0, ...moments.values())
            if (latest > 0) past.keep(`services default/${taken.change}`, before, latest)
            present.set(taken.change, (number ?? 0) + 1)
          }
          past = new PastObjects(memory)
          for (const [who, moment] of moments)
            for (const name of ['a', 'b']) {
              const id = `services default/${name}`
              const instead = past.at(moment)
              const label = instead.has(id)
                ? labelOf(instead.get(id))
                : `${present.get(name) ?? 'absent'}`
              expect(label).toBe(`${seen.get(who)!.get(name) ?? 'absent'}`)
            }
        }
        past.keepOnly([])
        expect(memory.entries('')).toEqual([])
      }),
    )
  })
})
