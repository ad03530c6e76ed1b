import { beforeEach, describe, expect, it } from 'vitest'
import { Framework } from '../../../support/conformance.ts'

const METRICS = '/apis/metrics.k8s.io/v1beta1'

let f: Framework

const pod = (name: string, container: object, node = 'node-2'): void => {
  f.create('pods', {
    metadata: { name },
    spec: { restartPolicy: 'Never', nodeName: node, containers: [{ name: 'c', ...container }] },
  })
}

interface Usage {
  readonly cpu: string
  readonly memory: string
}

/** Thousandths of a core, and MiB. */
const numbers = ({ cpu, memory }: Usage) => ({
  cpu: cpu === '0' ? 0 : Number(/^(\d+)n$/.exec(cpu)![1]) / 1e6,
  memory: memory.endsWith('Ki') ? parseInt(memory, 10) / 1024 : parseInt(memory, 10),
})

const used = (name: string) =>
  numbers(
    (
      f.ask('GET', `${METRICS}/namespaces/default/pods/${name}`) as {
        readonly containers: readonly { readonly usage: Usage }[]
      }
    ).containers[0]!.usage,
  )

const usedOn = (name: string) =>
  numbers((f.ask('GET', `${METRICS}/nodes/${name}`) as { readonly usage: Usage }).usage)

const isMeasured = (name: string): boolean =>
  f.api.send('GET', `${METRICS}/namespaces/default/pods/${name}`).status === 200

const within = (value: number, target: number, part: number): void => {
  expect(value).toBeGreaterThan(target * (1 - part))
  expect(value).toBeLessThan(target * (1 + part))
}

const TESTCPU = 'bootdotdev/synergychat-testcpu'
const TESTRAM = 'bootdotdev/synergychat-testram'

describe('what a container uses', () => {
  beforeEach(() => {
    f = new Framework()
  })

  it('is next to nothing while it waits', () => {
    pod('web', { image: 'nginx' })
    f.sleep(60)
    expect(used('web').cpu).toBeLessThan(1)
    expect(used('web').memory).toBeGreaterThan(1)
  })

  it('is measured when it has run for a while, and only as long as it runs', () => {
    pod('job', { image: 'busybox', command: ['sleep', '40'] })
    f.sleep(5)
    expect(isMeasured('job')).toBe(false)
    f.sleep(25)
    expect(isMeasured('job')).toBe(true)
    f.sleep(30)
    expect(isMeasured('job')).toBe(false)
  })

  it('is the same whenever it is asked, until it is measured again', () => {
    pod('web', { image: 'nginx' })
    f.sleep(60)
    const first = used('web')
    f.sleep(10)
    expect(used('web')).toEqual(first)
    f.sleep(15)
    expect(used('web')).not.toEqual(first)
  })

  it('is as much as it is allowed', () => {
    pod('busy', { image: TESTCPU, resources: { limits: { cpu: '10m' } } })
    f.sleep(60)
    within(used('busy').cpu, 10, 0.05)
  })

  it('is shared with who is as busy on its machine', () => {
    pod('one', { image: TESTCPU })
    f.sleep(60)
    within(used('one').cpu, 1950, 0.05)
    pod('two', { image: TESTCPU })
    pod('three', { image: TESTCPU, resources: { limits: { cpu: '10m' } } })
    pod('elsewhere', { image: TESTCPU }, 'node-3')
    f.sleep(60)
    within(used('one').cpu, 970, 0.05)
    within(used('two').cpu, 970, 0.05)
    within(used('three').cpu, 10, 0.05)
    within(used('elsewhere').cpu, 1950, 0.05)
    within(usedOn('node-2').cpu, 2000, 0.05)
  })

  it('is the memory that it allocates', () => {
    pod('fat', { image: TESTRAM, env: [{ name: 'MEGABYTES', value: '100' }] })
    f.sleep(60)
    within(used('fat').memory, 101, 0.02)
  })

  it('grows with what it answers', () => {
    pod('web', { image: 'nginx' })
    f.sleep(65)
    const before = used('web').cpu
    for (let count = 0; count < 150; count++)
      f.api.send('GET', '/api/v1/namespaces/default/pods/web:80/proxy/')
    f.sleep(15)
    expect(used('web').cpu).toBeGreaterThan(before + 2)
    f.sleep(30)
    expect(used('web').cpu).toBeLessThan(before + 1)
  })

  it('is not known of a machine that is off', () => {
    pod('web', { image: 'nginx' })
    f.sleep(60)
    f.patch('machines.kubarium.dev', 'node-2', { spec: { power: 'Off' } }, { type: 'merge' })
    expect(isMeasured('web')).toBe(false)
    expect(f.api.send('GET', `${METRICS}/nodes/node-2`).status).toBe(404)
  })

  it('writes nothing', () => {
    f.sleep(60)
    const { revision } = f.api.cluster
    f.ask('GET', `${METRICS}/pods`)
    f.ask('GET', `${METRICS}/nodes`)
    expect(f.api.cluster.revision).toBe(revision)
  })
})

describe('what a loop uses', () => {
  beforeEach(() => {
    f = new Framework()
  })

  it.each([
    ['while true; do :; done', 1000],
    ['while :; do i=$((i+1)); done', 1000],
    ['yes > /dev/null', 1000],
    ['while true; do :; done & while true; do :; done & wait', 2000],
    ['while true; do sleep 1; done', 2],
    ['while true; do sleep 0.01; done', 130],
    ['sleep infinity', 0.5],
  ])('is what its turns cost: %s', (script, cpu) => {
    pod('loop', { image: 'busybox', command: ['sh', '-c', script] })
    f.sleep(60)
    const { cpu: seen } = used('loop')
    if (cpu > 100) within(seen, Math.min(cpu, 1950), 0.1)
    else expect(seen).toBeLessThan(cpu * 2)
  })
})
