// `--overrides`, and labels on a command line. kubernetes: kubectl pkg/cmd/util/override_options.go, pkg/generate/generate.go
import { schemaForKind } from '#api/schemas.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { applyJsonPatch } from '#apimachinery/patch/json-patch.ts'
import { applyMergePatch, isObject } from '#apimachinery/patch/merge-patch.ts'
import { applyStrategicMergePatch } from '#apimachinery/patch/strategic-merge.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'

/** `--overrides`. kubernetes: OverrideOptions */
export const overridden = ({ flags }: Invocation, object: JsonObject): JsonObject => {
  const text = flags.string('overrides')
  if (text === '') return object
  const type = flags.string('override-type')
  if (type !== 'merge' && type !== 'json' && type !== 'strategic' && type !== '')
    throw new KubectlFailure(`invalid override type: ${type}`)
  const patch = parsed(text)
  if (type === 'json') return applyJsonPatch(object, patch) as JsonObject
  if (!isObject(patch)) throw new KubectlFailure('Invalid JSON Patch')
  const [apiVersion, kind] = [String(object['apiVersion']), String(object['kind'])]
  const slash = apiVersion.indexOf('/')
  const schema = schemaForKind(
    slash < 0 ? '' : apiVersion.slice(0, slash),
    apiVersion.slice(slash + 1),
    kind,
  )
  return type === 'strategic' && schema !== undefined
    ? applyStrategicMergePatch(object, patch, schema)
    : applyMergePatch(object, patch)
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new KubectlFailure('Invalid JSON Patch')
  }
}

/** `app=web,tier=front`. kubernetes: generate.ParseLabels */
export const labelsOf = (text: string): JsonObject =>
  Object.fromEntries(
    text
      .split(',')
      .map((pair): readonly [string, string] => {
        const [key = '', value, ...more] = pair.split('=')
        if (value === undefined || more.length > 0)
          throw new KubectlFailure(`unexpected label spec: ${pair}`)
        if (key === '') throw new KubectlFailure('unexpected empty label key')
        return [key, value]
      })
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
