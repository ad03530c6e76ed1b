import { ProtobufReader } from '#apimachinery/protobuf/reader.ts'
import { decodeUtf8 } from '#apimachinery/utf8.ts'
import { openapiV2 } from '#kube-apiserver/discovery/openapi-v2.ts'
import { clusterResources, sharedResources } from '#kube-apiserver/resources.ts'
import { describe, expect, it } from 'vitest'

const PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'

/** The values of one field of a message whose fields are texts and messages. */
const fieldsOf = (bytes: Uint8Array, wanted: number): readonly Uint8Array[] => {
  const reader = new ProtobufReader(bytes)
  const found: Uint8Array[] = []
  while (!reader.done) {
    const { number, wireType } = reader.tag()
    if (wireType === 2) {
      const value = reader.bytes()
      if (number === wanted) found.push(value)
    } else if (wireType === 1) reader.double()
    else reader.integer()
  }
  return found
}

const textsOf = (bytes: Uint8Array, wanted: number): readonly string[] =>
  fieldsOf(bytes, wanted).map(decodeUtf8)

/** The pairs of a message that stands for a map. */
const entriesOf = (bytes: Uint8Array): ReadonlyMap<string, Uint8Array> =>
  new Map(fieldsOf(bytes, 1).map((pair) => [textsOf(pair, 1)[0]!, fieldsOf(pair, 2)[0]!] as const))

describe('an OpenAPI v2 document', () => {
  const { contentType, bytes = new Uint8Array() } = openapiV2(PROTOBUF, sharedResources())
  const definitions = entriesOf(fieldsOf(bytes, 9)[0]!)
  const port = definitions.get('io.k8s.api.core.v1.ServicePort')!
  const properties = entriesOf(fieldsOf(port, 25)[0]!)

  it('comes as protobuf to who asks for it', () => {
    expect(contentType).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf')
    expect(textsOf(bytes, 1)).toEqual(['2.0'])
    expect(textsOf(fieldsOf(bytes, 2)[0]!, 1)).toEqual(['Kubernetes'])
  })

  it('describes definitions and their fields', () => {
    expect(textsOf(port, 4)).toEqual(["ServicePort contains information on service's port."])
    expect(textsOf(port, 19)).toEqual(['port'])
    const number = properties.get('port')!
    expect(textsOf(number, 2)).toEqual(['int32'])
    expect(textsOf(fieldsOf(number, 22)[0]!, 1)).toEqual(['integer'])
    expect(textsOf(properties.get('targetPort')!, 1)).toEqual([
      '#/definitions/io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    ])
  })

  it('gives defaults, values and extensions as YAML', () => {
    const protocol = properties.get('protocol')!
    expect(textsOf(fieldsOf(protocol, 5)[0]!, 2)).toEqual(['"TCP"\n'])
    expect(fieldsOf(protocol, 20).map((value) => textsOf(value, 2)[0])).toEqual([
      '"SCTP"\n',
      '"TCP"\n',
      '"UDP"\n',
    ])
    const [extension] = fieldsOf(definitions.get('io.k8s.api.apps.v1.Deployment')!, 31)
    expect(textsOf(extension!, 1)).toEqual(['x-kubernetes-group-version-kind'])
    expect(textsOf(fieldsOf(extension!, 2)[0]!, 2)).toEqual([
      '[{"group":"apps","kind":"Deployment","version":"v1"}]\n',
    ])
  })

  it('says of what has one of two types what it can', () => {
    const either = definitions.get('io.k8s.apimachinery.pkg.util.intstr.IntOrString')!
    expect(textsOf(either, 2)).toEqual(['int-or-string'])
    expect(textsOf(fieldsOf(either, 22)[0]!, 1)).toEqual(['string'])
  })

  it('holds the same as JSON', () => {
    const document = JSON.parse(openapiV2('application/json', sharedResources()).body.join('')) as {
      readonly definitions: Readonly<Record<string, unknown>>
    }
    expect(Object.keys(document.definitions)).toEqual([...definitions.keys()])
  })
})

interface Parameter {
  readonly $ref?: string
  readonly name?: string
}

interface Operation {
  readonly operationId: string
  readonly description?: string
  readonly parameters?: readonly Parameter[]
  readonly responses: Readonly<Record<string, { readonly schema?: { readonly $ref?: string } }>>
  readonly 'x-kubernetes-action'?: string
  readonly 'x-kubernetes-group-version-kind'?: object
}

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

describe('the paths of an OpenAPI v2 document', () => {
  const text = openapiV2('application/json', sharedResources()).body.join('')
  const { paths } = JSON.parse(text) as { readonly paths: Paths }
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) =>
      item[method] === undefined ? [] : [{ path, method, ...item[method] }],
    ),
  )

  it.each([
    ['/api/v1/namespaces/{namespace}/pods', 'get', 'list', 'listCoreV1NamespacedPod'],
    ['/api/v1/pods', 'get', 'list', 'listCoreV1PodForAllNamespaces'],
    ['/api/v1/namespaces/{namespace}/pods', 'post', 'post', 'createCoreV1NamespacedPod'],
    [
      '/api/v1/namespaces/{namespace}/pods',
      'delete',
      'deletecollection',
      'deleteCoreV1CollectionNamespacedPod',
    ],
    ['/api/v1/namespaces/{namespace}/pods/{name}', 'get', 'get', 'readCoreV1NamespacedPod'],
    [
      '/api/v1/namespaces/{namespace}/pods/{name}/exec',
      'post',
      'connect',
      'connectCoreV1PostNamespacedPodExec',
    ],
    [
      '/api/v1/namespaces/{namespace}/pods/{name}/eviction',
      'post',
      'post',
      'createCoreV1NamespacedPodEviction',
    ],
    ['/api/v1/nodes/{name}/status', 'patch', 'patch', 'patchCoreV1NodeStatus'],
    [
      '/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale',
      'put',
      'put',
      'replaceAppsV1NamespacedDeploymentScale',
    ],
    [
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/{name}',
      'delete',
      'delete',
      'deleteRbacAuthorizationV1ClusterRole',
    ],
    ['/apis/apps/v1/', 'get', undefined, 'getAppsV1APIResources'],
  ])('name %s %s', (path, method, action, operationId) => {
    const found = paths[path]?.[method]
    expect([found?.['x-kubernetes-action'], found?.operationId]).toEqual([action, operationId])
  })

  it('name each operation once', () => {
    const ids = operations.map(({ operationId }) => operationId)
    expect(ids.length).toBeGreaterThan(500)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('refer to nothing that is not there', () => {
    const document = JSON.parse(text) as Readonly<Record<string, Readonly<Record<string, object>>>>
    const missing = [...text.matchAll(/"\$ref":"#\/(\w+)\/([^"]+)"/g)]
      .filter(([, section, name]) => document[section!]?.[name!] === undefined)
      .map(([found]) => found)
    expect(new Set(missing)).toEqual(new Set())
  })

  it('say of what kind an operation is, and what may be asked for', () => {
    const scale = paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale']!['patch']!
    expect(scale['x-kubernetes-group-version-kind']).toEqual({
      group: 'autoscaling',
      kind: 'Scale',
      version: 'v1',
    })
    expect(scale.description).toBe('partially update scale of the specified Deployment')
    expect(scale.responses['200']?.schema?.$ref).toBe(
      '#/definitions/io.k8s.api.autoscaling.v1.Scale',
    )
    const names = scale.parameters?.map(({ name }) => name)
    expect(names).toEqual(['body', 'dryRun', 'fieldManager', 'fieldValidation', 'force'])
  })

  it('are those that discovery shows', () => {
    const bare = openapiV2('application/json', clusterResources(false)).body.join('')
    expect(bare).not.toContain('/apis/kubarium.dev')
    expect(text).toContain('/apis/kubarium.dev/v1/machines/{name}')
  })

  it('are the same as protobuf', () => {
    const { bytes = new Uint8Array() } = openapiV2(PROTOBUF, sharedResources())
    const items = new Map(
      fieldsOf(fieldsOf(bytes, 8)[0]!, 2).map((pair) => [
        textsOf(pair, 1)[0]!,
        fieldsOf(pair, 2)[0]!,
      ]),
    )
    expect([...items.keys()]).toEqual(Object.keys(paths))
    const item = items.get('/api/v1/namespaces/{namespace}/configmaps/{name}')!
    const patch = fieldsOf(item, 8)[0]!
    expect(textsOf(patch, 5)).toEqual(['patchCoreV1NamespacedConfigMap'])
    const [body, dryRun] = fieldsOf(patch, 8).map((one) => fieldsOf(one, 1)[0]!)
    expect(textsOf(fieldsOf(body!, 1)[0]!, 2)).toEqual(['body'])
    const asked = fieldsOf(fieldsOf(dryRun!, 2)[0]!, 3)[0]!
    expect([textsOf(asked, 2), textsOf(asked, 4), textsOf(asked, 6)]).toEqual([
      ['query'],
      ['dryRun'],
      ['string'],
    ])
    const [action, kind] = fieldsOf(patch, 13)
    expect(textsOf(action!, 1)).toEqual(['x-kubernetes-action'])
    expect(textsOf(fieldsOf(kind!, 2)[0]!, 2)).toEqual([
      '{"group":"","kind":"ConfigMap","version":"v1"}\n',
    ])
    expect(textsOf(fieldsOf(fieldsOf(item, 9)[0]!, 2)[0]!, 1)).toEqual(['#/parameters/name'])
    const parameters = entriesOf(fieldsOf(bytes, 10)[0]!)
    const name = fieldsOf(fieldsOf(parameters.get('name')!, 2)[0]!, 4)[0]!
    expect([textsOf(name, 2), textsOf(name, 4), textsOf(name, 5)]).toEqual([
      ['path'],
      ['name'],
      ['string'],
    ])
  })
})
