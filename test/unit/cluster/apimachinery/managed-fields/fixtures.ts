import type { JsonObject, KubeObject, ManagedFieldsEntry } from '#apimachinery/object.ts'
import { apply, managedOnUpdate } from '#apimachinery/managed-fields/manager.ts'
import type { Schema } from '#apimachinery/schema.ts'
import { schemaForKind } from '#api/schemas.ts'

/** The schema of a built-in kind. */
export const schemaOfKind = (apiVersion: string, kind: string): Schema => {
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? '' : apiVersion.slice(0, slash)
  const schema = schemaForKind(group, apiVersion.slice(slash + 1), kind)
  if (schema === undefined) throw new Error(`no schema of ${apiVersion} ${kind}`)
  return schema
}

export const timeAt = (second: number): string =>
  `2026-01-02T03:04:${String(second).padStart(2, '0')}Z`

/** An object with a life: what is applied and written to it, and how its managers end up. */
export class Subject {
  object: KubeObject | undefined
  readonly apiVersion: string
  readonly kind: string
  readonly schema: Schema
  #second = 0

  constructor(apiVersion: string, kind: string, schema = schemaOfKind(apiVersion, kind)) {
    this.apiVersion = apiVersion
    this.kind = kind
    this.schema = schema
  }

  #of(fields: JsonObject): JsonObject {
    const { metadata, ...others } = fields
    return {
      apiVersion: this.apiVersion,
      kind: this.kind,
      metadata: { name: 'x', namespace: 'default', ...(metadata as JsonObject | undefined) },
      ...others,
    }
  }

  #stored(object: KubeObject): void {
    const metadata = { uid: 'u', resourceVersion: '1', ...object.metadata }
    this.object = { ...object, metadata }
  }

  apply(manager: string, fields: JsonObject, force = false): void {
    const applied = this.#of(fields)
    const { apiVersion, kind, schema } = this
    const time = timeAt(this.#second++)
    this.#stored(
      apply({ live: this.object, applied, manager, force, apiVersion, kind, time, schema }),
    )
  }

  /** A create, or an update that leaves out what `fields` leave out. */
  write(manager: string, fields: JsonObject, subresource?: string): void {
    const live = this.object
    const { metadata, ...others } = this.#of(fields)
    const server =
      live === undefined
        ? {}
        : {
            uid: live.metadata.uid!,
            resourceVersion: '1',
            managedFields: live.metadata.managedFields,
          }
    const next = {
      ...others,
      metadata: { ...server, ...(metadata as JsonObject) },
    } as unknown as KubeObject
    const managedFields = managedOnUpdate({
      live,
      next,
      manager,
      apiVersion: this.apiVersion,
      time: timeAt(this.#second++),
      schema: this.schema,
      ...(subresource === undefined ? {} : { subresource }),
    })
    this.#stored({ ...next, metadata: { ...next.metadata, managedFields } })
  }

  get fields(): JsonObject {
    const {
      apiVersion: _a,
      kind: _k,
      metadata,
      ...others
    } = this.object as unknown as Record<string, JsonObject>
    const {
      name: _n,
      namespace: _ns,
      uid: _u,
      resourceVersion: _r,
      managedFields: _m,
      ...rest
    } = metadata!
    return {
      ...(Object.keys(rest).length === 0 ? {} : { metadata: rest }),
      ...others,
    }
  }

  get entries(): readonly ManagedFieldsEntry[] {
    return this.object?.metadata.managedFields ?? []
  }

  /** `alice Apply` to what it owns. */
  get owners(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
      this.entries.map(({ manager, operation, subresource, fieldsV1 }) => [
        [manager, operation, subresource].filter((part) => part !== undefined).join(' '),
        fieldsV1,
      ]),
    )
  }
}
