import { describe, expect, it } from 'vitest'
import { scheduleProbe } from '#kubelet/probe-schedule.ts'
import { PodLife } from '../../../support/pod-life.ts'

const web = { name: 'c', image: 'bootdotdev/synergychat-web:latest' }
/** Pull and start. */
const STARTED = 1200

describe('readiness', () => {
  it('waits for its first delay', () => {
    const readinessProbe = { httpGet: { port: 8080 }, initialDelaySeconds: 5 }
    const life = new PodLife([{ ...web, readinessProbe }])
    life.pass(STARTED + 4999)
    expect(life.container()).toMatchObject({ ready: false, started: true })
    expect(life.pod.status.phase).toBe('Running')
    expect(life.pass(1).condition('Ready')!.status).toBe('True')
    expect(life.isAtRest).toBe(true)
  })

  it('says once why it fails, and asks no more while the answer stays', () => {
    const readinessProbe = { httpGet: { port: 9999, path: 'x' }, periodSeconds: 5 }
    const life = new PodLife([{ ...web, readinessProbe }])
    life.pass(3_600_000)
    expect(life.container().ready).toBe(false)
    expect(life.events.filter((event) => event.includes('Unhealthy'))).toEqual([
      'Warning Unhealthy: Readiness probe failed: Get "http://10.244.1.5:9999/x": dial tcp 10.244.1.5:9999: connect: connection refused',
    ])
    expect(life.isAtRest).toBe(true)
  })

  it.each([
    [{ httpGet: { port: 8080, path: '/nothing' } }, 'HTTP probe failed with statuscode: 404'],
    [{ tcpSocket: { port: 81 } }, 'dial tcp 10.244.1.5:81: connect: connection refused'],
    [
      { httpGet: { port: 8080, scheme: 'HTTPS' as const } },
      'Get "https://10.244.1.5:8080/": http: server gave HTTP response to HTTPS client',
    ],
    [
      { exec: { command: ['cat', '/tmp/ready'] } },
      "cat: can't open '/tmp/ready': No such file or directory\n",
    ],
  ])('fails for %j', (readinessProbe, message) => {
    const life = new PodLife([{ ...web, readinessProbe }])
    life.pass(5000)
    expect(life.events).toContain(`Warning Unhealthy: Readiness probe failed: ${message}`)
  })

  it('finds a port by its name', () => {
    const ports = [{ name: 'http', containerPort: 8080 }]
    const readinessProbe = { httpGet: { port: 'http' } }
    expect(new PodLife([{ ...web, ports, readinessProbe }]).pass(2000).container().ready).toBe(true)
  })

  it('takes an unknown server to be as healthy as its author says', () => {
    const readinessProbe = { httpGet: { port: 3000, path: '/health' } }
    const ports = [{ containerPort: 3000 }]
    for (const declared of [{ ports }, {}]) {
      const life = new PodLife([{ name: 'c', image: 'shop/web:1', ...declared, readinessProbe }])
      expect(life.pass(2000).container().ready).toBe(true)
    }
  })
})

describe('liveness', () => {
  const script = 'touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600'
  const livenessProbe = {
    exec: { command: ['cat', '/tmp/healthy'] },
    initialDelaySeconds: 5,
    periodSeconds: 5,
  }
  const container = { name: 'c', image: 'busybox:1.36', args: ['/bin/sh', '-c', script] }

  it('kills and restarts a container after three failures', () => {
    const life = new PodLife([{ ...container, livenessProbe }])
    life.pass(STARTED + 40_000)
    expect(life.events.slice(-3)).toEqual([
      "Warning Unhealthy: Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory\n",
      "Warning Unhealthy x2: Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory\n",
      'Normal Killing: Container c failed liveness probe, will be restarted',
    ])
    // sh does not handle SIGTERM: it is killed after the grace period
    expect(life.container().restartCount).toBe(0)
    life.pass(30_000)
    life.pass(1000)
    expect(life.container()).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 137, reason: 'Error' } },
    })
  })
})

describe('startup', () => {
  it('holds the other probes back, and kills what never starts', () => {
    const life = new PodLife([
      {
        ...web,
        startupProbe: { tcpSocket: { port: 1 }, periodSeconds: 1, failureThreshold: 5 },
        readinessProbe: { tcpSocket: { port: 8080 } },
      },
    ])
    life.pass(STARTED + 3999)
    expect(life.container()).toMatchObject({ started: false, ready: false })
    life.pass(1)
    expect(life.events.at(-1)).toBe(
      'Normal Killing: Container c failed startup probe, will be restarted',
    )
  })

  it('lets readiness begin when it succeeded', () => {
    const life = new PodLife([
      {
        ...web,
        startupProbe: { tcpSocket: { port: 8080 }, initialDelaySeconds: 3 },
        readinessProbe: { tcpSocket: { port: 8080 } },
      },
    ])
    expect(life.pass(STARTED + 2999).container().started).toBe(false)
    expect(life.pass(1).container()).toMatchObject({ started: true, ready: true })
  })
})

describe('a schedule', () => {
  const probe = { periodSeconds: 10, failureThreshold: 3, successThreshold: 2 }

  it('counts ticks instead of running them', () => {
    const outcomes = [
      { from: 0, isHealthy: true, message: '' },
      { from: 12_000, isHealthy: false, message: 'no' },
      { from: 65_000, isHealthy: true, message: '' },
    ]
    expect(scheduleProbe(probe, outcomes, 0, 0, false)).toEqual({
      changes: [
        { at: 10_000, isHealthy: true },
        { at: 40_000, isHealthy: false },
        { at: 80_000, isHealthy: true },
      ],
      failures: [
        { at: 20_000, message: 'no', count: 1 },
        { at: 40_000, message: 'no', count: 2 },
      ],
    })
  })

  it('does not see what happens between two ticks', () => {
    const outcomes = [
      { from: 0, isHealthy: true, message: '' },
      { from: 11_000, isHealthy: false, message: 'no' },
      { from: 19_000, isHealthy: true, message: '' },
    ]
    expect(scheduleProbe({ ...probe, successThreshold: 1 }, outcomes, 0, 0, false)).toEqual({
      changes: [{ at: 0, isHealthy: true }],
      failures: [],
    })
  })
})
