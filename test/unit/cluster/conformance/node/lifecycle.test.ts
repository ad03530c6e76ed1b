// kubernetes: test/e2e/common/node/{lifecycle_hook,container_probe}.go, test/e2e/node/pre_stop.go
import { beforeEach, describe, expect, it } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { AGNHOST, BUSYBOX, PAUSE } from '../../../../support/conformance-objects.ts'
import { logOf, untilEnded, untilLogged } from '../../../../support/conformance-output.ts'
import * as readiness from '../../../../support/conformance-status.ts'
import { Framework } from '../../../../support/conformance.ts'

const f = new Framework()

const untilReady = (name: string): Pod => readiness.untilReady(f, name)
const statusOf = (name: string, container?: string) => readiness.statusOf(f, name, container)

const isGone = (name: string): boolean => f.find('pods', name) === undefined

describe('[sig-node] Container Lifecycle Hook when create a pod with lifecycle hook', () => {
  const HANDLER = 'pod-handle-http-request'
  let host = ''

  beforeEach(() => {
    f.begin('container-lifecycle-hook')
    f.create('pods', {
      metadata: { name: HANDLER },
      spec: {
        containers: [
          {
            name: 'container-handle-http-request',
            image: AGNHOST,
            args: ['netexec'],
            ports: [{ containerPort: 8080, protocol: 'TCP' }],
          },
        ],
      },
    })
    host = untilReady(HANDLER).status.podIP!
  })

  const hooked = (name: string, lifecycle: object): void => {
    f.create('pods', {
      metadata: { name },
      spec: { containers: [{ name, image: PAUSE, lifecycle }] },
    })
    untilReady(name)
  }
  const curl = (what: string) => ({
    exec: { command: ['sh', '-c', `curl http://${host}:8080/echo?msg=${what}`] },
  })
  const withCurl = (name: string, lifecycle: object): void => {
    f.create('pods', {
      metadata: { name },
      spec: { containers: [{ name, image: AGNHOST, lifecycle }] },
    })
    untilReady(name)
  }
  const get = (what: string) => ({ httpGet: { path: `/echo?msg=${what}`, host, port: 8080 } })
  const deleted = (name: string): void => {
    f.delete('pods', name, { gracePeriodSeconds: 15 })
    f.until('its end', () => isGone(name))
  }

  it('should execute poststart exec hook properly [NodeConformance] [Conformance]', () => {
    withCurl('pod-with-poststart-exec-hook', { postStart: curl('poststart') })
    untilLogged(f, HANDLER, 'GET /echo?msg=poststart')
    deleted('pod-with-poststart-exec-hook')
  })

  it('should execute prestop exec hook properly [NodeConformance] [Conformance]', () => {
    withCurl('pod-with-prestop-exec-hook', { preStop: curl('prestop') })
    expect(logOf(f, HANDLER)).not.toContain('prestop')
    deleted('pod-with-prestop-exec-hook')
    untilLogged(f, HANDLER, 'GET /echo?msg=prestop')
  })

  it('should execute poststart http hook properly [NodeConformance] [Conformance]', () => {
    hooked('pod-with-poststart-http-hook', { postStart: get('poststart') })
    untilLogged(f, HANDLER, 'GET /echo?msg=poststart')
    deleted('pod-with-poststart-http-hook')
  })

  it('should execute prestop http hook properly [NodeConformance] [Conformance]', () => {
    hooked('pod-with-prestop-http-hook', { preStop: get('prestop') })
    expect(logOf(f, HANDLER)).not.toContain('prestop')
    deleted('pod-with-prestop-http-hook')
    untilLogged(f, HANDLER, 'GET /echo?msg=prestop')
  })

  it.each(['postStart', 'preStop'])('valid %s hook using sleep action', (when) => {
    const name = 'pod-with-sleep-hook'
    const before = f.api.cluster.now
    f.create('pods', {
      metadata: { name },
      spec: {
        containers: [{ name, image: PAUSE, lifecycle: { [when]: { sleep: { seconds: 5 } } } }],
      },
    })
    untilReady(name)
    const started = f.api.cluster.now - before
    deleted(name)
    const stopped = f.api.cluster.now - before - started
    expect(when === 'postStart' ? started : stopped).toBeGreaterThanOrEqual(5000)
    expect(when === 'postStart' ? stopped : started).toBeLessThan(5000)
  })

  it('ignore terminated container', () => {
    const name = 'pod-with-prestop-sleep-hook'
    f.create('pods', {
      metadata: { name },
      spec: {
        restartPolicy: 'Never',
        containers: [
          {
            name,
            image: BUSYBOX,
            command: ['sh', '-c', 'exit 0'],
            lifecycle: { preStop: { sleep: { seconds: 20 } } },
          },
        ],
      },
    })
    untilEnded(f, name)
    const before = f.api.cluster.now
    deleted(name)
    expect(f.api.cluster.now - before).toBeLessThan(20_000)
  })
})

describe('[sig-node] PreStop', () => {
  it('should call prestop when killing a pod [Conformance]', () => {
    f.begin('prestop')
    f.create('pods', {
      metadata: { name: 'server' },
      spec: {
        containers: [{ name: 'agnhost', image: AGNHOST, args: ['netexec', '--http-port=8080'] }],
      },
    })
    const ip = untilReady('server').status.podIP!
    const command = [
      'wget',
      '-O-',
      '--post-data={"Source": "prestop"}',
      `http://${ip}:8080/echo?msg=prestop`,
    ]
    f.create('pods', {
      metadata: { name: 'tester' },
      spec: {
        containers: [
          {
            name: 'tester',
            image: BUSYBOX,
            command: ['sleep', '600'],
            lifecycle: { preStop: { exec: { command } } },
          },
        ],
      },
    })
    untilReady('tester')
    f.delete('pods', 'tester')
    untilLogged(f, 'server', '/echo?msg=prestop')
  })
})

describe('[sig-node] Probing container', () => {
  beforeEach(() => f.begin('container-probe'))

  const testWebserver = (name: string, probes: object): void => {
    f.create('pods', {
      metadata: { name },
      spec: {
        containers: [
          {
            name: 'test-webserver',
            image: AGNHOST,
            args: ['test-webserver'],
            ports: [{ containerPort: 80 }],
            ...probes,
          },
        ],
      },
    })
  }
  /** The Pod is (not) restarted within two or four minutes. kubernetes: RunLivenessTest */
  const livenessTest = (container: object, restarts: number, seconds = 240): void => {
    const name = 'liveness'
    f.create('pods', {
      metadata: { name },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [{ name, image: AGNHOST, ...container }],
      },
    })
    f.until('it to run', () => f.get('pods', name).status.phase === 'Running')
    let last = 0
    const until = f.api.cluster.now + seconds * 1000
    while (f.api.cluster.now < until && last < restarts) {
      f.sleep(2)
      const { restartCount } = statusOf(name)
      expect(restartCount).toBeGreaterThanOrEqual(last)
      last = restartCount
    }
    expect(last).toBe(restarts)
  }
  const cat = {
    exec: { command: ['cat', '/tmp/health'] },
    initialDelaySeconds: 15,
    failureThreshold: 1,
    timeoutSeconds: 5,
  }
  const healthz = {
    httpGet: { path: '/healthz', port: 8080 },
    initialDelaySeconds: 15,
    failureThreshold: 1,
  }

  it('with readiness probe should not be ready before initial delay and never restart [NodeConformance] [Conformance]', () => {
    const readinessProbe = {
      httpGet: { path: '/', port: 80 },
      initialDelaySeconds: 30,
      timeoutSeconds: 60,
    }
    testWebserver('p', { readinessProbe })
    const { status } = untilReady('p')
    const ready = status.conditions!.find(({ type }) => type === 'Ready')!.lastTransitionTime!
    const started = status.containerStatuses![0]!.state.running!.startedAt!
    expect(Date.parse(ready) - Date.parse(started)).toBeGreaterThanOrEqual(29_000)
    expect(status.containerStatuses![0]!.restartCount).toBe(0)
  })

  it('with readiness probe that fails should never be ready and never restart [NodeConformance] [Conformance]', () => {
    testWebserver('p', {
      readinessProbe: { exec: { command: ['/bin/false'] }, initialDelaySeconds: 30 },
    })
    for (let waited = 0; waited < 120; waited += 10) {
      f.sleep(10)
      expect(statusOf('p')).toMatchObject({ ready: false, restartCount: 0 })
    }
  })

  it('should be restarted with a exec "cat /tmp/health" liveness probe [NodeConformance] [Conformance]', () => {
    const command = [
      '/bin/sh',
      '-c',
      'echo ok >/tmp/health; sleep 10; rm -rf /tmp/health; sleep 600',
    ]
    livenessTest({ image: BUSYBOX, command, livenessProbe: cat }, 1)
  })

  it('should *not* be restarted with a exec "cat /tmp/health" liveness probe [NodeConformance] [Conformance]', () => {
    const command = ['/bin/sh', '-c', 'echo ok >/tmp/health; sleep 600']
    livenessTest({ image: BUSYBOX, command, livenessProbe: cat }, 0)
  })

  it('should be restarted with a /healthz http liveness probe [NodeConformance] [Conformance]', () => {
    livenessTest({ args: ['liveness'], livenessProbe: healthz }, 1)
  })

  it('should *not* be restarted with a tcp:8080 liveness probe [NodeConformance] [Conformance]', () => {
    const livenessProbe = {
      tcpSocket: { port: 8080 },
      initialDelaySeconds: 15,
      failureThreshold: 1,
    }
    livenessTest({ args: ['netexec'], livenessProbe }, 0)
  })

  it('should have monotonically increasing restart count [NodeConformance] [Conformance]', () => {
    const livenessProbe = {
      httpGet: { path: '/healthz', port: 8080 },
      initialDelaySeconds: 5,
      failureThreshold: 1,
      periodSeconds: 5,
    }
    livenessTest({ args: ['liveness'], livenessProbe }, 5, 600)
  })

  it('should *not* be restarted with a /healthz http liveness probe [NodeConformance] [Conformance]', () => {
    const livenessProbe = {
      httpGet: { path: '/', port: 80 },
      initialDelaySeconds: 15,
      timeoutSeconds: 5,
      failureThreshold: 5,
    }
    livenessTest({ args: ['test-webserver'], livenessProbe }, 0)
  })

  it('should *not* be restarted with a GRPC liveness probe [NodeConformance] [Conformance]', () => {
    const livenessProbe = {
      grpc: { port: 5000 },
      initialDelaySeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 1,
    }
    livenessTest({ args: ['grpc-health-checking'], livenessProbe }, 0)
  })

  it('should be restarted with a GRPC liveness probe [NodeConformance] [Conformance]', () => {
    const livenessProbe = {
      grpc: { port: 2333 },
      initialDelaySeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 1,
    }
    livenessTest({ args: ['grpc-health-checking'], livenessProbe }, 1)
  })

  it('should be restarted with an exec liveness probe with timeout [MinimumKubeletVersion:1.20]', () => {
    const command = ['/bin/sh', '-c', 'sleep 600']
    const livenessProbe = {
      exec: { command: ['/bin/sh', '-c', 'sleep 10'] },
      initialDelaySeconds: 15,
      timeoutSeconds: 1,
      failureThreshold: 1,
    }
    livenessTest({ image: BUSYBOX, command, livenessProbe }, 1)
  })

  it('should *not* be restarted by liveness probe because startup probe delays it', () => {
    const command = ['/bin/sh', '-c', 'sleep 600']
    const startupProbe = {
      exec: { command: ['/bin/cat', '/tmp/startup'] },
      initialDelaySeconds: 15,
      failureThreshold: 60,
    }
    const livenessProbe = {
      exec: { command: ['/bin/false'] },
      initialDelaySeconds: 15,
      failureThreshold: 1,
    }
    livenessTest({ image: BUSYBOX, command, startupProbe, livenessProbe }, 0)
  })

  it('should be ready immediately after startupProbe succeeds', () => {
    const command = [
      '/bin/sh',
      '-c',
      'echo ok >/tmp/health; sleep 10; echo ok >/tmp/startup; sleep 600',
    ]
    const startupProbe = { exec: { command: ['/bin/cat', '/tmp/startup'] }, failureThreshold: 60 }
    const readinessProbe = {
      exec: { command: ['/bin/cat', '/tmp/health'] },
      initialDelaySeconds: 0,
      periodSeconds: 60,
    }
    f.create('pods', {
      metadata: { name: 'startup' },
      spec: {
        containers: [{ name: 'busybox', image: BUSYBOX, command, startupProbe, readinessProbe }],
      },
    })
    f.until('its start', () => statusOf('startup')?.started === true)
    expect(statusOf('startup').ready).toBe(true)
  })
})
