import type { JsonObject } from '#apimachinery/object.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'

const CONTAINERS = [{ name: 'c', image: 'nginx' }]
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: CONTAINERS } }
const selector = { matchLabels: { app: 'web' } }

let api: RawApi

beforeEach(() => {
  api = new RawApi()
})

const merge = { contentType: 'application/merge-patch+json' }

const metadataOf = (body: JsonObject) => body['metadata'] as Readonly<Record<string, unknown>>

describe('scale', () => {
  const KINDS = [
    ['/apis/apps/v1/namespaces/default/deployments', { replicas: 2, selector, template }],
    ['/apis/apps/v1/namespaces/default/replicasets', { replicas: 2, selector, template }],
    [
      '/apis/apps/v1/namespaces/default/statefulsets',
      { replicas: 2, selector, template, serviceName: 's' },
    ],
    [
      '/api/v1/namespaces/default/replicationcontrollers',
      { replicas: 2, selector: { app: 'web' }, template },
    ],
  ] as const

  test.each(KINDS)('of %s is read, put and patched', (path, spec) => {
    const created = api.send('POST', path, { metadata: { name: 'web' }, spec }).body
    const { uid, creationTimestamp } = metadataOf(created)
    const scale = api.send('GET', `${path}/web/scale`).body
    expect(scale).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: { name: 'web', namespace: 'default', uid, creationTimestamp },
      spec: { replicas: 2 },
      status: { selector: 'app=web' },
    })
    const put = { ...scale, spec: { replicas: 3 } }
    expect(api.send('PUT', `${path}/web/scale`, put).body['spec']).toEqual({ replicas: 3 })
    const patch = { spec: { replicas: 1 } }
    expect(
      api.send('PATCH', `${path}/web/scale?fieldManager=me`, patch, merge).body['spec'],
    ).toEqual({ replicas: 1 })
    const { managedFields } = metadataOf(api.send('GET', `${path}/web`).body)
    expect(managedFields).toContainEqual(
      expect.objectContaining({
        manager: 'me',
        operation: 'Update',
        subresource: 'scale',
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      }),
    )
  })

  const [WEB, SPEC] = KINDS[0]
  const scalePath = `${WEB}/web/scale`

  test('is refused where it makes no sense', () => {
    const { uid } = metadataOf(
      api.send('POST', WEB, { metadata: { name: 'web' }, spec: SPEC }).body,
    )
    const put = (metadata: object, replicas: number) =>
      api.send('PUT', scalePath, { metadata: { name: 'web', ...metadata }, spec: { replicas } })
        .body
    expect(put({}, -1)).toMatchObject({
      message:
        'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    })
    expect(put({ uid: 'x' }, 1)).toMatchObject({
      message: `Operation cannot be fulfilled on deployments/scale.apps "web": Precondition failed: UID in precondition: x, UID in object meta: ${String(uid)}`,
    })
    expect(put({ resourceVersion: '1' }, 1)).toMatchObject({
      message:
        'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
    })
    expect(api.send('PUT', `${WEB}/none/scale`, { metadata: { name: 'none' } }).body).toMatchObject(
      {
        code: 404,
        message: 'deployments.apps "none" not found',
      },
    )
  })

  test('is applied, and conflicts with who else set it', () => {
    api.send('POST', `${WEB}?fieldManager=first`, { metadata: { name: 'web' }, spec: SPEC })
    const apply = (query: string, body: object) =>
      api.send('PATCH', `${scalePath}?fieldManager=second${query}`, body, {
        contentType: 'application/apply-patch+yaml',
      }).body
    const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', spec: { replicas: 5 } }
    expect(apply('', scale)).toMatchObject({ code: 409, reason: 'Conflict' })
    expect(apply('&force=true', scale)).toMatchObject({ kind: 'Scale', spec: { replicas: 5 } })
    expect(apply('', { ...scale, kind: 'Deployment' })).toMatchObject({
      code: 400,
      message: 'invalid object type: autoscaling/v1, Kind=Deployment',
    })
  })

  test('has columns of its own', () => {
    api.send('POST', WEB, { metadata: { name: 'web' }, spec: SPEC })
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const { body } = api.send('GET', scalePath, '', { accept })
    expect(body).toMatchObject({
      columnDefinitions: [
        { name: 'Name' },
        { name: 'Desired' },
        { name: 'Available' },
        { name: 'Age' },
      ],
      rows: [{ cells: ['web', 2, 2, '0s'] }],
    })
  })
})

describe('binding', () => {
  const gated = { containers: CONTAINERS, schedulerName: 'nobody' }
  const PODS = '/api/v1/namespaces/default/pods'
  const binding = { metadata: { name: 'p' }, target: { kind: 'Node', name: 'node-1' } }

  test.each([`${PODS}/p/binding`, '/api/v1/namespaces/default/bindings'])(
    'puts a Pod on a node: POST %s',
    (path) => {
      api.send('POST', PODS, { metadata: { name: 'p' }, spec: gated })
      expect(api.send('POST', `${path}?dryRun=All`, binding).status).toBe(201)
      expect(api.send('POST', path, binding).body).toEqual({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        code: 201,
      })
      expect(api.send('GET', `${PODS}/p`).body).toMatchObject({ spec: { nodeName: 'node-1' } })
      expect(api.send('POST', path, binding).body).toMatchObject({
        code: 409,
        message:
          'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "node-1"',
      })
    },
  )

  test('is refused where it makes no sense', () => {
    const spec = { ...gated, schedulingGates: [{ name: 'example.com/g' }] }
    api.send('POST', PODS, { metadata: { name: 'p' }, spec })
    const post = (body: object, name = 'p') =>
      api.send('POST', `${PODS}/${name}/binding`, body).body['message']
    expect(post(binding)).toBe(
      'Operation cannot be fulfilled on pods/binding "p": pod p has non-empty .spec.schedulingGates',
    )
    expect(post(binding, 'q')).toBe('name in URL does not match name in Binding object')
    expect(post({ ...binding, target: { kind: 'Pod' } })).toBe(
      '[target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>", target.name: Required value]',
    )
    expect(post({ ...binding, metadata: { name: 'q' } }, 'q')).toBe('pods "q" not found')
  })
})

describe('what a new object may say of itself', () => {
  test('a Node its status', () => {
    const status = { capacity: { cpu: '4', pods: '10' } }
    const node = { metadata: { name: 'n' }, status }
    expect(api.send('POST', '/api/v1/nodes', node).body).toMatchObject({ status })
  })

  test('a Service nothing', () => {
    const status = { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } }
    const service = { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] }, status }
    const { body } = api.send('POST', '/api/v1/namespaces/default/services', service)
    expect(body['status']).toEqual({ loadBalancer: {} })
  })
})
