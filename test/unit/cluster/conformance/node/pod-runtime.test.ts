// kubernetes: test/e2e/common/node/{init_container,ephemeral_containers,runtime,kubelet,pods,pod_resize}.go, test/e2e/node/pods.go
import { beforeEach, describe, expect, it } from 'vitest'
import type { Event } from '#api/core/v1/event/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { BUSYBOX, PAUSE } from '../../../../support/conformance-objects.ts'
import { untilEnded } from '../../../../support/conformance-output.ts'
import { exec } from '../../../../support/conformance-pods.ts'
import * as readiness from '../../../../support/conformance-status.ts'
import { Framework } from '../../../../support/conformance.ts'

const f = new Framework()

const untilReady = (name: string): Pod => readiness.untilReady(f, name)
const statusOf = (name: string, container?: string) => readiness.statusOf(f, name, container)

const eventsOf = (name: string): readonly Event[] =>
  f.items('events').filter(({ involvedObject }) => involvedObject.name === name)

const isGone = (name: string): boolean => f.find('pods', name) === undefined

describe('[sig-node] InitContainer [NodeConformance]', () => {
  beforeEach(() => f.begin('init-container'))

  const busybox = (name: string, command: string) => ({ name, image: BUSYBOX, command: [command] })
  const initPod = (restartPolicy: string, init: string, main: object): string => {
    f.create('pods', {
      metadata: { name: 'pod-init' },
      spec: {
        restartPolicy,
        initContainers: [busybox('init1', init), busybox('init2', '/bin/true')],
        containers: [main],
      },
    })
    return 'pod-init'
  }
  const run1 = { name: 'run1', image: PAUSE }

  it('should invoke init containers on a RestartNever pod [Conformance]', () => {
    const { status } = untilEnded(f, initPod('Never', '/bin/true', busybox('run1', '/bin/true')))
    expect(status.phase).toBe('Succeeded')
    expect(status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Initialized', status: 'True' }),
    )
    expect(status.initContainerStatuses).toMatchObject([
      { ready: true, state: { terminated: { exitCode: 0 } } },
      { ready: true, state: { terminated: { exitCode: 0 } } },
    ])
  })

  it('should invoke init containers on a RestartAlways pod [Conformance]', () => {
    const name = initPod('Always', '/bin/true', run1)
    const { status } = f.until('it to run', () => {
      const pod = f.get('pods', name)
      return pod.status.phase === 'Running' && pod
    })
    expect(status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Initialized', status: 'True' }),
    )
    expect(status.initContainerStatuses!.every(({ ready }) => ready)).toBe(true)
  })

  it('should not start app containers if init containers fail on a RestartAlways pod [Conformance]', () => {
    const name = initPod('Always', '/bin/false', run1)
    const { status } = f.until('three failures', () => {
      const pod = f.get('pods', name)
      return (pod.status.initContainerStatuses?.[0]?.restartCount ?? 0) >= 3 && pod
    })
    expect(status.phase).toBe('Pending')
    expect(status.conditions).toContainEqual(
      expect.objectContaining({
        type: 'Initialized',
        status: 'False',
        reason: 'ContainersNotInitialized',
        message: 'containers with incomplete status: [init1 init2]',
      }),
    )
    expect(status.initContainerStatuses![1]!.state.waiting?.reason).toBe('PodInitializing')
    expect(status.containerStatuses![0]!.state.waiting?.reason).toBe('PodInitializing')
  })

  it('should not start app containers and fail the pod if init containers fail on a RestartNever pod [Conformance]', () => {
    f.create('pods', {
      metadata: { name: 'pod-init' },
      spec: {
        restartPolicy: 'Never',
        initContainers: [busybox('init1', '/bin/true'), busybox('init2', '/bin/false')],
        containers: [busybox('run1', '/bin/true')],
      },
    })
    const { status } = untilEnded(f, 'pod-init')
    expect(status.phase).toBe('Failed')
    expect(status.conditions).toContainEqual(
      expect.objectContaining({
        type: 'Initialized',
        status: 'False',
        message: 'containers with incomplete status: [init2]',
      }),
    )
    expect(status.initContainerStatuses).toMatchObject([
      { state: { terminated: { exitCode: 0 } } },
      { state: { terminated: { exitCode: 1 } } },
    ])
    expect(status.containerStatuses![0]!.state.waiting).toMatchObject({ reason: 'PodInitializing' })
  })
})

describe('[sig-node] Ephemeral Containers [NodeConformance]', () => {
  beforeEach(() => f.begin('ephemeral-containers'))

  const target = (): void => {
    f.create('pods', {
      metadata: { name: 'ephemeral-containers-target-pod' },
      spec: {
        containers: [
          { name: 'test-container-1', image: BUSYBOX, command: ['/bin/sleep'], args: ['10000'] },
        ],
      },
    })
    untilReady('ephemeral-containers-target-pod')
  }
  const POD = 'ephemeral-containers-target-pod'
  const ORDER = [{ name: 'debugger' }, { name: 'debugger2' }]
  const add = (name: string): void => {
    const ephemeralContainers = [
      { name, image: BUSYBOX, command: ['/bin/sh'], stdin: true, tty: true },
    ]
    const spec = { ephemeralContainers, '$setElementOrder/ephemeralContainers': ORDER }
    f.patch('pods', POD, { spec }, { subresource: 'ephemeralcontainers' })
    f.until('it to run', () =>
      f
        .get('pods', POD)
        .status.ephemeralContainerStatuses?.some(
          (status) => status.name === name && status.state.running !== undefined,
        ),
    )
  }

  it('will start an ephemeral container in an existing pod [Conformance]', () => {
    target()
    add('debugger')
    expect(exec(f, POD, ['/bin/echo', 'marco'], 'debugger').stdout).toBe('marco\n')
  })

  it('should update the ephemeral containers in an existing pod [Conformance]', () => {
    target()
    add('debugger')
    add('debugger2')
    const pod = f.get('pods', POD)
    expect(pod.spec.ephemeralContainers?.map(({ name }) => name)).toEqual(['debugger', 'debugger2'])
  })
})

describe('[sig-node] Container Runtime blackbox test when starting a container that exits', () => {
  it('should run with the expected status [NodeConformance] [Conformance]', () => {
    f.begin('container-runtime')
    const script = `
f=/restart-count/restartCount
count=\`wc -l $f | awk {'print $1'}\`
if [ $count -eq 1 ]; then
  exit 1
fi
if [ $count -eq 2 ]; then
  exit 0
fi
while true; do sleep 1; done
`
    const cases = [
      {
        name: 'rpa',
        restartPolicy: 'Always',
        phase: 'Running',
        state: 'running',
        restarts: 2,
        ready: true,
      },
      {
        name: 'rpof',
        restartPolicy: 'OnFailure',
        phase: 'Succeeded',
        state: 'terminated',
        restarts: 1,
        ready: false,
      },
      {
        name: 'rpn',
        restartPolicy: 'Never',
        phase: 'Failed',
        state: 'terminated',
        restarts: 0,
        ready: false,
      },
    ]
    for (const { name, restartPolicy, phase, state, restarts, ready } of cases) {
      const command = [
        'sh',
        '-c',
        `echo -n x >> /restart-count/restartCount; echo >> /restart-count/restartCount\n${script}`,
      ]
      f.create('pods', {
        metadata: { name },
        spec: {
          restartPolicy,
          containers: [
            {
              name,
              image: BUSYBOX,
              command,
              volumeMounts: [{ name: 'count', mountPath: '/restart-count' }],
            },
          ],
          volumes: [{ name: 'count', emptyDir: { medium: 'Memory' } }],
        },
      })
      f.until(`${restarts} restarts`, () => statusOf(name)?.restartCount === restarts)
      f.until(phase, () => f.get('pods', name).status.phase === phase)
      f.until('its readiness', () => statusOf(name).ready === ready)
      const status = statusOf(name)
      expect(status.ready).toBe(ready)
      expect(Object.keys(status.state)).toEqual([state])
      f.delete('pods', name)
    }
  })
})

describe('[sig-node] Container Runtime blackbox test on terminated container', () => {
  beforeEach(() => f.begin('container-runtime'))

  const said = (script: string, more: object): string | undefined => {
    f.create('pods', {
      metadata: { name: 'termination' },
      spec: {
        restartPolicy: 'Never',
        containers: [
          {
            name: 'termination-message-container',
            image: BUSYBOX,
            command: ['/bin/sh', '-c'],
            args: [script],
            ...more,
          },
        ],
      },
    })
    const { status } = untilEnded(f, 'termination')
    return status.containerStatuses![0]!.state.terminated!.message
  }

  it('should report termination message if TerminationMessagePath is set as non-root user and at a non-default path [NodeConformance] [Conformance]', () => {
    const more = {
      terminationMessagePath: '/dev/termination-custom-log',
      securityContext: { runAsUser: 10_000 },
    }
    expect(said('/bin/echo -n DONE > /dev/termination-custom-log', more)).toBe('DONE')
  })

  it('should report termination message from log output if TerminationMessagePolicy FallbackToLogsOnError is set [NodeConformance] [Conformance]', () => {
    const more = {
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'FallbackToLogsOnError',
    }
    expect(said('/bin/echo -n DONE; /bin/false', more)).toBe('DONE')
  })

  it('should report termination message as empty when pod succeeds and TerminationMessagePolicy FallbackToLogsOnError is set [NodeConformance] [Conformance]', () => {
    const more = {
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'FallbackToLogsOnError',
    }
    expect(said('/bin/echo -n DONE; /bin/true', more) ?? '').toBe('')
  })

  it('should report termination message from file when pod succeeds and TerminationMessagePolicy FallbackToLogsOnError is set [NodeConformance] [Conformance]', () => {
    const more = {
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'FallbackToLogsOnError',
    }
    expect(said('/bin/echo -n OK > /dev/termination-log; /bin/echo DONE; /bin/true', more)).toBe(
      'OK',
    )
  })
})

describe('[sig-node] Kubelet when scheduling a busybox command that always fails in a pod', () => {
  beforeEach(() => {
    f.begin('kubelet-test')
    f.create('pods', {
      metadata: { name: 'bin-false' },
      spec: { containers: [{ name: 'bin-false', image: BUSYBOX, command: ['/bin/false'] }] },
    })
  })

  it('should have an terminated reason [NodeConformance] [Conformance]', () => {
    f.until(
      'a reason',
      () =>
        (statusOf('bin-false')?.lastState.terminated?.reason ??
          statusOf('bin-false')?.state.terminated?.reason) === 'Error',
    )
  })

  it('should be possible to delete [NodeConformance] [Conformance]', () => {
    f.delete('pods', 'bin-false')
    f.until('its end', () => isGone('bin-false'))
  })
})

describe('[sig-node] Pods', () => {
  beforeEach(() => f.begin('pods'))

  it('should support pod readiness gates [NodeConformance]', () => {
    const gates = ['k8s.io/test-condition1', 'k8s.io/test-condition2']
    f.create('pods', {
      metadata: { name: 'pod-ready' },
      spec: {
        readinessGates: gates.map((conditionType) => ({ conditionType })),
        containers: [
          {
            name: 'pod-readiness-gate',
            image: BUSYBOX,
            command: ['/bin/sh', '-c', 'echo container is alive; sleep 10000'],
          },
        ],
      },
    })
    const isReady = (): boolean =>
      f.get('pods', 'pod-ready').status.conditions?.find(({ type }) => type === 'Ready')?.status ===
      'True'
    const set = (type: string, status: string): void => {
      f.patch(
        'pods',
        'pod-ready',
        { status: { conditions: [{ type, status }] } },
        { subresource: 'status' },
      )
      f.sleep(1)
    }
    f.until('it to run', () => f.get('pods', 'pod-ready').status.phase === 'Running')
    expect(isReady()).toBe(false)
    set(gates[0]!, 'True')
    expect(isReady()).toBe(false)
    set(gates[1]!, 'True')
    expect(isReady()).toBe(true)
    set(gates[0]!, 'False')
    expect(isReady()).toBe(false)
  })

  it('should never report container start when an init container fails', () => {
    f.create('pods', {
      metadata: { name: 'pod-back-off' },
      spec: {
        restartPolicy: 'Never',
        initContainers: [{ name: 'fail', image: BUSYBOX, command: ['/bin/false'] }],
        containers: [{ name: 'blocked', image: BUSYBOX, command: ['/bin/true'] }],
      },
    })
    const { status } = untilEnded(f, 'pod-back-off')
    expect(status.containerStatuses).toMatchObject([
      { name: 'blocked', started: false, state: { waiting: { reason: 'PodInitializing' } } },
    ])
    expect(eventsOf('pod-back-off').some(({ message }) => message?.includes('blocked'))).toBe(false)
  })
})

describe('[sig-node] Pod InPlace Resize Container', () => {
  it('resizes a container without restarting it, and another with', () => {
    f.begin('pod-resize')
    const sized = (name: string, cpu: string, memory: string, more: object = {}) => ({
      name,
      image: BUSYBOX,
      command: ['sleep', '10000'],
      resources: { requests: { cpu, memory }, limits: { cpu, memory } },
      ...more,
    })
    const resizePolicy = ['cpu', 'memory'].map((resourceName) => ({
      resourceName,
      restartPolicy: 'RestartContainer',
    }))
    const spec = {
      containers: [sized('c1', '20m', '35Mi'), sized('c2', '20m', '35Mi', { resizePolicy })],
    }
    f.create('pods', {
      metadata: { name: 'resize-test' },
      spec: { terminationGracePeriodSeconds: 1, ...spec },
    })
    untilReady('resize-test')
    const resized = {
      containers: ['c1', 'c2'].map((name) => ({
        name,
        resources: sized(name, '30m', '45Mi').resources,
      })),
    }
    f.patch('pods', 'resize-test', { spec: resized }, { subresource: 'resize' })
    f.until('the resize', () => statusOf('resize-test', 'c2').restartCount === 1)
    f.until('the end of the resize', () =>
      f
        .get('pods', 'resize-test')
        .status.conditions?.every(({ type }) => !type.startsWith('PodResize')),
    )
    for (const [name, restartCount] of [
      ['c1', 0],
      ['c2', 1],
    ] as const)
      expect(statusOf('resize-test', name)).toMatchObject({
        restartCount,
        allocatedResources: { cpu: '30m', memory: '45Mi' },
        resources: {
          requests: { cpu: '30m', memory: '45Mi' },
          limits: { cpu: '30m', memory: '45Mi' },
        },
      })
  })
})

describe('[sig-node] [Feature:SidecarContainers] Restartable Init Container Lifecycle Hook', () => {
  it('starts sidecars one after the other, hooks included, and stops them last', () => {
    f.begin('sidecar')
    const sidecar = (name: string) => ({
      name,
      image: BUSYBOX,
      command: ['sh', '-c', 'trap "exit 0" TERM; sleep 10000 & wait'],
      restartPolicy: 'Always',
      lifecycle: {
        postStart: { exec: { command: ['sh', '-c', `sleep 3; echo ${name} >> /log/started`] } },
      },
      volumeMounts: [{ name: 'log', mountPath: '/log' }],
    })
    f.create('pods', {
      metadata: { name: 'sidecars' },
      spec: {
        initContainers: [sidecar('first'), sidecar('second')],
        containers: [
          {
            name: 'main',
            image: BUSYBOX,
            command: ['sh', '-c', 'trap "exit 0" TERM; sleep 10000 & wait'],
            volumeMounts: [{ name: 'log', mountPath: '/log' }],
          },
        ],
        volumes: [{ name: 'log', emptyDir: {} }],
      },
    })
    const { status } = untilReady('sidecars')
    expect(exec(f, 'sidecars', ['cat', '/log/started'], 'main').stdout).toBe('first\nsecond\n')
    const since = (index: number): number =>
      Date.parse(status.initContainerStatuses![index]!.state.running!.startedAt!)
    expect(since(1) - since(0)).toBe(3000)
    expect(status.initContainerStatuses).toMatchObject([
      { started: true, ready: true },
      { started: true, ready: true },
    ])
    f.delete('pods', 'sidecars')
    f.until('its end', () => isGone('sidecars'))
  })
})
