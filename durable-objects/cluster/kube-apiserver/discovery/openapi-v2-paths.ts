// What can be asked of each resource, as the older OpenAPI document says it: generators of clients and older kubectls read it.
// kubernetes: apiserver pkg/endpoints/installer.go, pkg/endpoints/openapi/openapi.go
import { definitionForKind } from '#api/schemas.ts'
import { definitionNameOf } from '#kube-apiserver/apiextensions/custom-resource.ts'
import {
  DELETE_PARAMETERS,
  LIST_PARAMETERS,
  type Operation,
  type Parameter,
  parameterNamed,
  type PathItem,
  query,
  type Reference,
  references,
  WRITE_PARAMETERS,
} from '#kube-apiserver/discovery/openapi-v2-parameters.ts'
import type {
  GroupDiscovery,
  ResourceDiscovery,
  SubresourceDiscovery,
} from '#kube-apiserver/resources.ts'

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'
const CONNECTED: ReadonlySet<string> = new Set(['attach', 'exec', 'portforward', 'proxy'])

/** What an operation is about. */
interface Subject {
  readonly group: string
  readonly version: string
  readonly resource: ResourceDiscovery
  readonly subresource?: SubresourceDiscovery
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** `rbacAuthorization` of `rbac.authorization.k8s.io`. */
const groupName = (group: string): string => {
  const [first = '', ...rest] = group.replace(/\.k8s\.io$/, '').split('.')
  return group === '' ? 'core' : first + rest.map(capital).join('')
}

const definitionOf = (group: string, version: string, kind: string): string =>
  definitionForKind(group, version, kind) ?? definitionNameOf(group, version, kind)

const pointerTo = (definition: string) => ({ $ref: `#/definitions/${definition}` })

/** The kind that goes to and fro; discovery leaves empty what is the resource's own. */
const kindOf = ({ group, version, resource, subresource }: Subject) => {
  const given = subresource?.responseKind ?? resource.responseKind
  return given.version === '' ? { group, kind: given.kind, version } : given
}

const schemaOf = (subject: Subject): object => {
  const { group, version, kind } = kindOf(subject)
  return pointerTo(definitionOf(group, version, kind))
}

const isNamespaced = ({ resource }: Subject): boolean => resource.scope === 'Namespaced'

/** `listAppsV1NamespacedDeployment`, `readAppsV1NamespacedDeploymentScale` */
const operationId = (subject: Subject, verb: string, infix = '', everywhere = false): string => {
  const { group, version, resource, subresource } = subject
  const scope = isNamespaced(subject) && !everywhere ? 'Namespaced' : ''
  const kind = resource.responseKind.kind + capital(subresource?.subresource ?? '')
  const place = `${capital(groupName(group))}${capital(version)}`
  return `${verb}${place}${infix}${scope}${kind}${everywhere ? 'ForAllNamespaces' : ''}`
}

interface Told {
  readonly action: string
  readonly id: string
  readonly description: string
  readonly codes: readonly number[]
  readonly schema: object
  readonly parameters?: readonly (Parameter | Reference)[]
}

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
}

const operation = (subject: Subject, told: Told): Operation => {
  const { group, kind, version } = kindOf(subject)
  const answers = told.codes.map(
    (code) => [code, { description: DESCRIPTIONS[code], schema: told.schema }] as const,
  )
  return {
    description: told.description,
    operationId: told.id,
    ...(told.parameters === undefined ? {} : { parameters: told.parameters }),
    responses: { ...Object.fromEntries(answers), 401: { description: 'Unauthorized' } },
    schemes: ['https'],
    tags: [`${groupName(subject.group)}_${subject.version}`],
    'x-kubernetes-action': told.action,
    'x-kubernetes-group-version-kind': { group, kind, version },
  }
}

const body = (schema: object, required = true): Parameter => ({
  in: 'body',
  name: 'body',
  ...(required ? { required } : {}),
  schema,
})

const withArticle = (kind: string): string => `${/^[aeiou]/i.test(kind) ? 'an' : 'a'} ${kind}`

const list = (subject: Subject, everywhere = false): Operation => {
  const { group, version, kind } = kindOf(subject)
  return operation(subject, {
    action: 'list',
    id: operationId(subject, 'list', '', everywhere),
    description: `list or watch objects of kind ${kind}`,
    codes: [200],
    schema: pointerTo(definitionOf(group, version, `${kind}List`)),
    parameters: LIST_PARAMETERS,
  })
}

const create = (subject: Subject): Operation => {
  const { resource, subresource } = subject
  const what = withArticle(resource.responseKind.kind)
  return operation(subject, {
    action: 'post',
    id: operationId(subject, 'create'),
    description:
      subresource === undefined ? `create ${what}` : `create ${subresource.subresource} of ${what}`,
    codes: [200, 201, 202],
    schema: schemaOf(subject),
    parameters: [body(schemaOf(subject)), ...WRITE_PARAMETERS],
  })
}

const deleteCollection = (subject: Subject): Operation =>
  operation(subject, {
    action: 'deletecollection',
    id: operationId(subject, 'delete', 'Collection'),
    description: `delete collection of ${kindOf(subject).kind}`,
    codes: [200],
    schema: pointerTo(`${META}.Status`),
    parameters: [
      body(pointerTo(`${META}.DeleteOptions`), false),
      ...DELETE_PARAMETERS,
      ...LIST_PARAMETERS.filter(({ $ref }) => !$ref.endsWith('/watch')),
    ],
  })

const deleteOne = (subject: Subject): Operation =>
  operation(subject, {
    action: 'delete',
    id: operationId(subject, 'delete'),
    description: `delete ${withArticle(kindOf(subject).kind)}`,
    codes: [200, 202],
    schema: pointerTo(`${META}.Status`),
    parameters: [body(pointerTo(`${META}.DeleteOptions`), false), ...DELETE_PARAMETERS],
  })

const specified = ({ resource, subresource }: Subject): string => {
  const of = subresource === undefined ? '' : `${subresource.subresource} of `
  return `${of}the specified ${resource.responseKind.kind}`
}

const read = (subject: Subject): Operation =>
  operation(subject, {
    action: 'get',
    id: operationId(subject, 'read'),
    description: `read ${specified(subject)}`,
    codes: [200],
    schema: subject.subresource?.subresource === 'log' ? { type: 'string' } : schemaOf(subject),
  })

const replace = (subject: Subject): Operation =>
  operation(subject, {
    action: 'put',
    id: operationId(subject, 'replace'),
    description: `replace ${specified(subject)}`,
    codes: [200, 201],
    schema: schemaOf(subject),
    parameters: [body(schemaOf(subject)), ...WRITE_PARAMETERS],
  })

const partly = (subject: Subject): Operation =>
  operation(subject, {
    action: 'patch',
    id: operationId(subject, 'patch'),
    description: `partially update ${specified(subject)}`,
    codes: [200, 201],
    schema: schemaOf(subject),
    parameters: [body(pointerTo(`${META}.Patch`)), ...WRITE_PARAMETERS, query('force', 'boolean')],
  })

const METHODS = [
  ['get', 'get'],
  ['create', 'post'],
  ['update', 'put'],
  ['patch', 'patch'],
  ['delete', 'delete'],
] as const

const connect = (subject: Subject, verbs: readonly string[]): PathItem => {
  const item: Record<string, Operation> = {}
  const { resource, subresource } = subject
  for (const [verb, method] of METHODS)
    if (verbs.includes(verb))
      item[method] = operation(subject, {
        action: 'connect',
        id: operationId(subject, 'connect', capital(method)),
        description: `connect ${method.toUpperCase()} requests to ${subresource!.subresource} of ${resource.responseKind.kind}`,
        codes: [200],
        schema: { type: 'string' },
      })
  return item
}

const single = (subject: Subject, verbs: readonly string[]): PathItem => ({
  ...(verbs.includes('get') ? { get: read(subject) } : {}),
  ...(verbs.includes('update') ? { put: replace(subject) } : {}),
  ...(verbs.includes('patch') ? { patch: partly(subject) } : {}),
  ...(verbs.includes('delete') ? { delete: deleteOne(subject) } : {}),
  ...(subject.subresource !== undefined && verbs.includes('create')
    ? { post: create(subject) }
    : {}),
})

type Entry = readonly [string, PathItem]

const resourcePaths = (root: string, subject: Subject): readonly Entry[] => {
  const { resource } = subject
  const has = (verb: string): boolean => resource.verbs.includes(verb)
  const isWithin = isNamespaced(subject)
  const collection = `${root}${isWithin ? 'namespaces/{namespace}/' : ''}${resource.resource}`
  const within = isWithin ? [parameterNamed('namespace')] : []
  const entries: Entry[] = []
  const add = (path: string, item: PathItem, parameters: readonly Reference[]): void => {
    if (Object.keys(item).length === 0) return
    entries.push([path, { ...item, parameters: [...parameters, parameterNamed('pretty')] }])
  }
  const whole: PathItem = {
    ...(has('list') ? { get: list(subject) } : {}),
    ...(has('create') ? { post: create(subject) } : {}),
    ...(has('deletecollection') ? { delete: deleteCollection(subject) } : {}),
  }
  add(collection, whole, within)
  if (isWithin && has('list')) add(root + resource.resource, { get: list(subject, true) }, [])
  const named = [parameterNamed('name'), ...within]
  add(
    `${collection}/{name}`,
    single(
      subject,
      resource.verbs.filter((verb) => verb !== 'create'),
    ),
    named,
  )
  for (const subresource of resource.subresources ?? []) {
    const inner = { ...subject, subresource }
    const item = CONNECTED.has(subresource.subresource) ? connect : single
    const path = `${collection}/{name}/${subresource.subresource}`
    add(path, item(inner, subresource.verbs), named)
  }
  return entries
}

/** What there is, in a form that may be described. */
const discoveryPath = (path: string, id: string, tag: string, definition?: string): Entry => {
  const ok = definition === undefined ? {} : { schema: pointerTo(`${META}.${definition}`) }
  const responses = { 200: { description: 'OK', ...ok }, 401: { description: 'Unauthorized' } }
  return [path, { get: { operationId: id, responses, schemes: ['https'], tags: [tag] } }]
}

const groupPaths = ({ metadata, versions }: GroupDiscovery): readonly Entry[] => {
  const { name: group = '' } = metadata
  const root = group === '' ? '/api/' : `/apis/${group}/`
  const name = groupName(group)
  const own =
    group === ''
      ? discoveryPath(root, 'getCoreAPIVersions', name)
      : discoveryPath(root, `get${capital(name)}APIGroup`, name, 'APIGroup')
  return [
    own,
    ...versions.flatMap(({ version, resources }) => {
      const place = `${root}${version}/`
      const id = `get${capital(name)}${capital(version)}APIResources`
      return [
        discoveryPath(place, id, `${name}_${version}`, 'APIResourceList'),
        ...resources.flatMap((resource) => resourcePaths(place, { group, version, resource })),
      ]
    }),
  ]
}

/** Every path of every group, sorted, and the parameters that they share. */
export const pathsV2 = (
  groups: readonly GroupDiscovery[],
): {
  readonly paths: Readonly<Record<string, PathItem>>
  readonly parameters: Readonly<Record<string, Parameter>>
} => {
  const all = [discoveryPath('/apis/', 'getAPIVersions', 'apis'), ...groups.flatMap(groupPaths)]
  const sorted = all.toSorted(([a], [b]) => (a < b ? -1 : 1))
  return { paths: Object.fromEntries(sorted), parameters: references }
}
