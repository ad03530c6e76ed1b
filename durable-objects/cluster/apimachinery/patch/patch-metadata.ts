import type { Schema } from '#apimachinery/schema.ts'
import { plainError } from './patch-error.ts'

/** What the type of a field says about patching it. */
export interface PatchMetadata {
  readonly schema: Schema
  /** `merge`, `replace` or ''. */
  readonly strategy: string
  readonly mergeKey: string
}

const ANYTHING: Schema = { kind: 'any', name: '', goType: 'interface {}' }

/** kubernetes: apimachinery third_party/forked/golang/json/fields.go LookupPatchMetadataForStruct */
export const patchMetadata = (schema: Schema | undefined, name: string): PatchMetadata => {
  if (schema === undefined || schema.kind === 'any' || schema.preserveUnknown === true)
    return { schema: schema?.fields?.get(name)?.schema ?? ANYTHING, strategy: '', mergeKey: '' }
  if (schema.kind === 'map') return { schema: schema.items ?? ANYTHING, strategy: '', mergeKey: '' }
  if (schema.kind !== 'object')
    throw plainError(
      `merging an object in json but data type is not struct, instead is: ${schema.kind}`,
    )
  const field = schema.fields?.get(name)
  if (field === undefined) {
    const type = schema.goType.slice(schema.goType.lastIndexOf('.') + 1)
    throw plainError(`unable to find api field in struct ${type} for the json field "${name}"`)
  }
  const strategies = field.schema.patchStrategy ?? []
  return {
    schema: field.schema,
    strategy: strategies.find((strategy) => strategy !== 'retainKeys') ?? '',
    mergeKey: field.schema.patchMergeKey ?? '',
  }
}
