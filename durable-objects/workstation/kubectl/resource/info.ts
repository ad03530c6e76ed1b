// One thing that a command works on. kubernetes: cli-runtime pkg/resource Info, Helper
import type { JsonObject } from '#apimachinery/object.ts'
import type { ApiClient } from '#kubectl/client/api-client.ts'
import { pathTo, type ResourceInfo } from '#kubectl/client/discovery.ts'

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

/** Where the object is. */
export const pathOfInfo = ({ resource, namespace, name, subresource }: Info): string =>
  pathTo(resource, namespace, name, subresource)

/** The object as it is now. Throws ApiError. */
export const fetchInfo = (client: ApiClient, info: Info, accept?: string): Info => {
  const object = client.get(pathOfInfo(info), [], accept)
  const { name = info.name, namespace = info.namespace } = metadataOf(object)
  return { ...info, object, name, namespace }
}

/** `deployment.apps/web` */
export const typedName = (info: Pick<Info, 'resource' | 'name'>): string => {
  const { kind, group } = info.resource
  return `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${info.name}`
}

export const isListObject = (object: JsonObject | undefined): boolean =>
  object !== undefined && Array.isArray(object['items'])
