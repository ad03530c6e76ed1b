import { describe, expect, it } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { ScriptedCluster } from '../../../../support/scripted-cluster.ts'
import { aPod, ask, get } from '../live-cluster.ts'
import { HookedPod, POD } from './hooked-pod.ts'

const sh = (script: string) => ({ exec: { command: ['sh', '-c', script] } })

describe('a postStart hook', () => {
  it('writes into the files of its container, and servers see it', () => {
    const postStart = sh('echo "Hello $WHO" > /usr/share/nginx/html/index.html')
    const life = new HookedPod({
      image: 'nginx',
      env: [{ name: 'WHO', value: 'world' }],
      lifecycle: { postStart },
    })
    expect(life.container).toMatchObject({ ready: true, started: true })
    const { script } = life
    const answer = ask(script.cluster.world(), 'p', get(80))
    expect(answer).toMatchObject({ kind: 'http', status: 200, body: 'Hello world\n' })
    expect(life.exec('cat', '/usr/share/nginx/html/index.html').stdout).toBe('Hello world\n')
  })

  it('holds its container up, and those that come after it', () => {
    const life = new HookedPod(
      {},
      {
        containers: [
          { name: 'main', image: 'nginx', lifecycle: { postStart: { sleep: { seconds: 20 } } } },
          { name: 'second', image: 'busybox', command: ['sleep', '1000'] },
        ],
      },
    )
    life.pass(19)
    expect(life.pod.status.phase).toBe('Pending')
    const held = {
      started: false,
      ready: false,
      state: { waiting: { reason: 'ContainerCreating' } },
    }
    expect(life.pod.status.containerStatuses).toMatchObject([held, held])
    // it can be looked into all the same
    expect(life.exec('echo', 'here').stdout).toBe('here\n')
    life.pass(1)
    expect(life.pod.status.phase).toBe('Running')
    expect(life.container).toMatchObject({ started: true, ready: true })
    const [main, second] = life.pod.status.containerStatuses!
    const since = (status: typeof main) => Date.parse(status!.state.running!.startedAt!)
    expect(since(second) - since(main)).toBe(20_000)
  })

  it('waits for what the network brings', () => {
    const postStart = sh(
      'until wget -q -T 1 -O- http://10.96.7.7; do sleep 1; done; echo ok > /tmp/ok',
    )
    const life = new HookedPod({
      image: 'busybox',
      command: ['sleep', '1000'],
      lifecycle: { postStart },
    })
    life.pass(5)
    expect(life.pod.status.phase).toBe('Pending')
    life.script.create(aPod('web', { image: 'nginx' }))
    life.script.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'default' },
      spec: { clusterIP: '10.96.7.7', selector: { app: 'web' }, ports: [{ port: 80 }] },
    })
    life.pass(2)
    expect(life.pod.status.phase).toBe('Running')
    expect(life.exec('cat', '/tmp/ok').stdout).toBe('ok\n')
  })

  it('that fails has its container killed and started again, later and later', () => {
    const life = new HookedPod({
      image: 'nginx',
      lifecycle: { postStart: sh('echo no >&2; exit 3') },
    })
    const uid = life.pod.metadata.uid
    expect(life.events).toEqual([
      'Warning FailedPostStartHook: PostStartHook failed',
      'Normal Killing: FailedPostStartHook',
      expect.stringMatching(
        /^Warning BackOff: Back-off restarting failed container main in pod p_/,
      ),
    ])
    expect(life.container).toMatchObject({
      restartCount: 1,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 0, reason: 'Completed' } },
    })
    life.pass(10)
    expect(life.container.restartCount).toBe(2)
    expect(uid).toBe(life.pod.metadata.uid)
  })

  it('that fails says why as long as its container waits to be started again', () => {
    const life = new HookedPod(
      {
        image: 'nginx',
        lifecycle: {
          postStart: sh(
            'if [ -e /data/x ]; then sleep 5; else touch /data/x; echo no >&2; exit 3; fi',
          ),
        },
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      },
      { volumes: [{ name: 'data', emptyDir: {} }] },
    )
    life.pass(1)
    const command = `[sh -c ${(life.pod.spec.containers[0]!.lifecycle!.postStart!.exec!.command ?? [])[2]}]`
    expect(life.container.state.waiting).toEqual({
      reason: 'PostStartHookError',
      message: `Exec lifecycle hook (${command}) for Container "main" in Pod "p_default(${life.pod.metadata.uid})" failed - error: command '${command.slice(1, -1)}' exited with 3: no\n, message: "no\\n"`,
    })
    expect(life.container).toMatchObject({
      restartCount: 0,
      lastState: { terminated: { exitCode: 0 } },
    })
    life.pass(5)
    expect(life.container).toMatchObject({ restartCount: 1, ready: true })
  })

  it('dies with its container, and that is a failure', () => {
    const life = new HookedPod({
      image: 'busybox',
      command: ['sh', '-c', 'sleep 3; exit 4'],
      lifecycle: { postStart: sh('sleep 100') },
    })
    life.pass(3)
    expect(life.events.slice(0, 2)).toEqual([
      'Warning FailedPostStartHook: PostStartHook failed',
      'Normal Killing: FailedPostStartHook',
    ])
    expect(life.container.state.waiting).toEqual({
      reason: 'PostStartHookError',
      message: expect.stringMatching(/command 'sh -c sleep 100' exited with 137: , message: ""$/),
    })
    expect(life.container.lastState.terminated).toMatchObject({ exitCode: 4 })
  })

  it('that fails ends a Pod that is not to be started again', () => {
    const life = new HookedPod(
      { image: 'nginx', lifecycle: { postStart: sh('exit 1') } },
      { restartPolicy: 'Never' },
    )
    expect(life.container.state.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' })
  })

  it('asks a server of another Pod, which knows who asks', () => {
    const script = new ScriptedCluster({ settings: { delays: 'instant' } })
    script.advance(1000)
    script.create(
      aPod('target', {
        image: 'registry.k8s.io/e2e-test-images/agnhost:2.63.0',
        args: ['netexec'],
      }),
    )
    const target = () => script.get('/api/v1/namespaces/default/pods/target') as Pod
    const postStart = {
      httpGet: { host: target().status.podIP!, port: 8080, path: 'echo?msg=poststart' },
    }
    script.create(aPod('p', { image: 'nginx', lifecycle: { postStart } }))
    expect((script.get(POD) as Pod).status.phase).toBe('Running')
    const log = script.request('GET', '/api/v1/namespaces/default/pods/target/log')
    expect(JSON.stringify(log)).toContain('GET /echo?msg=poststart')
  })

  it.each([
    ['nobody listens there', { port: 81 }],
    ['there is no such port', { port: 'web' }],
  ])('fails where %s', (_, httpGet) => {
    const life = new HookedPod({ image: 'nginx', lifecycle: { postStart: { httpGet } } })
    expect(life.events[0]).toBe('Warning FailedPostStartHook: PostStartHook failed')
  })

  it('takes whatever a server says for success', () => {
    const life = new HookedPod({
      image: 'nginx',
      lifecycle: { postStart: { httpGet: { port: 80, path: '/nothing' } } },
    })
    expect(life.pod.status.phase).toBe('Running')
    expect(life.events).toEqual([])
  })
})

describe('a preStop hook', () => {
  it('runs before its container is sent the signal, and takes from its time', () => {
    const life = new HookedPod(
      {
        image: 'busybox',
        command: ['sleep', '1000'],
        lifecycle: { preStop: sh('sleep 4; echo bye > /data/note') },
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      },
      { terminationGracePeriodSeconds: 10, volumes: [{ name: 'data', emptyDir: {} }] },
    )
    life.pass(1).delete()
    expect(life.events).toEqual(['Normal Killing: Stopping container main'])
    life.pass(4)
    expect(life.exec('cat', '/data/note').stdout).toBe('bye\n')
    life.pass(5)
    expect(life.isGone).toBe(false)
    expect(life.pass(1).isGone).toBe(true)
  })

  it('leaves at least two seconds', () => {
    const life = new HookedPod({
      image: 'busybox',
      command: ['sleep', '1000'],
      lifecycle: { preStop: { sleep: { seconds: 5 } } },
    })
    life.pass(1).delete(5).pass(6)
    expect(life.isGone).toBe(false)
    expect(life.pass(1).isGone).toBe(true)
    expect(life.events).toEqual(['Normal Killing: Stopping container main'])
  })

  it('that never ends is cut off, and that is a failure', () => {
    const life = new HookedPod({ image: 'nginx', lifecycle: { preStop: sh('sleep 1000') } })
    life.pass(1).delete(3).pass(3)
    expect(life.isGone).toBe(true)
    expect(life.events).toEqual([
      'Normal Killing: Stopping container main',
      'Warning FailedPreStopHook: PreStopHook failed',
    ])
  })

  it('that fails does not hold the container up', () => {
    const life = new HookedPod({
      image: 'nginx',
      lifecycle: { preStop: { exec: { command: ['/nope'] } } },
    })
    life.pass(1).delete()
    expect(life.isGone).toBe(true)
    expect(life.events).toEqual([
      'Normal Killing: Stopping container main',
      'Warning FailedPreStopHook: PreStopHook failed',
    ])
  })

  it('tells nginx to quit', () => {
    const preStop = { exec: { command: ['/usr/sbin/nginx', '-s', 'quit'] } }
    const life = new HookedPod({ image: 'nginx', lifecycle: { preStop } })
    life.pass(1).delete()
    expect(life.isGone).toBe(true)
    expect(life.events).toEqual(['Normal Killing: Stopping container main'])
  })

  it('runs before a container that fails its probe is killed', () => {
    const life = new HookedPod({
      image: 'nginx',
      lifecycle: { preStop: { sleep: { seconds: 7 } } },
      livenessProbe: { tcpSocket: { port: 81 }, failureThreshold: 1, periodSeconds: 1000 },
    })
    expect(life.events).toContain(
      'Normal Killing: Container main failed liveness probe, will be restarted',
    )
    expect(life.pass(6).container.restartCount).toBe(0)
    expect(life.pass(1).container.restartCount).toBe(1)
  })

  it('does not run if there is no time', () => {
    const life = new HookedPod({
      image: 'nginx',
      lifecycle: { preStop: { sleep: { seconds: 7 } } },
    })
    life.pass(1).delete(0)
    expect(life.isGone).toBe(true)
  })
})

describe('a Pod that is deleted while its postStart hook runs', () => {
  it('fails the hook and ends', () => {
    const life = new HookedPod({
      image: 'nginx',
      lifecycle: { postStart: { sleep: { seconds: 20 } } },
    })
    life.pass(5).delete()
    expect(life.isGone).toBe(true)
    expect(life.events).toEqual([
      'Warning FailedPostStartHook: PostStartHook failed',
      'Normal Killing: FailedPostStartHook',
    ])
  })
})
