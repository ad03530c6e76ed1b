import type { JsonObject } from '#apimachinery/object.ts'
import type { Info } from '#kubectl/resource/info.ts'

export interface BuilderOptions {
  /** Types and names: `pods web`, `pod/web svc/web`, `deploy,svc`. */
  readonly args?: readonly string[]
  /** A type alone means all of its objects. kubernetes: ResourceTypeOrNameArgs(true) */
  readonly allowsEmptySelector?: boolean
  readonly filenames?: readonly string[]
  readonly kustomize?: string
  readonly isRecursive?: boolean
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly selectsAll?: boolean
  readonly allNamespaces?: boolean
  /** Objects in files must be in the namespace of `--namespace`. kubernetes: FilenameParam(enforceNamespace) */
  readonly enforcesNamespace?: boolean
  readonly namespace?: string
  /** Goes on with the others when one is not there. */
  readonly continuesOnError?: boolean
  /** What files name is asked from the server. */
  readonly latest?: boolean
  /** Lists in files, and lists that servers answer, are taken apart. */
  readonly flattens?: boolean
  readonly singleResourceType?: boolean
  readonly subresource?: string
  readonly chunkSize?: number
  /** What the server is asked for; absent: plain JSON. */
  readonly accept?: string
  readonly query?: readonly (readonly [string, string])[]
  /** Objects in files must have one of Go's types. kubernetes: Builder.WithScheme */
  readonly isTyped?: boolean
  /** Nothing is asked from the server. */
  readonly isLocal?: boolean
  /** Objects that the command line names are not asked for. */
  readonly withoutObjects?: boolean
  /** Looks at documents as they are read, before anything is made of them. */
  readonly checkDocument?: (object: JsonObject, source: string) => void
}

export type Visit = (info: Info) => void
