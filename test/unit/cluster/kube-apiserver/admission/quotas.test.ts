import { describe, expect, it } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { ResourceQuota } from '#api/core/v1/resource-quota/types.ts'
import { usedOf } from '#api/core/v1/resource-quota/usage.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { limitRanger } from '#kube-apiserver/admission/limit-ranger.ts'
import { resourceQuota } from '#kube-apiserver/admission/resource-quota.ts'
import { contextOf, messageOf, NOW, requestOf, run } from '../../../../support/admission.ts'

const pod = (name: string, ...containers: readonly object[]): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers },
  }) as unknown as KubeObject

const service = (name: string, spec: object): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { ports: [{ port: 80 }], ...spec },
  }) as unknown as KubeObject

const quota = (hard: object, used: object | undefined, spec: object = {}): ResourceQuota =>
  ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q', namespace: 'default' },
    spec: { hard, ...spec },
    status: used === undefined ? {} : { hard, used },
  }) as unknown as ResourceQuota

describe('ResourceQuota', () => {
  const check = (given: ResourceQuota, ...request: Parameters<typeof requestOf>) => {
    const written: ResourceQuota[] = []
    const plugin = resourceQuota(contextOf({ resourcequotas: [given] }), (changed) =>
      written.push(changed),
    )
    const message = messageOf(() => run(plugin, requestOf(...request)))
    return { message, used: written.map(({ status }) => status.used) }
  }

  it('counts what it lets pass', () => {
    const given = quota(
      { services: '2', 'services.nodeports': '1' },
      { services: '1', 'services.nodeports': '0' },
    )
    expect(check(given, 'services', service('b', { type: 'NodePort' }))).toEqual({
      message: '',
      used: [{ services: '2', 'services.nodeports': '1' }],
    })
  })

  it('writes nothing on a dry run', () => {
    const given = quota({ services: '2' }, { services: '1' })
    expect(check(given, 'services', service('b', {}), { dryRun: true })).toEqual({
      message: '',
      used: [],
    })
  })

  const hard = { services: '2', 'services.nodeports': '1', pods: '1', 'requests.cpu': '1' }
  const cases: readonly (readonly [string, ResourceQuota, Parameters<typeof requestOf>, string])[] =
    [
      [
        'one Service too many',
        quota(hard, { services: '2', 'services.nodeports': '1', pods: '0', 'requests.cpu': '0' }),
        ['services', service('c', { type: 'ClusterIP' })],
        'services "c" is forbidden: exceeded quota: q, requested: services=1, used: services=2, limited: services=2',
      ],
      [
        'a Service that becomes one of a scarcer type',
        quota(hard, { services: '2', 'services.nodeports': '1', pods: '0', 'requests.cpu': '0' }),
        [
          'services',
          service('a', { type: 'NodePort' }),
          { old: service('a', { type: 'ClusterIP' }) },
        ],
        'services "a" is forbidden: exceeded quota: q, requested: services.nodeports=1, used: services.nodeports=1, limited: services.nodeports=1',
      ],
      [
        'a Pod that does not say what it needs',
        quota(hard, { services: '0', 'services.nodeports': '0', pods: '0', 'requests.cpu': '0' }),
        ['pods', pod('p', { name: 'p' })],
        'pods "p" is forbidden: failed quota: q: must specify requests.cpu for: p',
      ],
      [
        'several containers that do not say several things',
        quota(
          { 'limits.memory': '1', 'requests.cpu': '1' },
          { 'limits.memory': '0', 'requests.cpu': '0' },
        ),
        ['pods', pod('p', { name: 'b' }, { name: 'a', resources: { requests: { cpu: '1m' } } })],
        'pods "p" is forbidden: failed quota: q: must specify limits.memory for: a,b; requests.cpu for: b',
      ],
      [
        'two resources at once, sorted',
        quota({ pods: '1', 'requests.cpu': '1' }, { pods: '1', 'requests.cpu': '500m' }),
        ['pods', pod('p', { name: 'p', resources: { requests: { cpu: '600m' } } })],
        'pods "p" is forbidden: exceeded quota: q, requested: pods=1,requests.cpu=600m, used: pods=1,requests.cpu=500m, limited: pods=1,requests.cpu=1',
      ],
      [
        'anything while the usage is unknown',
        quota({ configmaps: '3' }, {}),
        ['configmaps', { metadata: { name: 'c' } }],
        'configmaps "c" is forbidden: status unknown for quota: q, resources: configmaps',
      ],
      [
        'objects that are only counted',
        quota({ 'count/deployments.apps': '1' }, { 'count/deployments.apps': '1' }),
        ['deployments.apps', { metadata: { name: 'd' } }],
        'deployments.apps "d" is forbidden: exceeded quota: q, requested: count/deployments.apps=1, used: count/deployments.apps=1, limited: count/deployments.apps=1',
      ],
      [
        'nothing out of scope',
        quota({ pods: '0' }, { pods: '0' }, { scopes: ['Terminating'] }),
        ['pods', pod('p', { name: 'p' })],
        '',
      ],
      [
        'nothing that changes without needing more',
        quota({ services: '0' }, { services: '0' }),
        [
          'services',
          service('a', { type: 'ClusterIP' }),
          { old: service('a', { type: 'NodePort' }) },
        ],
        '',
      ],
    ]
  for (const [name, given, request, message] of cases) {
    it(`refuses ${name}`, () => {
      expect(check(given, ...request).message).toBe(message)
    })
  }
})

describe('usedOf()', () => {
  it('sums what is there, and zeros for what is not', () => {
    const running = pod('a', {
      name: 'c',
      resources: { requests: { cpu: '100m' }, limits: { cpu: '1' } },
    })
    const ended = {
      ...pod('b', { name: 'c', resources: { requests: { cpu: '5' } } }),
      status: { phase: 'Failed' },
    }
    const objects: Readonly<Record<string, readonly KubeObject[]>> = {
      pods: [running, ended],
      services: [
        service('x', {
          type: 'LoadBalancer',
          allocateLoadBalancerNodePorts: false,
          ports: [{ port: 1, nodePort: 30000 }, { port: 2 }],
        }),
        service('y', { type: 'NodePort' }),
      ],
    }
    const hard = {
      configmaps: '3',
      pods: '2',
      'count/pods': '9',
      'requests.cpu': '1',
      'limits.cpu': '4',
      services: '2',
      'services.nodeports': '2',
      'services.loadbalancers': '1',
      'bananas.example.com': '1',
    }
    expect(usedOf(quota(hard, undefined), (resource) => objects[resource] ?? [], NOW)).toEqual({
      configmaps: '0',
      pods: '1',
      'count/pods': '2',
      'requests.cpu': '100m',
      'limits.cpu': '1',
      services: '2',
      'services.nodeports': '2',
      'services.loadbalancers': '1',
    })
  })
})

describe('LimitRanger', () => {
  const range = (...limits: readonly object[]): object => ({
    metadata: { name: 'lr', namespace: 'default' },
    spec: { limits },
  })
  const containers = range({
    type: 'Container',
    default: { cpu: '200m', memory: '128Mi' },
    defaultRequest: { cpu: '100m', memory: '128Mi' },
    max: { cpu: '1' },
    min: { cpu: '50m' },
  })
  const admit = (given: object, object: KubeObject): KubeObject | undefined =>
    run(limitRanger(contextOf({ limitranges: [given] })), requestOf('pods', object))

  it('fills in what a Pod does not say, and says so', () => {
    const admitted = admit(containers, pod('p', { name: 'p' })) as Pod
    expect(admitted.spec.containers[0]!.resources).toEqual({
      limits: { cpu: '200m', memory: '128Mi' },
      requests: { cpu: '100m', memory: '128Mi' },
    })
    expect(admitted.metadata.annotations).toEqual({
      'kubernetes.io/limit-ranger':
        'LimitRanger plugin set: cpu, memory request for container p; cpu, memory limit for container p',
    })
  })

  const cpu = (requests: string | undefined, limits: string | undefined): KubeObject =>
    pod('p', {
      name: 'c',
      resources: {
        ...(requests === undefined ? {} : { requests: { cpu: requests } }),
        ...(limits === undefined ? {} : { limits: { cpu: limits } }),
      },
    })
  const bare = (bounds: object, type = 'Container') => range({ type, ...bounds })
  const cases: readonly (readonly [string, object, KubeObject, string])[] = [
    [
      'above the maximum',
      containers,
      cpu('2', '2'),
      'maximum cpu usage per Container is 1, but limit is 2',
    ],
    [
      'below the minimum',
      containers,
      cpu('10m', '100m'),
      'minimum cpu usage per Container is 50m, but request is 10m',
    ],
    [
      'without a limit',
      bare({ max: { cpu: '1' } }),
      cpu('1m', undefined),
      'maximum cpu usage per Container is 1.  No limit is specified',
    ],
    [
      'with several faults',
      bare({ max: { cpu: '1' }, min: { cpu: '1m' } }),
      cpu(undefined, undefined),
      '[minimum cpu usage per Container is 1m.  No request is specified, maximum cpu usage per Container is 1.  No limit is specified]',
    ],
    [
      'stretched too far',
      bare({ maxLimitRequestRatio: { cpu: '2' } }),
      cpu('100m', '250m'),
      'cpu max limit to request ratio per Container is 2, but provided ratio is 2.500000',
    ],
    [
      'too large as a whole',
      bare({ max: { cpu: '1' } }, 'Pod'),
      pod('p', ...['a', 'b'].map((name) => ({ name, resources: { limits: { cpu: '600m' } } }))),
      'maximum cpu usage per Pod is 1, but limit is 1200m',
    ],
  ]
  for (const [name, given, object, reason] of cases) {
    it(`refuses a Pod ${name}`, () => {
      expect(messageOf(() => admit(given, object))).toBe(`pods "p" is forbidden: ${reason}`)
    })
  }

  it('bounds the size of claims', () => {
    const plugin = limitRanger(
      contextOf({
        limitranges: [
          bare({ min: { storage: '1Gi' }, max: { storage: '2Gi' } }, 'PersistentVolumeClaim'),
        ],
      }),
    )
    const claim = { metadata: { name: 'c' }, spec: { resources: { requests: { storage: '3Gi' } } } }
    expect(messageOf(() => run(plugin, requestOf('persistentvolumeclaims', claim)))).toBe(
      'persistentvolumeclaims "c" is forbidden: maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi',
    )
  })
})
