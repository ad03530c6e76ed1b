import { describe, expect, it } from 'vitest'
import { defaultPod, defaultPodSpec, defaultPodTemplateSpec } from '#api/core/v1/pod/defaults.ts'
import { imageTag } from '#api/core/v1/pod/image-name.ts'
import { qosClassOf } from '#api/core/v1/pod/qos.ts'
import type { PodSpec } from '#api/core/v1/pod/types.ts'
import { freeze } from '#apimachinery/object.ts'
import { container, pod } from '../../../../../../support/pods.ts'

describe('defaultPodSpec()', () => {
  it('fills in what a recorded Deployment template has', () => {
    expect(defaultPodTemplateSpec({ spec: { containers: [container()] } })).toEqual({
      metadata: {},
      spec: {
        containers: [
          {
            image: 'nginx',
            imagePullPolicy: 'Always',
            name: 'c',
            resources: {},
            terminationMessagePath: '/dev/termination-log',
            terminationMessagePolicy: 'File',
          },
        ],
        dnsPolicy: 'ClusterFirst',
        restartPolicy: 'Always',
        schedulerName: 'default-scheduler',
        securityContext: {},
        terminationGracePeriodSeconds: 30,
      },
    })
  })

  it('drops what is behind gates that are off', () => {
    const preStop = { exec: { command: ['true'] } }
    const podCertificate = { signerName: 'example.com/s', keyType: 'ED25519' }
    const clusterTrustBundle = { name: 'b', path: 'p' }
    const sources = [{ podCertificate }, { clusterTrustBundle }, { secret: { name: 's' } }]
    const stopSignal = 'SIGUSR1'
    const spec = {
      schedulingGroup: { podGroupName: 'g' },
      containers: [
        container({ lifecycle: { stopSignal } }),
        container({ lifecycle: { stopSignal, preStop } }),
      ],
      initContainers: [container({ lifecycle: { stopSignal } })],
      volumes: [{ name: 'v', projected: { sources } }],
    } as unknown as PodSpec
    const { schedulingGroup, containers, initContainers, volumes } = defaultPodSpec(spec)
    expect(schedulingGroup).toBeUndefined()
    expect([...containers, ...initContainers!].map(({ lifecycle }) => lifecycle)).toEqual([
      undefined,
      { preStop },
      undefined,
    ])
    expect(volumes![0]!.projected!.sources).toEqual([{}, {}, { secret: { name: 's' } }])
  })

  it('returns a spec that lacks nothing as it is, and remembers frozen ones', () => {
    const once = freeze(defaultPodSpec({ containers: [container()] }))
    expect(defaultPodSpec(once)).toBe(once)
    const stored = freeze(defaultPod(pod()))
    expect(defaultPod(stored)).toBe(stored)
    const given = freeze(pod())
    expect(defaultPod(given).spec).toBe(defaultPod({ ...given }).spec)
  })

  it('fills in probes, ports, lifecycle, env and volumes', () => {
    const spec = defaultPodSpec({
      containers: [
        container({
          ports: [{ containerPort: 80 }],
          livenessProbe: { httpGet: { port: 80 } },
          readinessProbe: { grpc: { port: 9000 }, periodSeconds: 0 },
          lifecycle: { preStop: { httpGet: { port: 'http' } } },
          env: [
            { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            { name: 'B', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
          ],
        }),
      ],
      volumes: [
        { name: 'none' },
        { name: 'cm', configMap: { name: 'x' } },
        { name: 'hp', hostPath: { path: '/x' } },
        { name: 'pr', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
      ],
    })
    expect(spec.containers[0]).toMatchObject({
      ports: [{ containerPort: 80, protocol: 'TCP' }],
      livenessProbe: {
        httpGet: { path: '/', port: 80, scheme: 'HTTP' },
        timeoutSeconds: 1,
        periodSeconds: 10,
        successThreshold: 1,
        failureThreshold: 3,
      },
      readinessProbe: { grpc: { port: 9000, service: '' }, periodSeconds: 10 },
      lifecycle: { preStop: { httpGet: { path: '/', port: 'http', scheme: 'HTTP' } } },
      env: [
        { valueFrom: { fieldRef: { apiVersion: 'v1' } } },
        { valueFrom: { resourceFieldRef: { divisor: '0' } } },
      ],
    })
    expect(spec.volumes).toEqual([
      { name: 'none', emptyDir: {} },
      { name: 'cm', configMap: { name: 'x', defaultMode: 420 } },
      { name: 'hp', hostPath: { path: '/x', type: '' } },
      {
        name: 'pr',
        projected: {
          defaultMode: 420,
          sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }],
        },
      },
    ])
  })

  it('keeps both names of the service account equal', () => {
    expect(defaultPodSpec({ containers: [], serviceAccount: 'x' })).toMatchObject({
      serviceAccount: 'x',
      serviceAccountName: 'x',
    })
  })
})

describe('defaultPod()', () => {
  it('requests what is limited, in Pods only', () => {
    const containers = [container({ resources: { limits: { cpu: '1000m', memory: '1024Mi' } } })]
    expect(defaultPod(pod({ spec: { containers } })).spec.containers[0]!.resources).toEqual({
      limits: { cpu: '1', memory: '1Gi' },
      requests: { cpu: '1', memory: '1Gi' },
    })
    expect(defaultPodSpec({ containers }).containers[0]!.resources).toEqual({
      limits: { cpu: '1', memory: '1Gi' },
    })
  })

  it('opens host ports on the network of the host', () => {
    const spec = { hostNetwork: true, containers: [container({ ports: [{ containerPort: 80 }] })] }
    expect(defaultPod(pod({ spec })).spec.containers[0]!.ports).toEqual([
      { containerPort: 80, hostPort: 80, protocol: 'TCP' },
    ])
  })

  it('turns service links on', () => {
    expect(defaultPod(pod()).spec.enableServiceLinks).toBe(true)
  })
})

describe('imageTag()', () => {
  const digest = `sha256:${'a'.repeat(64)}`
  it.each([
    ['nginx', 'latest'],
    ['nginx:latest', 'latest'],
    ['nginx:1.25', '1.25'],
    ['localhost:5000/shop/web', 'latest'],
    ['localhost:5000/shop/web:2', '2'],
    [`nginx@${digest}`, ''],
    [`nginx:1@${digest}`, '1'],
    ['Nginx', ''],
    ['', ''],
    ['ghcr.io/a/b:latest', 'latest'],
  ])('%s has tag "%s"', (image, tag) => {
    expect(imageTag(image)).toBe(tag)
  })
})

describe('qosClassOf()', () => {
  const spec = (...resources: readonly object[]): PodSpec => ({
    containers: resources.map((r) => container({ resources: r })),
  })
  const both = (cpu: string, memory: string): object => ({ cpu, memory })
  it.each([
    ['BestEffort', spec({})],
    ['BestEffort', spec({ requests: { cpu: '0' } })],
    ['Burstable', spec({ requests: { cpu: '1' } })],
    ['Burstable', spec({ limits: both('1', '1Gi'), requests: both('1', '1Gi') }, {})],
    ['Burstable', spec({ limits: { cpu: '1' }, requests: { cpu: '1' } })],
    ['Guaranteed', spec({ limits: both('1', '1Gi'), requests: both('1000m', '1024Mi') })],
  ])('%s', (expected, given) => {
    expect(qosClassOf(given)).toBe(expected)
  })
})
