import { describe, expect, it } from 'vitest'
import { HookedPod } from './hooked-pod.ts'

const cat = (path: string) => ({ exec: { command: ['cat', path] } })
const often = { initialDelaySeconds: 5, periodSeconds: 5 }
const busybox = { image: 'busybox', command: ['sleep', '100000'] }
const MISSING = "cat: can't open '/tmp/healthy': No such file or directory\n"

describe('a probe that runs a command', () => {
  it('finds what the container itself writes and removes', () => {
    const script = 'touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600'
    const life = new HookedPod({
      image: 'registry.k8s.io/busybox',
      args: ['/bin/sh', '-c', script],
      livenessProbe: { ...cat('/tmp/healthy'), ...often },
    })
    life.pass(29)
    expect(life.events).toEqual([])
    life.pass(11)
    const failed = `Warning Unhealthy: Liveness probe failed: ${MISSING}`
    const killing = 'Normal Killing: Container main failed liveness probe, will be restarted'
    expect(life.events).toEqual([failed, killing])
    expect(life.container.restartCount).toBe(0)
    life.pass(30)
    expect(life.container).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 137, reason: 'Error' } },
    })
    // and again, after a while
    life.pass(81)
    expect(life.container.restartCount).toBe(2)
  })

  it('finds what somebody writes by hand', () => {
    const life = new HookedPod({ ...busybox, readinessProbe: { ...cat('/tmp/healthy'), ...often } })
    life.pass(7)
    expect(life.container.ready).toBe(false)
    expect(life.events).toEqual([`Warning Unhealthy: Readiness probe failed: ${MISSING}`])
    life.exec('touch', '/tmp/healthy')
    expect(life.container.ready).toBe(false)
    life.pass(3)
    expect(life.container.ready).toBe(true)
    life.exec('rm', '/tmp/healthy')
    life.pass(14)
    expect(life.container.ready).toBe(true)
    life.pass(1)
    expect(life.container.ready).toBe(false)
  })

  it('finds what a hook has written, and begins after it', () => {
    const life = new HookedPod({
      ...busybox,
      lifecycle: { postStart: { exec: { command: ['sh', '-c', 'sleep 9; touch /tmp/healthy'] } } },
      readinessProbe: cat('/tmp/healthy'),
    })
    life.pass(8)
    expect(life.pod.status.phase).toBe('Pending')
    life.pass(1)
    expect(life.container.ready).toBe(true)
    expect(life.events).toEqual([])
  })

  it('finds ConfigMaps and what other containers write', () => {
    const life = new HookedPod(
      {},
      {
        containers: [
          {
            name: 'main',
            ...busybox,
            volumeMounts: [
              { name: 'conf', mountPath: '/conf' },
              { name: 'data', mountPath: '/data' },
            ],
            readinessProbe: { exec: { command: ['grep', '-q', 'yes', '/conf/ready'] } },
            livenessProbe: {
              exec: { command: ['test', '!', '-e', '/data/dead'] },
              failureThreshold: 1,
            },
          },
          {
            name: 'other',
            image: 'busybox',
            command: ['sh', '-c', 'sleep 55; touch /data/dead; sleep 10000'],
            volumeMounts: [{ name: 'data', mountPath: '/data' }],
          },
        ],
        volumes: [
          { name: 'conf', configMap: { name: 'conf' } },
          { name: 'data', emptyDir: {} },
        ],
      },
    )
    const conf = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'conf' },
      data: { ready: 'no' },
    }
    life.script.create(conf)
    life.pass(11)
    expect(life.container.ready).toBe(false)
    life.script.request('PUT', '/api/v1/namespaces/default/configmaps/conf', {
      ...conf,
      data: { ready: 'yes' },
    })
    life.pass(9)
    expect(life.container.ready).toBe(true)
    life.pass(39)
    expect(life.events.at(-1)).toBe('Warning Unhealthy: Readiness probe failed: ')
    life.pass(1)
    expect(life.events.slice(-2)).toEqual([
      'Warning Unhealthy: Liveness probe failed: ',
      'Normal Killing: Container main failed liveness probe, will be restarted',
    ])
  })

  it('asks the network until it says something else', () => {
    const life = new HookedPod({
      ...busybox,
      readinessProbe: {
        exec: { command: ['nslookup', 'late.default.svc.cluster.local'] },
        periodSeconds: 3,
      },
    })
    life.pass(10)
    expect(life.container.ready).toBe(false)
    life.script.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'late', namespace: 'default' },
      spec: { ports: [{ port: 80 }] },
    })
    // the name server remembers for a while that there was no such name
    life.pass(60)
    expect(life.container.ready).toBe(true)
  })

  it.each([
    [['sh', '-c', 'sleep 3'], 'command "sh -c sleep 3" timed out'],
    [['sh', '-c', 'echo out; echo err >&2; exit 9'], 'out\nerr\n'],
    [
      ['/bin/nope'],
      'OCI runtime exec failed: exec failed: unable to start container process: exec: "/bin/nope": stat /bin/nope: no such file or directory: unknown\r\n',
    ],
  ])('fails with %j', (command, message) => {
    const life = new HookedPod({ ...busybox, readinessProbe: { exec: { command } } })
    life.pass(1)
    expect(life.events).toEqual([`Warning Unhealthy: Readiness probe failed: ${message}`])
  })

  it.each([
    ['an image that nobody knows', 'shop/api:1', ['/app/healthcheck', '--fast']],
    ['a client that nobody plays', 'redis', ['redis-cli', 'ping']],
    ['files that nobody knows', 'shop/api:1', ['cat', '/app/ready']],
  ])('is taken to succeed with %s', (_, image, command) => {
    const life = new HookedPod({ image, readinessProbe: { exec: { command } } })
    life.pass(1)
    expect(life.container.ready).toBe(true)
  })

  it('leaves nothing to do while nothing changes', () => {
    const life = new HookedPod({ image: 'nginx', livenessProbe: { exec: { command: ['true'] } } })
    life.pass(100)
    const { revision } = life.script.cluster
    expect(life.script.cluster.nextDeadline()).toBeUndefined()
    life.pass(10_000)
    expect(life.script.cluster.revision).toBe(revision)
  })
})
