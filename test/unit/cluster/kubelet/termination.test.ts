import { describe, expect, it } from 'vitest'
import { DELAYS } from '#settings.ts'
import { PodLife } from '../../../support/pod-life.ts'

describe('a pod that is deleted', () => {
  it('stops its containers before it is done', () => {
    const life = new PodLife([{ name: 'c', image: 'nginx' }])
    life.pass(5000)
    life.delete()
    expect(life.events.at(-1)).toBe('Normal Killing: Stopping container c')
    expect(life.condition('Ready')!.status).toBe('True')
    expect(life.isFinished).toBe(false)
    life.pass(600)
    expect(life.isFinished).toBe(true)
    expect(life.pod.status.phase).toBe('Succeeded')
    expect(life.container().state.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' })
    expect(life.condition('Ready')!.status).toBe('False')
  })

  it('is killed after the grace period if it does not listen', () => {
    const life = new PodLife([{ name: 'c', image: 'busybox', command: ['sleep', '3600'] }])
    life.pass(5000)
    life.delete(10).pass(9999)
    expect(life.isFinished).toBe(false)
    life.pass(1)
    expect(life.isFinished).toBe(true)
    expect(life.pod.status.phase).toBe('Failed')
    expect(life.container().state.terminated).toMatchObject({ exitCode: 137, reason: 'Error' })
  })

  it('runs its preStop hook first', () => {
    const lifecycle = { preStop: { exec: { command: ['sh', '-c', 'sleep 5'] } } }
    const life = new PodLife([{ name: 'c', image: 'nginx', lifecycle }])
    life.pass(5000)
    expect(life.delete().pass(5599).isFinished).toBe(false)
    expect(life.pass(1).isFinished).toBe(true)
  })

  it('follows a shorter grace period', () => {
    const life = new PodLife([{ name: 'c', image: 'busybox', command: ['sleep', '3600'] }])
    life.pass(5000)
    life.delete(30).pass(1000)
    life.delete(2).pass(1000)
    expect(life.isFinished).toBe(true)
  })

  it('is done at once if it never ran', () => {
    expect(new PodLife([{ name: 'c', image: 'ngnix' }]).delete().isFinished).toBe(true)
  })

  it('is done at once in a cluster where nothing takes time', () => {
    const options = { images: 'always', delays: DELAYS.instant } as const
    const life = new PodLife([{ name: 'c', image: 'busybox', command: ['sleep', '9'] }], options)
    expect(life.delete().isFinished).toBe(true)
  })
})

describe('a deadline', () => {
  it('fails the pod', () => {
    const life = new PodLife([{ name: 'c', image: 'nginx' }], {
      spec: { activeDeadlineSeconds: 20 },
    })
    life.pass(19_999)
    expect(life.pod.status.phase).toBe('Running')
    life.pass(1000)
    const message = 'Pod was active on the node longer than the specified deadline'
    expect(life.pod.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded', message })
    expect(life.events).toContain(`Normal DeadlineExceeded: ${message}`)
  })
})

describe('a power loss', () => {
  it('restarts what may be restarted, in a new sandbox', () => {
    const life = new PodLife([{ name: 'c', image: 'nginx:1.29' }])
    life.pass(5000)
    life.losePower(60_000)
    life.pass(400)
    expect(life.events).toContain(
      'Normal SandboxChanged: Pod sandbox changed, it will be killed and re-created.',
    )
    expect(life.container()).toMatchObject({
      restartCount: 1,
      ready: true,
      lastState: { terminated: { exitCode: 255, finishedAt: '2026-01-01T00:00:05Z' } },
      state: { running: { startedAt: '2026-01-01T00:01:05Z' } },
    })
  })

  it('fails what is not restarted', () => {
    const spec = { restartPolicy: 'Never' } as const
    const life = new PodLife([{ name: 'c', image: 'nginx:1.29' }], { spec })
    life.pass(5000)
    expect(life.losePower(60_000).pod.status.phase).toBe('Failed')
  })

  it('ends a pod that was being deleted', () => {
    const life = new PodLife([{ name: 'c', image: 'nginx:1.29' }])
    life.pass(5000)
    life.delete()
    expect(life.losePower(1000).isFinished).toBe(true)
  })
})
