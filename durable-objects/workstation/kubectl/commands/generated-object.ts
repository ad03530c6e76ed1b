// Objects that expose, run and autoscale make of flags, on their way to the server. kubernetes: cli-runtime pkg/resource/helper.go Create
import { schemaForKind } from '#api/schemas.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { applyJsonPatch } from '#apimachinery/patch/json-patch.ts'
import { applyMergePatch, isObject } from '#apimachinery/patch/merge-patch.ts'
import { applyStrategicMergePatch } from '#apimachinery/patch/strategic-merge.ts'
import { pathTo } from '#kubectl/client/discovery.ts'
import { type DryRun, managerOf, writeQuery } from '#kubectl/commands/dry-run.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { outputFormat } from '#kubectl/output/format.ts'
import type { ResultPrinter } from '#kubectl/output/result.ts'
import { type Info, metadataOf } from '#kubectl/resource/info.ts'
import { goJsonLine, withLastApplied } from '#kubectl/resource/last-applied.ts'

const typeOf = ({ apiVersion, kind }: JsonObject): readonly [string, string] => [
  String(apiVersion),
  String(kind),
]

/** As the server answers it; with `--dry-run=client` as it would be sent. */
export const sendGenerated = (run: Invocation, given: JsonObject, dryRun: DryRun): Info => {
  const resource = run.mapper.ofObject(...typeOf(given))
  const { namespace } = run
  const { name = '' } = metadataOf(given)
  const info = { resource, namespace, name, source: '' }
  if (dryRun === 'client') {
    const metadata = { ...(given['metadata'] as JsonObject | undefined), namespace }
    return { ...info, object: run.connection.isExplicit ? { ...given, metadata } : given }
  }
  const object = run.client.object({
    method: 'POST',
    path: pathTo(resource, namespace),
    query: writeQuery(managerOf(run), dryRun),
    contentType: 'application/json',
    body: goJsonLine(run.flags.bool('save-config') ? withLastApplied(given) : given),
  })
  const { name: made = name } = metadataOf(object)
  return { ...info, name: made, object }
}

/** What is not read from a file is printed in JSON in the order of its type. */
export const printGenerated = (
  run: Invocation,
  printer: ResultPrinter,
  info: Info,
  operation: string,
): void => {
  const { object = {} } = info
  if (outputFormat(run) !== 'json') return printer.print(info, operation)
  const { managedFields, ...metadata } = (object['metadata'] ?? {}) as JsonObject
  const isAsked = run.flags.bool('show-managed-fields') && managedFields !== undefined
  const shown = { ...object, metadata: isAsked ? { ...metadata, managedFields } : metadata }
  run.out(`${JSON.stringify(shown, undefined, 4)}\n`)
}

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
  const [apiVersion, kind] = typeOf(object)
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
