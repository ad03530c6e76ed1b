import type { FieldError } from '#apimachinery/field-error.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import type { Random } from '#environment.ts'

export interface UserInfo {
  readonly username: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** What a stage of a write may know beside the object. */
export interface WriteContext {
  /** Milliseconds since the epoch on the session's clock. */
  readonly now: number
  readonly user: UserInfo
  readonly dryRun: boolean
  readonly random: Random
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
  readonly orphanDependents?: boolean
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly dryRun?: readonly string[]
}

/** The stages of an update that are particular. */
export interface UpdateStages<T extends KubeObject = KubeObject> {
  readonly prepareForUpdate?: (object: T, old: T, context: WriteContext) => T
  /** Includes what upstream's ValidateUpdate includes beyond metadata (usually `validate` of the new object too). */
  readonly validateUpdate?: (object: T, old: T, context: WriteContext) => readonly FieldError[]
  readonly warningsOnUpdate?: (object: T, old: T, context: WriteContext) => readonly string[]
}

/**
 * What is particular about one kind in the generic write pipeline
 * (default, admit, prepare, validate, warn, canonicalize, store).
 * Every stage is pure: it returns the object it was given or a copy that shares what did not change, and never mutates.
 * The generic pipeline does by itself: metadata validation (names by `validateName`), uid, creationTimestamp, generateName,
 * generation (1 on create; +1 when `spec`, or what `generationOf` returns, changed), resourceVersion, deletion and finalizers,
 * managed fields, removal of `status` on create and its restoration on update when the resource has a status subresource.
 * kubernetes: apiserver pkg/registry/rest/{create,update,delete}.go
 */
export interface Strategy<T extends KubeObject = KubeObject> extends UpdateStages<T> {
  /** The versioned defaulting functions. kubernetes: pkg/apis/GROUP/VERSION/defaults.go */
  readonly defaults?: (object: T) => T
  /** Names that may be used: returns messages. Default: DNS-1123 subdomain. `prefix`: the name is a generateName. */
  readonly validateName?: (name: string, prefix: boolean) => readonly string[]

  readonly prepareForCreate?: (object: T, context: WriteContext) => T
  readonly validate?: (object: T, context: WriteContext) => readonly FieldError[]
  readonly warningsOnCreate?: (object: T, context: WriteContext) => readonly string[]

  readonly canonicalize?: (object: T) => T

  /** The /status subresource. Default: everything but `status` and managed fields is restored from `old`. */
  readonly status?: UpdateStages<T>
  /** The /finalize subresource of Namespaces. */
  readonly finalize?: UpdateStages<T>
  /** Other parts of the object that are written apart, by their names: `resize`. Default: as the object itself. */
  readonly subresources?: Readonly<Record<string, UpdateStages<T>>>

  /** The status that a new object comes with is kept (Node). */
  readonly keepsGivenStatus?: boolean

  /** PUT of a name that does not exist creates it. */
  readonly allowCreateOnUpdate?: boolean
  /** PUT without resourceVersion is taken. Default true. */
  readonly allowUnconditionalUpdate?: boolean
  /** What must differ for `generation` to go up; `undefined` for kinds without generation. Default: `spec` if the kind has one. */
  readonly generationOf?: ((object: T) => unknown) | undefined
  /** False: `metadata.generation` is not kept for this kind (Service, ConfigMap...). Default: true if the schema has `spec`. */
  readonly hasGeneration?: boolean

  /** Why a DELETE of this name is forbidden; undefined if it is not. */
  readonly mayNotBeDeleted?: (name: string) => string | undefined
  /** Graceful deletion: the seconds to wait, or undefined to delete at once. kubernetes: CheckGracefulDelete */
  readonly gracePeriod?: (object: T, options: DeleteOptions) => number | undefined
  /**
   * What the object becomes when its deletion begins although something of its own, beside metadata.finalizers, holds it;
   * undefined if nothing does. For Namespaces: spec.finalizers hold it, its phase becomes Terminating. What comes with a deletionTimestamp
   * is stored as it is.
   */
  readonly heldWhileDeleting?: (object: T, now: number) => T | undefined
  /** What a DELETE without propagationPolicy means. Default 'Background'. */
  readonly defaultPropagation?: 'Orphan' | 'Background'

  /** DELETE answers with the object instead of a Status. kubernetes: genericregistry.Store.ReturnDeletedObject */
  readonly returnsDeletedObject?: boolean

  /** Fields that field selectors may name beside metadata.name and metadata.namespace. */
  readonly selectableFields?: (object: T) => Readonly<Record<string, string>>
  /** How /scale reads and writes the kind. */
  readonly scale?: ScaleAccess<T>
}

export interface ScaleAccess<T extends KubeObject = KubeObject> {
  readonly replicas: (object: T) => number
  readonly statusReplicas: (object: T) => number
  /** `app=web,tier in (a,b)`: what Scale.status.selector says. */
  readonly selector: (object: T) => string
  readonly withReplicas: (object: T, replicas: number) => T
  /** Why there is no Scale to be read of the object; undefined if there is one. */
  readonly problem?: (object: T) => string | undefined
}

/** One cell of a table: what `kubectl get` prints. */
export type Cell = string | number | boolean | null

/**
 * The cells of one object in the order of api/facts/columns.json. Ages are given as text by `age`.
 * kubernetes: pkg/printers/internalversion/printers.go
 */
export type RowPrinter<T extends KubeObject = KubeObject> = (
  object: T,
  context: { readonly now: number },
) => readonly Cell[]

/** How objects of one version are kept as those of another, which is stored. */
export interface Conversion {
  /** The name of the resource that is stored, and with which this one shares its objects: `events`. */
  readonly store: string
  readonly toStored: (object: KubeObject) => KubeObject
  readonly fromStored: (object: KubeObject) => KubeObject
}

/** Forgets the versions' own types. */
export const conversion = <V extends KubeObject, T extends KubeObject>(
  store: string,
  toStored: (object: V) => T,
  fromStored: (object: T) => V,
): Conversion => ({ store, toStored, fromStored }) as unknown as Conversion

/** What a kind adds to its row in discovery. */
export interface KindBehaviour<T extends KubeObject = KubeObject> {
  readonly strategy?: Strategy<T>
  readonly row?: RowPrinter<T>
  /** For a version that is not the stored one. Its strategy and row see stored objects, but for the defaults. */
  readonly conversion?: Conversion
}

/** Forgets the kind's own type, so that behaviours of all kinds fit into one table. */
export const kind = <T extends KubeObject>(behaviour: KindBehaviour<T>): KindBehaviour =>
  behaviour as unknown as KindBehaviour
