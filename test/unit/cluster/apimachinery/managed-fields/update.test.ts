import { describe, expect, test } from 'vitest'
import type { JsonObject, KubeObject, ManagedFieldsEntry } from '#apimachinery/object.ts'
import { freeze } from '#apimachinery/object.ts'
import { ignoreTimes, managedOnUpdate } from '#apimachinery/managed-fields/manager.ts'
import { schemaOfKind, Subject, timeAt } from './fixtures.ts'

describe('the creator of', () => {
  test('a Service owns what it sent and what was defaulted, but no structs that are always there', () => {
    const subject = new Subject('v1', 'Service')
    subject.write('kubectl-create', {
      spec: {
        ports: [{ protocol: 'TCP', port: 80, targetPort: 80 }],
        type: 'ClusterIP',
        sessionAffinity: 'None',
        internalTrafficPolicy: 'Cluster',
      },
      status: { loadBalancer: {} },
    })
    expect(subject.entries).toEqual([
      {
        manager: 'kubectl-create',
        operation: 'Update',
        apiVersion: 'v1',
        time: timeAt(0),
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:spec': {
            'f:internalTrafficPolicy': {},
            'f:ports': {
              '.': {},
              'k:{"port":80,"protocol":"TCP"}': {
                '.': {},
                'f:port': {},
                'f:protocol': {},
                'f:targetPort': {},
              },
            },
            'f:sessionAffinity': {},
            'f:type': {},
          },
        },
      },
    ])
    const [entry] = subject.entries
    expect(Object.keys(entry!.fieldsV1!['f:spec']!)).toEqual([
      'f:internalTrafficPolicy',
      'f:ports',
      'f:sessionAffinity',
      'f:type',
    ])
    expect(Object.keys(entry!)).toEqual([
      'manager',
      'operation',
      'apiVersion',
      'time',
      'fieldsType',
      'fieldsV1',
    ])
  })

  test('a ConfigMap owns its maps too', () => {
    const subject = new Subject('v1', 'ConfigMap')
    subject.write('kubectl-create', { metadata: { labels: { a: 'b' } }, data: { k: 'v' } })
    expect(subject.owners).toEqual({
      'kubectl-create Update': {
        'f:data': { '.': {}, 'f:k': {} },
        'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } },
      },
    })
  })

  test('a Deployment owns its containers one by one', () => {
    const subject = new Subject('apps/v1', 'Deployment')
    subject.write('kubectl-create', {
      metadata: { labels: { app: 'web' } },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            containers: [
              {
                name: 'nginx',
                image: 'nginx',
                ports: [{ containerPort: 80, protocol: 'TCP' }],
                resources: {},
                terminationMessagePath: '/dev/termination-log',
                terminationMessagePolicy: 'File',
                imagePullPolicy: 'Always',
              },
            ],
            restartPolicy: 'Always',
            terminationGracePeriodSeconds: 30,
            dnsPolicy: 'ClusterFirst',
            securityContext: {},
            schedulerName: 'default-scheduler',
          },
        },
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
        },
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
      },
      status: {},
    })
    expect(subject.owners['kubectl-create Update']).toEqual({
      'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
      'f:spec': {
        'f:progressDeadlineSeconds': {},
        'f:replicas': {},
        'f:revisionHistoryLimit': {},
        'f:selector': {},
        'f:strategy': {
          'f:rollingUpdate': { '.': {}, 'f:maxSurge': {}, 'f:maxUnavailable': {} },
          'f:type': {},
        },
        'f:template': {
          'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
          'f:spec': {
            'f:containers': {
              'k:{"name":"nginx"}': {
                '.': {},
                'f:image': {},
                'f:imagePullPolicy': {},
                'f:name': {},
                'f:ports': {
                  '.': {},
                  'k:{"containerPort":80,"protocol":"TCP"}': {
                    '.': {},
                    'f:containerPort': {},
                    'f:protocol': {},
                  },
                },
                'f:resources': {},
                'f:terminationMessagePath': {},
                'f:terminationMessagePolicy': {},
              },
            },
            'f:dnsPolicy': {},
            'f:restartPolicy': {},
            'f:schedulerName': {},
            'f:securityContext': {},
            'f:terminationGracePeriodSeconds': {},
          },
        },
      },
    })
  })

  test('a ReplicaSet owns each owner reference as a whole, and no count of zero', () => {
    const subject = new Subject('apps/v1', 'ReplicaSet')
    subject.write('kube-controller-manager', {
      metadata: {
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u1', controller: true },
        ],
      },
      status: { replicas: 0 },
    })
    expect(subject.owners['kube-controller-manager Update']).toEqual({
      'f:metadata': { 'f:ownerReferences': { '.': {}, 'k:{"uid":"u1"}': {} } },
    })
  })
})

describe('an update', () => {
  const created = (): Subject => {
    const subject = new Subject('v1', 'ConfigMap')
    subject.write('one', { metadata: { labels: { a: 'b' } }, data: { k: 'v', l: 'v' } })
    return subject
  }

  test('that changes nothing leaves the list and its times as they are', () => {
    const subject = created()
    const before = subject.entries
    subject.write('two', subject.fields)
    expect(subject.entries).toBe(before)
  })

  test('takes what it changes, and what it removes is nobody’s', () => {
    const subject = created()
    subject.write('two', { data: { k: 'w', m: 'n' } })
    expect(subject.owners).toEqual({
      'one Update': { 'f:data': {} },
      'two Update': { 'f:data': { 'f:k': {}, 'f:m': {} } },
    })
    expect(subject.entries.map(({ time }) => time)).toEqual([timeAt(0), timeAt(1)])
  })

  test('by the same manager adds to its entry', () => {
    const subject = created()
    subject.write('one', { data: { k: 'v', l: 'v', m: 'n' } })
    expect(subject.entries).toHaveLength(1)
    expect(subject.entries[0]).toMatchObject({
      time: timeAt(1),
      fieldsV1: { 'f:data': { '.': {}, 'f:k': {}, 'f:l': {}, 'f:m': {} } },
    })
  })

  test('that only takes away from its own leaves the time', () => {
    const subject = created()
    subject.write('one', { data: { k: 'v' } })
    expect(subject.entries[0]).toMatchObject({
      time: timeAt(0),
      fieldsV1: { 'f:data': { '.': {}, 'f:k': {} } },
    })
  })

  test('of a subresource is another entry', () => {
    const subject = created()
    subject.write('one', { metadata: { labels: { a: 'b' } }, data: { k: 'v', l: 'x' } }, 'status')
    expect(subject.owners).toEqual({
      'one Update': {
        'f:data': { '.': {}, 'f:k': {} },
        'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } },
      },
      'one Update status': { 'f:data': { 'f:l': {} } },
    })
  })

  test.each([
    ['an empty list', []],
    ['a list of one empty entry', [{}]],
  ])('that sends %s forgets all managers', (_, managedFields) => {
    const subject = created()
    const live = subject.object!
    const next = {
      ...live,
      metadata: { ...live.metadata, managedFields },
      data: { k: 'w' },
    } as KubeObject
    const input = {
      live,
      next,
      manager: 'two',
      apiVersion: 'v1',
      time: timeAt(9),
      schema: subject.schema,
    }
    expect(managedOnUpdate(input)).toEqual([])
    expect(managedOnUpdate({ ...input, subresource: 'status' })).not.toEqual([])
  })

  test('may rewrite the managers itself, as kubectl does when it turns to server-side apply', () => {
    const subject = created()
    const live = subject.object!
    const [entry] = subject.entries
    const managedFields = [
      { ...entry!, manager: 'kubectl', operation: 'Apply' },
    ] as ManagedFieldsEntry[]
    const next = { ...live, metadata: { ...live.metadata, managedFields } }
    const input = {
      live,
      next,
      manager: 'two',
      apiVersion: 'v1',
      time: timeAt(9),
      schema: subject.schema,
    }
    expect(managedOnUpdate(input)).toEqual(managedFields)
  })

  test.each<[string, readonly unknown[]]>([
    ['no operation', [{ manager: 'x', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} }]],
    ['no version', [{ manager: 'x', operation: 'Update', fieldsType: 'FieldsV1', fieldsV1: {} }]],
    ['no type', [{ manager: 'x', operation: 'Update', apiVersion: 'v1', fieldsV1: {} }]],
    [
      'another type',
      [{ manager: 'x', operation: 'Update', apiVersion: 'v1', fieldsType: 'V2', fieldsV1: {} }],
    ],
    [
      'broken fields',
      [
        {
          manager: 'x',
          operation: 'Update',
          apiVersion: 'v1',
          fieldsType: 'FieldsV1',
          fieldsV1: { f: {} },
        },
      ],
    ],
  ])('that sends managers with %s is taken to have sent none', (_, managedFields) => {
    const subject = created()
    const live = subject.object!
    const next = { ...live, metadata: { ...live.metadata, managedFields } } as KubeObject
    const input = {
      live,
      next,
      manager: 'two',
      apiVersion: 'v1',
      time: timeAt(9),
      schema: subject.schema,
    }
    expect(managedOnUpdate(input)).toBe(live.metadata.managedFields)
  })

  test('of an object without managers names none', () => {
    const subject = created()
    const { managedFields: _, ...metadata } = subject.object!.metadata
    const live = { ...subject.object!, metadata }
    const next = { ...live, data: { k: 'w' } } as KubeObject
    expect(
      managedOnUpdate({
        live,
        next,
        manager: 'two',
        apiVersion: 'v1',
        time: timeAt(9),
        schema: subject.schema,
      }),
    ).toEqual([])
  })

  test('owns nothing that the strategy sets back', () => {
    const schema = schemaOfKind('v1', 'Service')
    const next = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'x' },
      spec: { type: 'ClusterIP' },
      status: { loadBalancer: { ingress: [{ ip: '1.1.1.1' }] } },
    } as KubeObject
    const input = {
      live: undefined,
      next,
      manager: 'm',
      apiVersion: 'v1',
      time: timeAt(0),
      schema,
      resetFields: [['status']],
    }
    expect(managedOnUpdate(input)[0]?.fieldsV1).toEqual({ 'f:spec': { 'f:type': {} } })
  })

  test('without a name of its manager is by "unknown"', () => {
    const subject = new Subject('v1', 'ConfigMap')
    subject.write('', { data: { k: 'v' } })
    expect(subject.entries[0]?.manager).toBe('unknown')
  })

  test('that gives a keyed list an item without key changes no managers', () => {
    const schema = schemaOfKind('v1', 'Service')
    const live = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'x', uid: 'u', managedFields: [] },
      spec: {},
    } as KubeObject
    const next = { ...live, spec: { ports: [{ name: 'a' }] } } as unknown as KubeObject
    expect(
      managedOnUpdate({
        live: undefined,
        next,
        manager: 'm',
        apiVersion: 'v1',
        time: timeAt(0),
        schema,
      }),
    ).toEqual([])
  })
})

describe('entries', () => {
  test('come appliers first, then by time, then by name', () => {
    const subject = new Subject('v1', 'ConfigMap')
    subject.write('zed', { data: { a: '1' } })
    subject.write('ann', { data: { a: '1', b: '1' } })
    subject.apply('late', { data: { c: '1' } })
    expect(subject.entries.map(({ manager }) => manager)).toEqual(['late', 'zed', 'ann'])
  })

  test('of the oldest updaters become one when there are more than ten', () => {
    const subject = new Subject('v1', 'ConfigMap')
    let data: JsonObject = {}
    for (let i = 0; i < 12; i++) {
      data = { ...data, [`k${i}`]: '1' }
      subject.write(`m${String(i).padStart(2, '0')}`, { data })
    }
    expect(subject.entries.map(({ manager }) => manager)).toEqual([
      'ancient-changes',
      ...[3, 4, 5, 6, 7, 8, 9, 10, 11].map((i) => `m${String(i).padStart(2, '0')}`),
    ])
    expect(subject.entries[0]).toMatchObject({
      time: timeAt(2),
      fieldsV1: { 'f:data': { '.': {}, 'f:k0': {}, 'f:k1': {}, 'f:k2': {} } },
    })
  })

  test('with equal fields share one frozen object', () => {
    const write = (name: string): Subject => {
      const subject = new Subject('v1', 'ConfigMap')
      subject.write('m', { metadata: { name }, data: { k: name } })
      return subject
    }
    const [a, b] = [write('a').entries[0]!.fieldsV1!, write('b').entries[0]!.fieldsV1!]
    expect(a).toBe(b)
    expect(Object.isFrozen(a)).toBe(true)
    expect(Object.isFrozen(a['f:data'])).toBe(true)
  })
})

describe('times', () => {
  test('alone make no difference', () => {
    const subject = new Subject('v1', 'ConfigMap')
    subject.write('m', { data: { k: 'v' } })
    const live = freeze(subject.object!)
    const later = [{ ...subject.entries[0]!, time: timeAt(50) }]
    const next = { ...live, metadata: { ...live.metadata, managedFields: later } }
    expect(ignoreTimes(live, next)).toEqual(live)
    const changed = { ...next, data: { k: 'w' } }
    expect(ignoreTimes(live, changed)).toBe(changed)
  })
})

describe('kubectl turning to server-side apply', () => {
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration'
  const last = (data: object): string =>
    `${JSON.stringify({ apiVersion: 'v1', data, kind: 'ConfigMap', metadata: { name: 'x', namespace: 'default' } })}\n`

  const clientSide = (): Subject => {
    const subject = new Subject('v1', 'ConfigMap')
    subject.write('kubectl-client-side-apply', {
      metadata: { annotations: { [annotation]: last({ a: '1', b: '1' }) } },
      data: { a: '1', b: '1' },
    })
    return subject
  }

  test('takes over what it wrote before, and keeps the annotation in step', () => {
    const subject = clientSide()
    subject.apply('kubectl', { data: { a: '2', b: '1', html: '<&>' } })
    expect(subject.fields['data']).toEqual({ a: '2', b: '1', html: '<&>' })
    const { annotations } = subject.object!.metadata
    expect(annotations![annotation]).toBe(
      '{"apiVersion":"v1","data":{"a":"2","b":"1","html":"\\u003c\\u0026\\u003e"},"kind":"ConfigMap","metadata":{"name":"x","namespace":"default"}}\n',
    )
  })

  test('conflicts where somebody else changed the value since', () => {
    const subject = clientSide()
    subject.write('carol', { metadata: subject.fields['metadata']!, data: { a: '3', b: '1' } })
    expect(() => subject.apply('kubectl', { data: { a: '2', b: '2' } })).toThrow(
      'Apply failed with 1 conflict: conflict with "carol" using v1: .data.a',
    )
  })

  test('is a matter of the manager kubectl alone', () => {
    const subject = clientSide()
    expect(() => subject.apply('other', { data: { a: '2' } })).toThrow('kubectl-client-side-apply')
  })
})
