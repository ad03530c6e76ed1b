// One object, and the requests that kubectl would send about it.
import type { UserInfo } from '#api/strategy.ts'
import { own, type JsonObject } from '#apimachinery/object.ts'
import { threeWayPatch } from '#apimachinery/patch/three-way.ts'
import type { Status } from '#apimachinery/status-error.ts'
import type { Cluster } from '#cluster.ts'
import type { Answer, ApiRequest } from '#kube-apiserver/endpoints/http.ts'
import { apiVersionOf, isBuiltIn, type Resource } from '#kube-apiserver/resources.ts'
import { LAST_APPLIED } from '#manifests/as-written.ts'
import { textOf } from '#manifests/shapes.ts'

const MANAGER = 'kubectl-client-side-apply'

export interface ApplyResult {
  /** `service/web`, `deployment.apps/web` */
  readonly object: string
  readonly namespace?: string
  readonly result: 'created' | 'configured' | 'unchanged'
  readonly warnings?: readonly string[]
}

/** Why an object was not taken. */
export interface Refused {
  readonly refused: { readonly code: number; readonly message: string; readonly status?: Status }
}

/** Does to the object what `kubectl apply` would. */
export const applyObject = (
  cluster: Cluster,
  user: UserInfo,
  given: JsonObject,
): ApplyResult | Refused => {
  const found = targetOf(cluster, user, given, 'Strict')
  return 'refused' in found ? found : applyTo(found.target, found.object)
}

/** Creates the object, applies it if there is one already. Fields that nobody knows are left out with a warning. */
export const createObject = (
  cluster: Cluster,
  user: UserInfo,
  given: JsonObject,
): ApplyResult | Refused => {
  const found = targetOf(cluster, user, given, 'Warn')
  if ('refused' in found) return found
  const { target, object } = found
  const created = target.send('POST', true, object)
  if (created.status < 300) return resultOf(target, 'created', created)
  const refused = refusedBy(created)
  return refused.refused.status?.reason === 'AlreadyExists' ? applyTo(target, object) : refused
}

type Validation = 'Strict' | 'Warn'

const targetOf = (
  cluster: Cluster,
  user: UserInfo,
  given: JsonObject,
  validation: Validation,
): { readonly target: Target; readonly object: JsonObject } | Refused => {
  const refuse = (message: string): Refused => ({ refused: { code: 400, message } })
  const [apiVersion, kind] = [textOf(given['apiVersion']), textOf(given['kind'])]
  if (kind === '') return refuse('kind not set: say what the object is, e.g. `kind: Service`')
  if (apiVersion === '')
    return refuse(
      'apiVersion not set: say which version of the kind is meant, e.g. `apiVersion: v1`',
    )
  const resource = cluster
    .served()
    .find((candidate) => candidate.kind === kind && apiVersionOf(candidate) === apiVersion)
  if (resource === undefined)
    return refuse(`no matches for kind "${kind}" in version "${apiVersion}"`)
  const metadata = (given['metadata'] ?? {}) as JsonObject
  const name = textOf(metadata['name'])
  if (name === '') return refuse(`metadata.name: Required value: name or generateName is required`)
  const namespace = resource.namespaced ? textOf(metadata['namespace']) || 'default' : ''
  const object = { ...given, metadata: { ...metadata, ...(namespace === '' ? {} : { namespace }) } }
  return { target: new Target(cluster, user, { resource, namespace, name, validation }), object }
}

interface Address {
  readonly resource: Resource
  readonly namespace: string
  readonly name: string
  readonly validation: Validation
}

/** One object's address, and the requests that kubectl would send there. */
class Target {
  readonly resource: Resource
  readonly namespace: string
  readonly name: string
  readonly #cluster: Cluster
  readonly #user: UserInfo
  readonly #validation: Validation

  constructor(cluster: Cluster, user: UserInfo, address: Address) {
    this.#cluster = cluster
    this.#user = user
    this.#validation = address.validation
    this.resource = address.resource
    this.namespace = address.namespace
    this.name = address.name
  }

  send(
    method: string,
    onCollection: boolean,
    body?: JsonObject,
    contentType = 'application/json',
  ): Answer {
    const { group, version, plural } = this.resource
    const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
    const scope = this.namespace === '' ? '' : `/namespaces/${encodeURIComponent(this.namespace)}`
    const request: ApiRequest = {
      method,
      path: `${root}${scope}/${plural}${onCollection ? '' : `/${encodeURIComponent(this.name)}`}`,
      query:
        method === 'GET'
          ? []
          : [
              ['fieldManager', MANAGER],
              ['fieldValidation', this.#validation],
            ],
      accept: 'application/json',
      contentType,
      userAgent: 'kubarium',
      body: body === undefined ? '' : JSON.stringify(body),
      user: this.#user,
    }
    return this.#cluster.handle(request) as Answer
  }
}

const bodyOf = (answer: Answer): JsonObject => JSON.parse(answer.body.join('')) as JsonObject

const applyTo = (target: Target, object: JsonObject): ApplyResult | Refused => {
  const next = withLastApplied(object)
  const found = target.send('GET', false)
  if (found.status !== 200 && found.status !== 404) return refusedBy(found)
  if (found.status === 404) {
    const created = target.send('POST', true, next)
    return created.status < 300 ? resultOf(target, 'created', created) : refusedBy(created)
  }
  const live = bodyOf(found)
  // custom resources know no strategic merge
  const schema = isBuiltIn(target.resource) ? target.resource.schema : undefined
  const patch = threeWayPatch(lastAppliedOf(live), next, live, schema)
  if (patch === undefined) return resultOf(target, 'unchanged', found)
  const type = schema === undefined ? 'merge' : 'strategic-merge'
  const patched = target.send('PATCH', false, patch, `application/${type}-patch+json`)
  if (patched.status >= 300) return refusedBy(patched)
  const isSame =
    (bodyOf(patched)['metadata'] as JsonObject)['resourceVersion'] ===
    (live['metadata'] as JsonObject)['resourceVersion']
  return resultOf(target, isSame ? 'unchanged' : 'configured', patched)
}

const refusedBy = (answer: Answer): Refused => {
  const status = bodyOf(answer) as unknown as Status
  return { refused: { code: answer.status, message: status.message ?? '', status } }
}

const resultOf = (
  { resource, namespace, name }: Target,
  result: ApplyResult['result'],
  answer: Answer,
): ApplyResult => {
  const singular = resource.discovery.singularResource
  const warnings = (answer.headers ?? [])
    .filter(([header]) => header === 'warning')
    .map(([, text]) => text.replace(/^299 - "|"$/g, ''))
  return {
    object: `${singular}${resource.group === '' ? '' : `.${resource.group}`}/${name}`,
    ...(namespace === '' ? {} : { namespace }),
    result,
    ...(warnings.length === 0 ? {} : { warnings }),
  }
}

const sortKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(sorted.map(([key, inner]) => [key, sortKeys(inner)]))
}

/** kubernetes: cli-runtime / kubectl pkg/util/apply.go GetModifiedConfiguration */
const withLastApplied = (object: JsonObject): JsonObject => {
  const metadata = (object['metadata'] ?? {}) as JsonObject
  const { [LAST_APPLIED]: _last, ...annotations } = (metadata['annotations'] ?? {}) as JsonObject
  const configuration = sortKeys({ ...object, metadata: { ...metadata, annotations } })
  return {
    ...object,
    metadata: {
      ...metadata,
      annotations: { ...annotations, [LAST_APPLIED]: `${JSON.stringify(configuration)}\n` },
    },
  }
}

const lastAppliedOf = (live: JsonObject): JsonObject | undefined => {
  const annotations = (
    live['metadata'] as { readonly annotations?: Readonly<Record<string, string>> } | undefined
  )?.annotations
  const text = own(annotations, LAST_APPLIED)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as JsonObject
  } catch {
    return undefined // somebody wrote something else there: nothing was applied before
  }
}
