import { beforeEach, describe, expect, it } from 'vitest'
import { apiOperations } from '../../../../support/conformance-operations.ts'
import { Framework } from '../../../../support/conformance.ts'

const f = new Framework()

describe('[sig-node] ConfigMap', () => {
  beforeEach(() => f.begin('configmap'))

  it('should fail to create ConfigMap with empty key [NodeConformance] [Conformance]', () => {
    const whole = { metadata: { name: 'configmap-test-emptyKey-1' }, data: { '': 'value-1' } }
    expect(f.refused(() => f.create('configmaps', whole))).toMatchObject({ code: 422 })
  })

  it('should run through a ConfigMap lifecycle [Conformance]', () => {
    const name = 'test-configmap'
    const selector = 'labelSelector=test-configmap-static%3Dtrue'
    const { resourceVersion } = f.list('configmaps', { query: selector }).metadata
    f.create('configmaps', {
      metadata: { name, labels: { 'test-configmap-static': 'true' } },
      data: { valueName: 'value' },
    })
    const seen = (type: string) =>
      f.watchUntil(
        type,
        'configmaps',
        `${selector}&resourceVersion=${resourceVersion}`,
        (event) => event.type === type && event.object.metadata.name === name,
      )
    seen('ADDED')
    const patch = {
      metadata: { labels: { 'test-configmap': 'patched' } },
      data: { valueName: 'value1' },
    }
    f.patch('configmaps', name, patch)
    seen('MODIFIED')
    expect(f.get('configmaps', name)).toMatchObject(patch)
    const all = f.items('configmaps', 'test-configmap-static=true', { namespace: '' })
    expect(all).toMatchObject([patch])
    f.deleteCollection('configmaps', 'test-configmap-static=true')
    seen('DELETED')
    expect(f.items('configmaps', 'test-configmap-static=true')).toEqual([])
  })
})

describe('[sig-node] Secrets', () => {
  beforeEach(() => f.begin('secrets'))

  it('should fail to create secret due to empty secret key [NodeConformance] [Conformance]', () => {
    const whole = { metadata: { name: 'secret-emptykey-test-1' }, data: { '': 'dmFsdWUtMQo=' } }
    expect(f.refused(() => f.create('secrets', whole))).toMatchObject({ code: 422 })
  })

  it('should patch a secret [Conformance]', () => {
    const name = 'test-secret'
    const labels = { 'testsecret-constant': 'true' }
    f.create('secrets', { metadata: { name, labels }, type: 'Opaque', data: { key: 'dmFsdWU=' } })
    const where = { namespace: '' }
    expect(f.items('secrets', 'testsecret-constant=true', where)).toMatchObject([
      { metadata: { name } },
    ])
    f.patch('secrets', name, {
      metadata: { labels: { testsecret: 'true' } },
      data: { key: 'dmFsdWUx' },
    })
    expect(f.items('secrets', 'testsecret=true', where)).toMatchObject([
      { metadata: { name, labels: { ...labels, testsecret: 'true' } }, data: { key: 'dmFsdWUx' } },
    ])
    f.deleteCollection('secrets', 'testsecret=true')
    expect(f.items('secrets', 'testsecret-constant=true', where)).toEqual([])
  })
})

describe('[sig-storage] ConfigMap and Secrets', () => {
  beforeEach(() => f.begin('immutable'))

  for (const resource of ['configmaps', 'secrets'] as const)
    it(`should be immutable if \`immutable\` field is set [Conformance] (${resource})`, () => {
      const name = 'immutable'
      const write = (data: string, more: object = {}) =>
        f.change(resource, name, (old) => ({ ...old, data: { 'data-4': data }, ...more }))
      f.create(resource, { metadata: { name }, data: { 'data-1': 'dmFsdWUtMQ==' } })
      write('dmFsdWUtNA==')
      f.change(resource, name, () => ({ immutable: true }))
      const forbidden = (act: () => unknown) => expect(f.refused(act).code).toBe(422)
      forbidden(() => f.change(resource, name, () => ({ immutable: false })))
      forbidden(() => write('dmFsdWUtNQ=='))
      // metadata can still be changed
      const labelled = f.change(resource, name, ({ metadata }) => ({
        metadata: { ...metadata, labels: { label1: 'value1' } },
      }))
      expect(labelled.metadata.labels).toEqual({ label1: 'value1' })
      f.delete(resource, name)
    })
})

describe('[sig-node] PodTemplates', () => {
  beforeEach(() => f.begin('podtemplate'))
  const newTemplate = (name: string, labels: object) =>
    f.create('podtemplates', {
      metadata: { name, labels },
      template: { spec: { containers: [{ name: 'nginx', image: 'nginx' }] } },
    })

  it('should run the lifecycle of PodTemplates [Conformance]', () => {
    const name = 'nginx-pod-template-abcde'
    newTemplate(name, { 'podtemplate-static': 'true' })
    const where = { namespace: '' }
    expect(f.items('podtemplates', 'podtemplate-static=true', where)).toHaveLength(1)
    const patch = { metadata: { labels: { podtemplate: 'patched' } } }
    f.patch('podtemplates', name, patch)
    expect(f.get('podtemplates', name)).toMatchObject(patch)
    f.delete('podtemplates', name)
    expect(f.items('podtemplates', 'podtemplate-static=true', where)).toEqual([])
  })

  it('should delete a collection of pod templates [Conformance]', () => {
    for (const index of [1, 2, 3]) newTemplate(`test-podtemplate-${index}`, { set: 'true' })
    expect(f.items('podtemplates', 'set=true')).toHaveLength(3)
    f.deleteCollection('podtemplates', 'set=true')
    expect(f.items('podtemplates', 'set=true')).toEqual([])
  })

  it('should replace a pod template [Conformance]', () => {
    newTemplate('podtemplate-abcde', { a: 'b' })
    const updated = f.change('podtemplates', 'podtemplate-abcde', ({ metadata }) => ({
      metadata: { ...metadata, annotations: { updated: 'true' } },
    }))
    expect(updated.metadata.annotations).toEqual({ updated: 'true' })
  })
})

describe('[sig-node] Lease', () => {
  it('lease API should be available [Conformance]', () => {
    f.begin('lease-test')
    const LEASES = 'leases.coordination.k8s.io'
    const newLease = (name: string, spec: object, labels: object = {}) =>
      f.create(LEASES, { metadata: { name, labels }, spec })
    const spec = {
      holderIdentity: 'holder',
      leaseDurationSeconds: 30,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:05.123456Z',
      leaseTransitions: 0,
    }
    newLease('lease', spec)
    expect(f.get(LEASES, 'lease').spec).toEqual(spec)
    const replaced = {
      holderIdentity: 'holder2',
      leaseDurationSeconds: 60,
      acquireTime: '2026-01-01T00:00:50.000000Z',
      renewTime: '2026-01-01T00:01:10.000000Z',
      leaseTransitions: 1,
    }
    expect(f.change(LEASES, 'lease', () => ({ spec: replaced })).spec).toEqual(replaced)
    const patch = { spec: { holderIdentity: 'holder3', leaseDurationSeconds: 90 } }
    f.patch(LEASES, 'lease', patch, { type: 'strategic' })
    expect(f.get(LEASES, 'lease').spec).toEqual({ ...replaced, ...patch.spec })
    newLease('lease2', spec, { deletecollection: 'true' })
    const names = () => f.items(LEASES).map(({ metadata }) => metadata.name)
    expect(names()).toEqual(['lease', 'lease2'])
    f.deleteCollection(LEASES, 'deletecollection=true')
    expect(names()).toEqual(['lease'])
    f.delete(LEASES, 'lease')
    expect(f.find(LEASES, 'lease')).toBeUndefined()
  })
})

describe('[sig-node] RuntimeClass', () => {
  beforeEach(() => f.begin('runtimeclass'))

  it('should support RuntimeClasses API operations [Conformance]', () => {
    apiOperations(f, {
      name: 'runtimeclasses.node.k8s.io',
      group: 'node.k8s.io',
      plural: 'runtimeclasses',
      namespaced: false,
      body: { metadata: { generateName: 'e2e-example-rc' }, handler: 'e2e-handler' },
    })
  })

  it('should reject a Pod requesting a non-existent RuntimeClass [NodeConformance] [Conformance]', () => {
    const pod = {
      metadata: { generateName: 'test-runtimeclass-nonexistent-' },
      spec: { runtimeClassName: 'nonexistent', containers: [{ name: 'c', image: 'nginx' }] },
    }
    expect(f.refused(() => f.create('pods', pod))).toMatchObject({
      code: 403,
      message: expect.stringContaining('RuntimeClass "nonexistent" not found') as string,
    })
  })

  it('should schedule a Pod requesting a RuntimeClass and initialize its Overhead [NodeConformance] [Conformance]', () => {
    f.create('runtimeclasses.node.k8s.io', {
      metadata: { name: 'preconfigured' },
      handler: 'test-handler',
      overhead: { podFixed: { cpu: '10m', memory: '1Mi' } },
    })
    const { spec } = f.create('pods', {
      metadata: { name: 'test-runtimeclass' },
      spec: { runtimeClassName: 'preconfigured', containers: [{ name: 'c', image: 'nginx' }] },
    })
    expect(spec.overhead).toEqual({ cpu: '10m', memory: '1Mi' })
  })
})

describe('[sig-auth] ServiceAccounts', () => {
  beforeEach(() => f.begin('svcaccounts'))

  it('should run through the lifecycle of a ServiceAccount [Conformance]', () => {
    const name = 'testserviceaccount'
    const selector = 'labelSelector=test-serviceaccount-static%3Dtrue'
    const { resourceVersion } = f.list('serviceaccounts').metadata
    const watching = f.watch('serviceaccounts', `${selector}&resourceVersion=${resourceVersion}`)
    const labels = { 'test-serviceaccount-static': 'true' }
    f.create('serviceaccounts', { metadata: { name, labels } })
    expect(watching.next('ADDED').type).toBe('ADDED')
    f.patch('serviceaccounts', name, { automountServiceAccountToken: false })
    expect(watching.next('MODIFIED')).toMatchObject({
      type: 'MODIFIED',
      object: { automountServiceAccountToken: false },
    })
    const all = f.items('serviceaccounts', 'test-serviceaccount-static=true', { namespace: '' })
    expect(all).toMatchObject([{ metadata: { name }, automountServiceAccountToken: false }])
    f.deleteCollection('serviceaccounts', 'test-serviceaccount-static=true')
    expect(watching.next('DELETED').type).toBe('DELETED')
    watching.close()
  })

  it('should update a ServiceAccount [Conformance]', () => {
    f.create('serviceaccounts', {
      metadata: { name: 'e2e-sa' },
      automountServiceAccountToken: true,
    })
    const update = { automountServiceAccountToken: false }
    expect(f.change('serviceaccounts', 'e2e-sa', () => update)).toMatchObject(update)
  })

  it('should guarantee kube-root-ca.crt exist in any namespace [Conformance]', () => {
    const name = 'kube-root-ca.crt'
    const certificate = f.get('configmaps', name).data?.['ca.crt']
    expect(certificate).toMatch(/^-----BEGIN CERTIFICATE-----/)
    f.delete('configmaps', name)
    f.until('its return', () => f.find('configmaps', name))
    f.change('configmaps', name, () => ({ data: { 'ca.crt': '' } }))
    f.until('its repair', () => f.get('configmaps', name).data?.['ca.crt'] === certificate)
  })

  it('should allow opting out of API token automount [Conformance]', () => {
    for (const automount of [true, false])
      f.create('serviceaccounts', {
        metadata: { name: automount ? 'mount' : 'nomount' },
        automountServiceAccountToken: automount,
      })
    const cases = [
      ['default', undefined, true],
      ['default', true, true],
      ['default', false, false],
      ['mount', undefined, true],
      ['mount', true, true],
      ['mount', false, false],
      ['nomount', undefined, false],
      ['nomount', true, true],
      ['nomount', false, false],
    ] as const
    for (const [index, [serviceAccountName, own, expected]] of cases.entries()) {
      const { spec } = f.create('pods', {
        metadata: { name: `pod-${index}` },
        spec: {
          serviceAccountName,
          ...(own === undefined ? {} : { automountServiceAccountToken: own }),
          containers: [{ name: 'token-test', image: 'nginx' }],
        },
      })
      const mounts = spec.containers[0]?.volumeMounts ?? []
      expect(
        mounts.some(
          ({ mountPath }) => mountPath === '/var/run/secrets/kubernetes.io/serviceaccount',
        ),
      ).toBe(expected)
    }
  })
})

describe('[sig-instrumentation] Events', () => {
  beforeEach(() => f.begin('events'))
  const newEvent = (name: string) =>
    f.create('events', {
      metadata: { name, labels: { 'testevent-constant': 'true' } },
      message: 'This is a test event',
      reason: 'Test',
      type: 'Normal',
      count: 1,
      involvedObject: { namespace: f.namespace },
    })

  it('should manage the lifecycle of an event [Conformance]', () => {
    newEvent('event-test')
    const constant = 'testevent-constant=true'
    const where = { namespace: '' }
    expect(f.items('events', constant, where)).toHaveLength(1)
    const patch = { message: 'This is a test event - patched' }
    f.patch('events', 'event-test', patch)
    expect(f.get('events', 'event-test')).toMatchObject(patch)
    const series = { count: 100, lastObservedTime: '2026-01-01T00:00:05.000000Z' }
    f.change('events', 'event-test', () => ({ series }))
    expect(f.get('events', 'event-test')).toMatchObject({ series })
    f.delete('events', 'event-test')
    expect(f.items('events', constant, where)).toEqual([])
  })

  it('should delete a collection of events [Conformance]', () => {
    for (const index of [1, 2, 3]) newEvent(`test-event-${index}`)
    expect(f.items('events', 'testevent-constant=true')).toHaveLength(3)
    f.deleteCollection('events', 'testevent-constant=true')
    expect(f.items('events', 'testevent-constant=true')).toEqual([])
  })
})
