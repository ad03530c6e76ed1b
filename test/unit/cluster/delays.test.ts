// Delays may be changed while a cluster lives.
import { describe, expect, test } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { DELAYS, delaysAt, delaysOf, settingsOf, withDelays } from '#settings.ts'
import { StoredCluster } from '../../support/stored-cluster.ts'
import { ADMINISTRATOR } from '../../../durable-objects/session/users.ts'
import { applyManifests } from '#manifests/apply.ts'

const BORN = Date.UTC(2026, 0, 1)

const podNamed = (name: string): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec: {containers: [{name: c, image: nginx}]}
---`
const jobNamed = (name: string): string => `
apiVersion: batch/v1
kind: Job
metadata: {name: ${name}}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: "example.com/own"}]}}}
---`
const balancerNamed = (name: string): string => `
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {type: LoadBalancer, ports: [{port: 80}]}
---`

class Living {
  readonly stored = new StoredCluster({
    seed: 1,
    settings: settingsOf({ template: 'bare', delays: { preset: 'real' }, loadBalancer: 'cloud' }),
    createdAt: BORN,
  })

  get cluster() {
    return this.stored.cluster
  }

  apply(manifests: string): void {
    const { error } = applyManifests(this.cluster, ADMINISTRATOR, manifests)
    if (error !== undefined) throw new Error(error.message)
  }

  /** Milliseconds after the birth. */
  at(moment: number): this {
    this.cluster.advance(BORN + moment)
    this.stored.save()
    return this
  }

  isRunning(name: string): boolean {
    const pods = this.cluster.objects('pods') as readonly Pod[]
    return pods.find(({ metadata }) => metadata.name === name)?.status.phase === 'Running'
  }

  hasAddress(name: string): boolean {
    const services = this.cluster.objects('services')
    const found = services.find(({ metadata }) => metadata.name === name)
    return JSON.stringify(found).includes('"ingress"')
  }

  isDone(name: string): boolean {
    const jobs = this.cluster.objects('jobs.batch')
    return JSON.stringify(jobs.find(({ metadata }) => metadata.name === name)).includes(
      '"succeeded"',
    )
  }
}

describe.each([false, true])('delays that are changed (evicted after that: %s)', (isEvicted) => {
  const change = (living: Living, delays: Parameters<typeof delaysOf>[0]): void => {
    living.cluster.setDelays(delaysOf(delays))
    living.stored.save()
    if (isEvicted) living.stored.rebuild()
  }

  test('hold for what begins from then on; what is under way keeps its end', () => {
    const living = new Living()
    living.apply(podNamed('before') + balancerNamed('before'))
    living.at(100)
    change(living, 'instant')
    living.apply(podNamed('after') + balancerNamed('after'))
    living.at(100)
    expect([living.isRunning('after'), living.hasAddress('after')]).toEqual([true, true])
    expect([living.isRunning('before'), living.hasAddress('before')]).toEqual([false, false])
    // a bare cluster pulls nothing
    expect(living.at(999).isRunning('before')).toBe(false)
    expect(living.at(1000).isRunning('before')).toBe(true)
    expect(living.at(29_999).hasAddress('before')).toBe(false)
    expect(living.at(30_000).hasAddress('before')).toBe(true)
  })

  test('may become longer, too', () => {
    const living = new Living()
    living.apply(podNamed('before'))
    living.at(100)
    change(living, { preset: 'real', containerStart: 600_000 })
    living.apply(podNamed('after'))
    expect(living.at(1000).isRunning('before')).toBe(true)
    expect(living.at(600_099).isRunning('after')).toBe(false)
    expect(living.at(600_100).isRunning('after')).toBe(true)
  })

  test('let a program that runs already end when it would have', () => {
    const living = new Living()
    living.apply(jobNamed('before'))
    living.at(2000)
    change(living, { preset: 'instant', jobRun: 100_000 })
    living.apply(jobNamed('after'))
    expect(living.at(5900).isDone('before')).toBe(false)
    expect(living.at(12_000).isDone('before')).toBe(true)
    expect(living.at(100_000).isDone('after')).toBe(false)
    expect(living.at(105_000).isDone('after')).toBe(true)
  })

  test('several times in one moment count once: the last', () => {
    const living = new Living()
    living.at(100)
    for (const delays of ['instant', 'lively', 'instant'] as const) change(living, delays)
    living.apply(podNamed('after'))
    expect(living.isRunning('after')).toBe(true)
    expect(living.cluster.settings.pastDelays).toEqual([
      { until: BORN + 100, delays: { ...DELAYS.real, proxySync: 0 } },
    ])
  })

  test('are not remembered longer than anything may be under way', () => {
    const living = new Living()
    for (const minute of [1, 2, 5, 14]) {
      living.at(minute * 60_000)
      change(living, minute % 2 === 0 ? 'instant' : 'real')
    }
    const { pastDelays = [] } = living.cluster.settings
    expect(pastDelays.map(({ until }) => (until - BORN) / 60_000)).toEqual([5, 14])
  })
})

test('what is due the moment at which delays are changed is done by the new ones', () => {
  const living = new Living()
  living.apply(podNamed('now'))
  living.cluster.setDelays(DELAYS.instant)
  expect(living.isRunning('now')).toBe(true)
})

describe('delaysAt', () => {
  const past = [
    { until: 10, delays: DELAYS.real },
    { until: 20, delays: DELAYS.lively },
  ]
  test.each([
    [0, DELAYS.real],
    [9, DELAYS.real],
    [10, DELAYS.lively],
    [20, DELAYS.instant],
  ])('of %s', (moment, delays) => {
    expect(delaysAt({ delays: DELAYS.instant, pastDelays: past }, moment)).toBe(delays)
  })
})

describe('what is asked for', () => {
  test.each([
    [{}, DELAYS.lively],
    [{ delays: 'real' }, DELAYS.real],
    [{ delays: { preset: 'instant', imagePull: 5 } }, { ...DELAYS.instant, imagePull: 5 }],
    [{ delays: { jobRun: 0 } }, { ...DELAYS.lively, jobRun: 0 }],
    [
      { delays: 'real', proxySync: 7 },
      { ...DELAYS.real, proxySync: 7 },
    ],
    [
      { template: 'bare', delays: 'real' },
      { ...DELAYS.real, proxySync: 0 },
    ],
    // nobody waits for proxies while the clock stands from the beginning
    [
      { delays: 'real', paused: true },
      { ...DELAYS.real, proxySync: 0 },
    ],
    [
      { delays: { preset: 'real', proxySync: 9 }, paused: true },
      { ...DELAYS.real, proxySync: 9 },
    ],
  ] as const)('%j', (request, delays) => {
    expect(settingsOf(request).delays).toEqual(delays)
  })

  test('caches of names forget at once where the clock stands from the beginning', () => {
    expect(settingsOf({ paused: true }).dnsTTL).toBe(0)
    expect(settingsOf({ paused: true, dnsTTL: 5 }).dnsTTL).toBe(5)
    expect(settingsOf({}).dnsTTL).toBe(30)
  })

  test('later replaces all that was said of delays, and nothing else', () => {
    const changed = withDelays({ nodes: 5, paused: true, proxySync: 7, delays: 'instant' }, 'real')
    expect(settingsOf(changed)).toEqual({ ...settingsOf({ nodes: 5, dnsTTL: 0, delays: 'real' }) })
  })
})
