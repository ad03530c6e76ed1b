import { describe, expect, it } from 'vitest'
import { DELAYS } from '#settings.ts'
import { PodLife } from '../../../support/pod-life.ts'

describe('a pod starts', () => {
  it('tells its containers the address that its status does not show yet', () => {
    const life = new PodLife(
      [
        {
          name: 'c',
          image: 'nginx',
          env: [
            {
              name: 'KEY',
              valueFrom: { configMapKeyRef: { name: 'cm', key: 'a', optional: true } },
            },
            { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
          ],
        },
      ],
      { delays: DELAYS.instant },
    )
    expect(life.environment()).toMatchObject({ IP: '10.244.1.5' })
  })

  it('shows ContainerCreating first and everything at once when it runs', () => {
    const life = new PodLife([{ name: 'c', image: 'nginx' }])
    expect(life.pod.status).toMatchObject({
      phase: 'Pending',
      hostIP: '192.168.49.3',
      startTime: '2026-01-01T00:00:00Z',
      containerStatuses: [
        { started: false, ready: false, state: { waiting: { reason: 'ContainerCreating' } } },
      ],
    })
    expect(life.pod.status.podIP).toBeUndefined()
    expect(life.condition('Ready')).toEqual({
      type: 'Ready',
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [c]',
      lastProbeTime: null,
      lastTransitionTime: '2026-01-01T00:00:00Z',
      observedGeneration: 1,
    })
    life.pass(1199)
    expect(life.writes).toBe(1)
    life.pass(1)
    expect(life.writes).toBe(2)
    expect(life.pod.status).toMatchObject({
      phase: 'Running',
      podIP: '10.244.1.5',
      podIPs: [{ ip: '10.244.1.5' }],
      observedGeneration: 1,
    })
    expect(life.pod.status.conditions!.map(({ type, status }) => `${type}=${status}`)).toEqual([
      'PodReadyToStartContainers=True',
      'Initialized=True',
      'Ready=True',
      'ContainersReady=True',
      'PodScheduled=True',
    ])
    expect(life.container()).toMatchObject({
      image: 'nginx:latest',
      imageID: expect.stringMatching(/^docker-pullable:\/\/nginx@sha256:[0-9a-f]{64}$/),
      containerID: expect.stringMatching(/^docker:\/\/[0-9a-f]{64}$/),
      lastState: {},
      ready: true,
      started: true,
      restartCount: 0,
      state: { running: { startedAt: '2026-01-01T00:00:01Z' } },
    })
    expect(life.events).toEqual([
      'Normal Pulling: Pulling image "nginx"',
      'Normal Pulled: Successfully pulled image "nginx" in 800ms (800ms including waiting). Image size: 72319283 bytes.',
      'Normal Created: Container created',
      'Normal Started: Container started',
    ])
    expect(life.isAtRest).toBe(true)
    expect(life.record).toBeUndefined()
  })

  it('does not pull what is there', () => {
    const life = new PodLife([{ name: 'c', image: 'nginx:1.29' }], { present: ['nginx:1.29'] })
    expect(life.pass(400).pod.status.phase).toBe('Running')
    expect(life.events[0]).toBe(
      'Normal Pulled: Container image "nginx:1.29" already present on machine and can be accessed by the pod',
    )
  })

  it('needs one write when nothing takes time, and none later', () => {
    const options = { images: 'always', delays: DELAYS.instant } as const
    const life = new PodLife([{ name: 'c', image: 'shop/web:404' }], options)
    expect(life.writes).toBe(1)
    expect(life.condition('Ready')!.status).toBe('True')
    expect(life.record).toBeUndefined()
    life.pass(3_600_000)
    expect(life.writes).toBe(1)
  })

  it('starts its containers one after the other and lists them by name', () => {
    const life = new PodLife([
      { name: 'z', image: 'nginx:1.29' },
      { name: 'a', image: 'redis:8' },
    ])
    expect(life.pass(2399).pod.status.phase).toBe('Pending')
    expect(life.pass(1).pod.status.phase).toBe('Running')
    expect(life.pod.status.containerStatuses!.map(({ name }) => name)).toEqual(['a', 'z'])
    expect(life.container('z').state.running!.startedAt).toBe('2026-01-01T00:00:01Z')
    expect(life.container('a').state.running!.startedAt).toBe('2026-01-01T00:00:02Z')
  })

  it('has the address of its node in the host network', () => {
    const life = new PodLife([{ name: 'c', image: 'nginx' }], { spec: { hostNetwork: true } })
    expect(life.pod.status.podIP).toBe('192.168.49.3')
  })

  it('waits for readiness gates', () => {
    const life = new PodLife([{ name: 'c', image: 'nginx' }], {
      spec: { readinessGates: [{ conditionType: 'example.com/lb' }] },
    })
    life.pass(2000)
    expect(life.condition('ContainersReady')!.status).toBe('True')
    expect(life.condition('Ready')).toMatchObject({
      status: 'False',
      reason: 'ReadinessGatesNotReady',
      message: 'corresponding condition of pod readiness gate "example.com/lb" does not exist.',
    })
    const gate = { type: 'example.com/lb', status: 'True' }
    const conditions = [...life.pod.status.conditions!, gate]
    life.pod = { ...life.pod, status: { ...life.pod.status, conditions } }
    life.look()
    expect(life.condition('Ready')!.status).toBe('True')
    expect(life.pod.status.conditions![0]).toEqual(gate)
  })

  it('reports what its containers were given', () => {
    const resources = { requests: { cpu: '100m' }, limits: { memory: '64Mi' } }
    const volumeMounts = [
      { name: 'data', mountPath: '/data' },
      { name: 'token', mountPath: '/token', readOnly: true },
    ]
    const life = new PodLife([{ name: 'c', image: 'nginx', resources, volumeMounts }], {
      spec: {
        volumes: [
          { name: 'data', emptyDir: {} },
          { name: 'token', emptyDir: {} },
        ],
      },
    })
    life.pass(2000)
    expect(life.container().resources).toMatchObject(resources)
    expect(life.container().allocatedResources).toMatchObject({ cpu: '100m' })
    expect(life.container().volumeMounts).toEqual([
      { name: 'data', mountPath: '/data' },
      { name: 'token', mountPath: '/token', readOnly: true, recursiveReadOnly: 'Disabled' },
    ])
  })
})

describe('a container cannot be created', () => {
  const env = [
    {
      name: 'PORT',
      valueFrom: { configMapKeyRef: { name: 'settings', key: 'port' } },
    },
  ]

  it('says which ConfigMap or key is missing, and goes on when it is there', () => {
    const life = new PodLife([{ name: 'c', image: 'nginx', env }])
    life.pass(2000)
    expect(life.container().state.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: 'configmap "settings" not found',
    })
    expect(life.pod.status.podIP).toBe('10.244.1.5')
    expect(life.events.at(-1)).toBe('Warning Failed: Error: configmap "settings" not found')
    expect(life.isAtRest).toBe(true)
    life.addConfigMap('settings', { other: '1' })
    life.pass(2000)
    expect(life.container().state.waiting!.message).toBe(
      "couldn't find key port in ConfigMap default/settings",
    )
    life.addConfigMap('settings', { port: '80' })
    life.pass(2000)
    expect(life.pod.status.phase).toBe('Running')
    expect(life.container().restartCount).toBe(0)
  })

  it('keeps the variables that it was started with', () => {
    const life = new PodLife([
      {
        name: 'c',
        image: 'bootdotdev/synergychat-web',
        env: [{ name: 'WEB_PORT', valueFrom: { configMapKeyRef: { name: 'web', key: 'port' } } }],
        readinessProbe: { httpGet: { port: 9000 }, periodSeconds: 5 },
      },
    ])
    life.addConfigMap('web', { port: '9000' })
    life.pass(3000)
    expect(life.container().ready).toBe(true)
    life.addConfigMap('web', { port: '9001' })
    life.pass(60_000)
    expect(life.container().ready).toBe(true)
  })

  it.each([
    [{ configMap: { name: 'x' } }, 'configmap "x" not found'],
    [{ secret: { secretName: 'x' } }, 'secret "x" not found'],
    [{ projected: { sources: [{ configMap: { name: 'x' } }] } }, 'configmap "x" not found'],
  ])('waits for the objects of its volumes: %j', (source, message) => {
    const life = new PodLife([{ name: 'c', image: 'nginx' }], {
      spec: { volumes: [{ name: 'v', ...source }] },
    })
    life.pass(60_000)
    expect(life.container().state.waiting!.reason).toBe('ContainerCreating')
    expect(life.events).toEqual([
      `Warning FailedMount: MountVolume.SetUp failed for volume "v" : ${message}`,
    ])
  })

  it('starts when the object of its volume appears', () => {
    const life = new PodLife([{ name: 'c', image: 'nginx' }], {
      spec: { volumes: [{ name: 'v', configMap: { name: 'x' } }] },
    })
    life.pass(60_000)
    life.addConfigMap('x', {})
    expect(life.pass(1200).pod.status.phase).toBe('Running')
    expect(life.container().state.running!.startedAt).toBe('2026-01-01T00:01:01Z')
  })

  it('refuses to run an image as root where that is forbidden', () => {
    const life = new PodLife([
      { name: 'c', image: 'nginx', securityContext: { runAsNonRoot: true } },
    ])
    life.pass(2000)
    expect(life.container().state.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message:
        'container has runAsNonRoot and image will run as root (pod: "p_default(u-1)", container: c)',
    })
  })
})
