import { describe, expect, it } from 'vitest'
import { PodLife } from '../../../support/pod-life.ts'

const init = (name: string, script: string, restartPolicy?: 'Always') => ({
  name,
  image: 'busybox:1.36',
  command: ['sh', '-c', script],
  resources: {},
  ...(restartPolicy === undefined ? {} : { restartPolicy }),
})
const main = [{ name: 'c', image: 'nginx:1.29' }]
const present = ['busybox:1.36', 'nginx:1.29']

describe('init containers', () => {
  it('run one after the other before the others', () => {
    const initContainers = [init('a', 'sleep 2'), init('b', 'sleep 3')]
    const life = new PodLife(main, { present, spec: { initContainers } })
    life.pass(1000)
    expect(life.pod.status.phase).toBe('Pending')
    expect(life.container('a').state.running).toBeDefined()
    expect(life.container('b').state.waiting).toEqual({ reason: 'PodInitializing' })
    expect(life.container('c').state.waiting).toEqual({ reason: 'PodInitializing' })
    expect(life.condition('Initialized')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotInitialized',
      message: 'containers with incomplete status: [a b]',
    })
    life.pass(2000)
    expect(life.container('a')).toMatchObject({
      ready: true,
      state: { terminated: { exitCode: 0 } },
    })
    expect(life.container('b').state.running).toBeDefined()
    expect(life.pass(4000).pod.status.phase).toBe('Running')
    expect(life.condition('Initialized')!.status).toBe('True')
  })

  it('are restarted with back-off until they succeed', () => {
    const life = new PodLife(main, { present, spec: { initContainers: [init('a', 'exit 1')] } })
    life.pass(8000)
    expect(life.pod.status.phase).toBe('Pending')
    expect(life.container('a').state.waiting!.reason).toBe('CrashLoopBackOff')
    expect(life.container('c').state.waiting).toEqual({ reason: 'PodInitializing' })
  })

  it('fail the pod if nothing is restarted', () => {
    const spec = { initContainers: [init('a', 'exit 1')], restartPolicy: 'Never' } as const
    const life = new PodLife(main, { present, spec })
    life.pass(8000)
    expect(life.pod.status.phase).toBe('Failed')
    expect(life.isFinished).toBe(true)
  })
})

describe('sidecars', () => {
  it('start before the others and run on beside them', () => {
    const initContainers = [init('s', 'sleep 3600', 'Always'), init('a', 'sleep 1')]
    const life = new PodLife(main, { present, spec: { initContainers } })
    life.pass(500)
    expect(life.container('s').state.running).toBeDefined()
    life.pass(3000)
    expect(life.pod.status.phase).toBe('Running')
    expect(life.container('s')).toMatchObject({ ready: true, started: true })
  })

  it('hold the others back until they have started', () => {
    const sidecar = {
      ...init('s', 'exec httpd -f -p 8080', 'Always'),
      startupProbe: { exec: { command: ['false'] }, periodSeconds: 10, failureThreshold: 30 },
    }
    const life = new PodLife(main, { present, spec: { initContainers: [sidecar] } })
    life.pass(60_000)
    expect(life.container('c').state.waiting).toEqual({ reason: 'PodInitializing' })
  })

  it('end after the others when the pod is done', () => {
    const spec = {
      initContainers: [init('s', 'trap "exit 0" TERM; sleep infinity', 'Always')],
      restartPolicy: 'Never',
    } as const
    const life = new PodLife([{ name: 'c', image: 'busybox:1.36', command: ['sleep', '5'] }], {
      present,
      spec,
    })
    life.pass(6000)
    expect(life.pod.status.phase).toBe('Running')
    expect(life.events).toContain('Normal Killing: Stopping container s')
    life.pass(1000)
    expect(life.pod.status.phase).toBe('Succeeded')
    expect(life.container('s').state.terminated!.exitCode).toBe(0)
  })
})
