import { describe, expect, it } from 'vitest'
import { DELAYS } from '#settings.ts'
import { PodLife } from '../../../support/pod-life.ts'

const shell = (script: string) => ({ name: 'c', image: 'busybox', command: ['sh', '-c', script] })

describe('a container that ends', () => {
  it('is Completed and its pod Succeeded if it is not to be restarted', () => {
    const life = new PodLife([shell('echo hi; sleep 5')], { spec: { restartPolicy: 'Never' } })
    expect(life.pass(6100).pod.status.phase).toBe('Running')
    life.pass(200)
    expect(life.pod.status).toMatchObject({ phase: 'Succeeded', podIP: '10.244.1.5' })
    expect(life.container().state.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' })
    expect(life.pod.status.conditions).toMatchObject([
      { type: 'PodReadyToStartContainers', status: 'False' },
      { type: 'Initialized', status: 'True', reason: 'PodCompleted' },
      { type: 'Ready', status: 'False', reason: 'PodCompleted' },
      { type: 'ContainersReady', status: 'False', reason: 'PodCompleted' },
      { type: 'PodScheduled', status: 'True' },
    ])
    expect(life.isFinished).toBe(true)
    const { writes } = life
    life.pass(3_600_000)
    expect(life.writes).toBe(writes)
  })

  it('fails its pod with its exit code', () => {
    const life = new PodLife([shell('exit 3')], { spec: { restartPolicy: 'Never' } })
    life.pass(2000)
    expect(life.pod.status.phase).toBe('Failed')
    expect(life.container().state.terminated).toMatchObject({ exitCode: 3, reason: 'Error' })
    expect(life.condition('Ready')).toMatchObject({ status: 'False', reason: 'PodFailed' })
  })

  it('is restarted on failure only', () => {
    const spec = { restartPolicy: 'OnFailure' } as const
    expect(new PodLife([shell('exit 0')], { spec }).pass(60_000).pod.status.phase).toBe('Succeeded')
    const failing = new PodLife([shell('exit 1')], { spec })
    failing.pass(60_000)
    expect(failing.pod.status.phase).toBe('Running')
    expect(failing.container().restartCount).toBeGreaterThan(1)
  })
})

describe('a container that keeps ending', () => {
  it('is restarted at once, then after 10 s, 20 s… 5 min', () => {
    const life = new PodLife([shell('exit 1')], { delays: DELAYS.instant })
    const restarts: number[] = []
    for (let second = 0; second < 1300; second++) {
      life.pass(1000)
      if (life.container().restartCount > restarts.length) restarts.push(second)
    }
    const waits = restarts.slice(1).map((at, index) => at - restarts[index]!)
    expect(waits.map((wait) => Math.round(wait / 10) * 10)).toEqual([
      10, 20, 40, 80, 160, 300, 300, 300,
    ])
  })

  it('shows its last end and how long the kubelet waits', () => {
    const life = new PodLife([shell('sleep 1; exit 3')], { delays: DELAYS.instant })
    life.pass(11_000)
    life.pass(4000)
    expect(life.container()).toMatchObject({
      restartCount: 2,
      ready: false,
      started: false,
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: 'back-off 20s restarting failed container=c pod=p_default(u-1)',
        },
      },
      lastState: { terminated: { exitCode: 3, reason: 'Error' } },
    })
    expect(life.pod.status.phase).toBe('Running')
    expect(life.condition('Ready')).toMatchObject({
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [c]',
    })
    expect(life.events.at(-1)).toBe(
      'Warning BackOff: Back-off restarting failed container c in pod p_default(u-1)',
    )
  })

  it('is forgiven after ten minutes without trouble', () => {
    const life = new PodLife([shell('sleep 601; exit 1')], { delays: DELAYS.instant })
    life.pass(601_000 * 3 + 500)
    expect(life.container().restartCount).toBe(3)
    expect(life.container().state.running).toBeDefined()
  })

  it('shows Error for a moment before CrashLoopBackOff', () => {
    const life = new PodLife([shell('sleep 10; exit 1')])
    life.pass(1200 + 10_000 + 320 + 400 + 10_000 + 1)
    expect(life.state).toBe('Error')
    expect(life.pass(400).state).toBe('CrashLoopBackOff')
  })
})

describe('memory', () => {
  it('kills a container that takes more than its limit', () => {
    const life = new PodLife([
      {
        name: 'c',
        image: 'bootdotdev/synergychat-testram',
        env: [{ name: 'MEGABYTES', value: '500' }],
        resources: { limits: { memory: '256Mi' } },
      },
    ])
    life.pass(20_000)
    expect(life.container().lastState.terminated).toMatchObject({
      exitCode: 137,
      reason: 'OOMKilled',
    })
  })

  it('lets it live below', () => {
    const life = new PodLife([
      {
        name: 'c',
        image: 'bootdotdev/synergychat-testram',
        env: [{ name: 'MEGABYTES', value: '100' }],
        resources: { limits: { memory: '256Mi' } },
      },
    ])
    life.pass(20_000)
    expect(life.container()).toMatchObject({ restartCount: 0, ready: true })
  })
})

describe('a changed image', () => {
  it('restarts the container with it', () => {
    const life = new PodLife([{ name: 'c', image: 'nginx:1.28' }])
    life.pass(2000)
    const containers = life.pod.spec.containers.map((c) => ({ ...c, image: 'nginx:1.29' }))
    const metadata = { ...life.pod.metadata, generation: 2 }
    life.pod = { ...life.pod, metadata, spec: { ...life.pod.spec, containers } }
    life.look()
    life.pass(5000)
    expect(life.container()).toMatchObject({ image: 'nginx:1.29', restartCount: 1, ready: true })
    expect(life.events).toContain(
      'Normal Killing: Container c definition changed, will be restarted',
    )
    expect(life.pod.status.observedGeneration).toBe(2)
  })
})

describe('in a cluster where every image runs', () => {
  const options = { images: 'always', delays: DELAYS.instant } as const
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: 'j', controller: true }

  it("a Job's pod succeeds after a second", () => {
    const metadata = { ownerReferences: [owner] }
    const spec = { restartPolicy: 'Never' } as const
    const life = new PodLife([{ name: 'c', image: 'x' }], { ...options, metadata, spec })
    expect(life.pod.status.phase).toBe('Running')
    expect(life.pass(999).pod.status.phase).toBe('Running')
    expect(life.pass(1).pod.status.phase).toBe('Succeeded')
  })

  it('init containers are done at once', () => {
    const initContainers = [{ name: 'i', image: 'x', command: ['false'], resources: {} }]
    const life = new PodLife([{ name: 'c', image: 'x' }], { ...options, spec: { initContainers } })
    expect(life.writes).toBe(1)
    expect(life.condition('Ready')!.status).toBe('True')
    expect(life.container('i')).toMatchObject({
      ready: true,
      state: { terminated: { exitCode: 0 } },
    })
  })
})
