import { beforeEach, describe, expect, it } from 'vitest'
import type { ResourceQuota } from '#api/core/v1/resource-quota/types.ts'
import { compareQuantity, parseQuantity } from '#apimachinery/quantity.ts'
import { Framework } from '../../../../support/conformance.ts'
import {
  HTTPD,
  PAUSE,
  newReplicaSet,
  newReplicationController,
} from '../../../../support/conformance-objects.ts'

const f = new Framework()
const EXTENDED = 'example.com/dongle'
const quota = 'test-quota'

type Resources = Readonly<Record<string, string>>

const isEqual = (found: string | undefined, wanted: string): boolean =>
  found !== undefined && compareQuantity(parseQuantity(found), parseQuantity(wanted)) === 0

const uses = (used: Resources, name = quota): ResourceQuota =>
  f.until(`${name} to use ${JSON.stringify(used)}`, () => {
    const found = f.get('resourcequotas', name)
    const isThere = Object.entries(used).every(([key, value]) =>
      isEqual(found.status?.used?.[key], value),
    )
    return isThere ? found : undefined
  })

const newQuota = (hard: Resources = {}): ResourceQuota =>
  f.create('resourcequotas', {
    metadata: { name: quota },
    spec: {
      hard: {
        pods: '5',
        services: '10',
        'services.nodeports': '1',
        'services.loadbalancers': '1',
        replicationcontrollers: '10',
        resourcequotas: '1',
        persistentvolumeclaims: '10',
        cpu: '1',
        memory: '500Mi',
        configmaps: '10',
        secrets: '10',
        'requests.storage': '10Gi',
        'requests.ephemeral-storage': '50Gi',
        [`requests.${EXTENDED}`]: '3',
        'count/replicasets.apps': '5',
        ...hard,
      },
    },
  })

const newPod = (
  name: string,
  requests: Resources,
  limits: Resources,
  spec: object = {},
): object => ({
  metadata: { name },
  spec: { containers: [{ name: 'pause', image: PAUSE, resources: { requests, limits } }], ...spec },
})

const now0 = { gracePeriodSeconds: 0 }

describe('[sig-api-machinery] ResourceQuota', () => {
  beforeEach(() => f.begin('resourcequota'))

  it('should create a ResourceQuota and ensure its status is promptly calculated. [Conformance]', () => {
    newQuota()
    uses({ resourcequotas: '1' })
  })

  it('should create a ResourceQuota and capture the life of a service. [Conformance]', () => {
    newQuota()
    uses({ resourcequotas: '1' })
    const newService = (name: string, type: string) =>
      f.create('services', {
        metadata: { name },
        spec: { type, ports: [{ port: 80, targetPort: 80 }] },
      })
    newService('test-service', 'ClusterIP')
    newService('test-service-np', 'NodePort')
    expect(f.refused(() => newService('test-service-lb', 'LoadBalancer'))).toMatchObject({
      code: 403,
      message:
        'services "test-service-lb" is forbidden: exceeded quota: test-quota, requested: services.nodeports=1, used: services.nodeports=1, limited: services.nodeports=1',
    })
    uses({ resourcequotas: '1', services: '2', 'services.nodeports': '1' })
    f.delete('services', 'test-service')
    f.delete('services', 'test-service-np')
    uses({ resourcequotas: '1', services: '0', 'services.nodeports': '0' })
  })

  for (const [kind, resource] of [
    ['secret', 'secrets'],
    ['configMap', 'configmaps'],
  ] as const)
    it(`should create a ResourceQuota and capture the life of a ${kind}. [Conformance]`, () => {
      f.sleep(16)
      const before = f.items(resource).length
      newQuota({ [resource]: `${before + 1}` })
      uses({ resourcequotas: '1', [resource]: `${before}` })
      f.create(resource, { metadata: { name: 'test' }, data: { a: 'dmFsdWUtMQ==' } })
      uses({ [resource]: `${before + 1}` })
      expect(f.refused(() => f.create(resource, { metadata: { name: 'test-2' } }))).toMatchObject({
        code: 403,
      })
      f.delete(resource, 'test')
      uses({ [resource]: `${before}` })
    })

  it('should create a ResourceQuota and capture the life of a pod. [Conformance]', () => {
    newQuota()
    uses({ resourcequotas: '1' })
    const requests = {
      cpu: '500m',
      memory: '252Mi',
      'ephemeral-storage': '30Gi',
      [EXTENDED]: '2',
    }
    const pod = f.create('pods', newPod('test-pod', requests, { [EXTENDED]: '2' }))
    const used = {
      resourcequotas: '1',
      pods: '1',
      cpu: '500m',
      memory: '252Mi',
      'requests.ephemeral-storage': '30Gi',
      [`requests.${EXTENDED}`]: '2',
    }
    uses(used)
    const fail = (name: string, own: Resources, limits: Resources) =>
      expect(f.refused(() => f.create('pods', newPod(name, own, limits)))).toMatchObject({
        code: 403,
        message: expect.stringContaining('exceeded quota: test-quota, requested:') as string,
      })
    fail('fail-pod', { cpu: '600m', memory: '100Mi' }, {})
    fail(
      'fail-pod-for-extended-resource',
      { cpu: '500m', memory: '100Mi', 'ephemeral-storage': '30Gi', [EXTENDED]: '2' },
      { [EXTENDED]: '2' },
    )
    const less = { cpu: '100m', memory: '100Mi', 'ephemeral-storage': '10Gi' }
    expect(
      f.refused(() =>
        f.change('pods', pod.metadata.name, ({ spec }) => ({
          spec: {
            ...spec,
            containers: spec.containers.map((each) => ({ ...each, resources: { requests: less } })),
          },
        })),
      ).code,
    ).toBe(422)
    uses(used)
    f.delete('pods', 'test-pod', now0)
    uses({
      ...Object.fromEntries(Object.keys(used).map((key) => [key, '0'])),
      resourcequotas: '1',
    })
  })

  it('should create a ResourceQuota and capture the life of a replication controller. [Conformance]', () => {
    newQuota()
    uses({ resourcequotas: '1', replicationcontrollers: '0' })
    const name = 'test-rc'
    f.create(
      'replicationcontrollers',
      newReplicationController({ name, replicas: 0, labels: { name }, image: HTTPD }),
    )
    uses({ replicationcontrollers: '1' })
    f.delete('replicationcontrollers', name, { propagationPolicy: 'Background' })
    uses({ replicationcontrollers: '0' })
  })

  it('should create a ResourceQuota and capture the life of a replica set. [Conformance]', () => {
    newQuota()
    uses({ resourcequotas: '1', 'count/replicasets.apps': '0' })
    const name = 'test-rs'
    f.create('replicasets.apps', newReplicaSet({ name, replicas: 0, labels: { name } }))
    uses({ 'count/replicasets.apps': '1' })
    f.delete('replicasets.apps', name)
    uses({ 'count/replicasets.apps': '0' })
  })

  const newScoped = (name: string, scope: string, hard: Resources) =>
    f.create('resourcequotas', { metadata: { name }, spec: { hard, scopes: [scope] } })
  const HARD = {
    pods: '5',
    'requests.cpu': '1',
    'requests.memory': '500Mi',
    'limits.cpu': '2',
    'limits.memory': '1Gi',
  }
  const NONE = Object.fromEntries(Object.keys(HARD).map((key) => [key, '0']))
  const requests = { cpu: '500m', memory: '200Mi' }
  const limits = { cpu: '1', memory: '400Mi' }

  it('should verify ResourceQuota with terminating scopes. [Conformance]', () => {
    const [terminating, notTerminating] = ['quota-terminating', 'quota-not-terminating']
    newScoped(terminating, 'Terminating', HARD)
    uses({ pods: '0' }, terminating)
    newScoped(notTerminating, 'NotTerminating', HARD)
    uses({ pods: '0' }, notTerminating)
    const used = {
      pods: '1',
      'requests.cpu': '500m',
      'requests.memory': '200Mi',
      'limits.cpu': '1',
      'limits.memory': '400Mi',
    }
    for (const [mine, other, spec] of [
      [notTerminating, terminating, {}],
      [terminating, notTerminating, { activeDeadlineSeconds: 3600 }],
    ] as const) {
      f.create('pods', newPod('test-pod', requests, limits, spec))
      uses(used, mine)
      f.sleep(5)
      uses(NONE, other)
      f.delete('pods', 'test-pod', now0)
      uses(NONE, mine)
    }
  })

  it('should verify ResourceQuota with best effort scope. [Conformance]', () => {
    const [best, notBest] = ['quota-besteffort', 'quota-not-besteffort']
    newScoped(best, 'BestEffort', { pods: '5' })
    uses({ pods: '0' }, best)
    newScoped(notBest, 'NotBestEffort', { pods: '5' })
    uses({ pods: '0' }, notBest)
    for (const [mine, other, pod] of [
      [best, notBest, newPod('test-pod', {}, {})],
      [notBest, best, newPod('test-pod', requests, limits)],
    ] as const) {
      f.create('pods', pod)
      uses({ pods: '1' }, mine)
      f.sleep(5)
      uses({ pods: '0' }, other)
      f.delete('pods', 'test-pod', now0)
      uses({ pods: '0' }, mine)
    }
  })

  const cpuAndMemory = (cpu: string, memory: string) => ({ spec: { hard: { cpu, memory } } })

  it('should be able to update and delete ResourceQuota. [Conformance]', () => {
    const metadata = { name: quota }
    f.create('resourcequotas', { metadata, ...cpuAndMemory('1', '500Mi') })
    expect(f.get('resourcequotas', quota)).toMatchObject(cpuAndMemory('1', '500Mi'))
    // an update without a resourceVersion is unconditional
    const updated = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata,
      ...cpuAndMemory('2', '1Gi'),
    }
    expect(f.update('resourcequotas', updated)).toMatchObject(cpuAndMemory('2', '1Gi'))
    expect(f.get('resourcequotas', quota)).toMatchObject(cpuAndMemory('2', '1Gi'))
    f.delete('resourcequotas', quota)
    expect(f.find('resourcequotas', quota)).toBeUndefined()
  })

  it('should manage the lifecycle of a ResourceQuota [Conformance]', () => {
    const name = 'e2e-quota-abcde'
    const labels = { 'e2e-rq-label': name }
    f.create('resourcequotas', { metadata: { name, labels }, ...cpuAndMemory('1', '500Mi') })
    expect(f.get('resourcequotas', name)).toMatchObject(cpuAndMemory('1', '500Mi'))
    const listed = f.items('resourcequotas', `e2e-rq-label=${name}`, { namespace: '' })
    expect(listed).toHaveLength(1)
    const patched = f.patch('resourcequotas', name, {
      metadata: { labels: { [name]: 'patched' } },
      spec: { hard: { memory: '750Mi' } },
    })
    expect(patched.metadata.labels).toEqual({ ...labels, [name]: 'patched' })
    expect(patched).toMatchObject(cpuAndMemory('1', '750Mi'))
    expect(Number(patched.metadata.resourceVersion)).toBeGreaterThan(
      Number(listed[0]?.metadata.resourceVersion),
    )
    f.deleteCollection('resourcequotas', `e2e-rq-label=${name}`)
    expect(f.find('resourcequotas', name)).toBeUndefined()
  })

  it('should apply changes to a resourcequota status [Conformance]', () => {
    const name = 'e2e-rq-status-abcde'
    const status = { subresource: 'status' }
    const labels = { 'e2e-rq-label': name }
    const selector = `labelSelector=e2e-rq-label%3D${name}`
    f.create('resourcequotas', { metadata: { name, labels }, ...cpuAndMemory('500m', '500Mi') })
    const seen = (cpu: string, memory: string, since: string) =>
      f.watchUntil(
        `${cpu} and ${memory}`,
        'resourcequotas',
        `${selector}&resourceVersion=${since}`,
        ({ object }) =>
          isEqual(object.status?.hard?.['cpu'], cpu) &&
          isEqual(object.status?.hard?.['memory'], memory),
      )
    const begin = f.list('resourcequotas').metadata.resourceVersion
    f.change('resourcequotas', name, ({ spec }) => ({ status: { hard: spec?.hard } }), status)
    seen('500m', '500Mi', String(Number(begin) - 1))
    const second = f.list('resourcequotas').metadata.resourceVersion
    f.patch('resourcequotas', name, cpuAndMemory('1', '1Gi'))
    f.patch('resourcequotas', name, { status: { hard: { cpu: '1', memory: '1Gi' } } }, status)
    seen('1', '1Gi', second)
    expect(f.get('resourcequotas', name, status).status?.hard).toEqual({ cpu: '1', memory: '1Gi' })
    const third = f.list('resourcequotas').metadata.resourceVersion
    const repatched = f.patch(
      'resourcequotas',
      name,
      { status: { hard: { cpu: '2', memory: '2Gi' } } },
      status,
    )
    expect(repatched.status?.hard).toEqual({ cpu: '2', memory: '2Gi' })
    seen('2', '2Gi', third)
    // the controller does not mind until it looks at all quotas again
    f.until(
      'the status to follow the spec',
      () => {
        const found = f.get('resourcequotas', name)
        return found.status?.hard?.['cpu'] === '1' && found.status.hard['memory'] === '1Gi'
      },
      360,
    )
    expect(f.get('resourcequotas', name)).toMatchObject(cpuAndMemory('1', '1Gi'))
  })
})
