// One thing that a command works on. kubernetes: cli-runtime pkg/resource Info, Helper
import type { JsonObject } from '#apimachinery/object.ts'
import type { ApiClient } from '#kubectl/client/api-client.ts'
import { pathTo, type ResourceInfo } from '#kubectl/client/discovery.ts'
import { ApiError, KubectlFailure } from '#kubectl/failure.ts'

export interface Info {
  readonly resource: ResourceInfo
  /** '' for what has none. */
  readonly namespace: string
  readonly name: string
  /** What the server or a file says; undefined: nobody has asked yet. */
  readonly object?: JsonObject
  /** The file that it stands in: `STDIN`, a path; '' if the command line names it. */
  readonly source: string
  readonly subresource?: string
}

interface Metadata {
  readonly name?: string
  readonly namespace?: string
  readonly generateName?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly uid?: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
  readonly deletionTimestamp?: string
  readonly creationTimestamp?: string
}

const NOTHING: Metadata = {}

export const metadataOf = (object: JsonObject | undefined): Metadata => {
  const metadata = object?.['metadata']
  return typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata)
    ? (metadata as Metadata)
    : NOTHING
}

/** Where the object is. Throws what is said of names that cannot be. kubernetes: client-go rest/request.go Name */
export const pathOfInfo = ({ resource, namespace, name, subresource }: Info): string => {
  if (name === '') throw new KubectlFailure('resource name may not be empty')
  const problem = segmentProblem(name)
  if (problem !== undefined)
    throw new KubectlFailure(`invalid resource name ${JSON.stringify(name)}: [${problem}]`)
  return pathTo(resource, namespace, name, subresource)
}

/** kubernetes: apimachinery pkg/api/validation/path IsValidPathSegmentName */
const segmentProblem = (name: string): string | undefined => {
  if (name === '.' || name === '..') return `may not be '${name}'`
  const found = ['/', '%'].filter((letter) => name.includes(letter))
  return found.length === 0
    ? undefined
    : found.map((letter) => `may not contain '${letter}'`).join(' ')
}

/** The object as it is now. Throws ApiError. kubernetes: cli-runtime pkg/resource/visitor.go Info.Get */
export const fetchInfo = (client: ApiClient, info: Info, accept?: string): Info => {
  const object = fetched(client, info, accept)
  const { name = info.name, namespace = info.namespace } = metadataOf(object)
  return { ...info, object, name, namespace }
}

const fetched = (client: ApiClient, info: Info, accept: string | undefined): JsonObject => {
  try {
    return client.get(pathOfInfo(info), [], accept)
  } catch (error) {
    const { namespace } = info
    if (namespace === '' || namespace === 'default') throw error
    if (!(error instanceof ApiError) || !error.is('NotFound')) throw error
    throw missingNamespace(client, namespace) ?? error
  }
}

/** That the namespace itself is missing says more. */
const missingNamespace = (client: ApiClient, namespace: string): ApiError | undefined => {
  try {
    client.get(`/api/v1/namespaces/${encodeURIComponent(namespace)}`)
    return undefined
  } catch (error) {
    return error instanceof ApiError && error.is('NotFound') ? error : undefined
  }
}

/** `deployment.apps/web` */
export const typedName = (info: Pick<Info, 'resource' | 'name'>): string => {
  const { kind, group } = info.resource
  return `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${info.name}`
}

export const isListObject = (object: JsonObject | undefined): boolean =>
  object !== undefined && Array.isArray(object['items'])
