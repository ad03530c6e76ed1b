// Objects that `create KIND` makes of flags. kubernetes: kubectl pkg/cmd/create
import type { JsonObject } from '#apimachinery/object.ts'
import { pathTo } from '#kubectl/client/discovery.ts'
import { dryRunOf, managerOf, validationOf, writeQuery } from '#kubectl/commands/dry-run.ts'
import { ApiError, KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { outputFormat } from '#kubectl/output/format.ts'
import { resultPrinter } from '#kubectl/output/result.ts'
import { metadataOf } from '#kubectl/resource/info.ts'
import { LAST_APPLIED } from '#kubectl/resource/last-applied.ts'

/** kubernetes: NameFromCommandArgs. Arguments behind `--` are a command. */
export const nameOf = (run: Invocation): string => {
  const count = run.dashAt < 0 ? run.args.length : run.dashAt
  if (count !== 1) throw run.usage(`exactly one NAME is required, got ${count}`)
  return run.args[0]!
}

/** cobra: ValidateRequiredFlags */
export const requireFlags = ({ flags }: Invocation, ...names: readonly string[]): void => {
  const missing = names.filter((name) => !flags.changed(name)).toSorted()
  if (missing.length > 0)
    throw new KubectlFailure(
      `required flag(s) ${missing.map((name) => JSON.stringify(name)).join(', ')} not set`,
    )
}

/** With `--namespace`, objects say where they go. */
export const metadataFor = (run: Invocation, name: string, more: JsonObject = {}): JsonObject => ({
  name,
  ...(run.connection.isExplicit ? { namespace: run.namespace } : {}),
  ...more,
})

/** Sends the object, or only shows it. `what`: how a refusal begins, e.g. `failed to create configmap`. */
export const createGenerated = (run: Invocation, given: JsonObject, what?: string): void => {
  const dryRun = dryRunOf(run)
  const validation = validationOf(run)
  const isSaved = run.flags.has('save-config') && run.flags.bool('save-config')
  const object = isSaved ? remembering(given) : given
  const printer = resultPrinter(run, dryRun)
  const resource = run.mapper.ofObject(String(object['apiVersion']), String(object['kind']))
  const namespace = resource.isNamespaced ? run.namespace : ''
  const made = dryRun === 'client' ? object : send()
  const { name = '' } = metadataOf(made)
  const info = { resource, namespace, name, object: made, source: '' }
  if (outputFormat(run) === 'json')
    run.out(`${JSON.stringify(withoutManaged(made), undefined, 4)}\n`)
  else printer.print(info, 'created')

  function send(): JsonObject {
    try {
      return run.client.object({
        method: 'POST',
        path: pathTo(resource, namespace),
        query: writeQuery(managerOf(run), dryRun, validation),
        contentType: 'application/json',
        body: JSON.stringify(object),
      })
    } catch (error) {
      if (!(error instanceof ApiError) || what === undefined) throw error
      throw new KubectlFailure(`${what}: ${error.message}`)
    }
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' }

/** What was made is remembered in the order of its type. kubernetes: CreateApplyAnnotation */
const remembering = (object: JsonObject): JsonObject => {
  const text = JSON.stringify(object).replace(/[<>&]/g, (letter) => ESCAPES[letter]!)
  const metadata = object['metadata'] as JsonObject
  const { annotations } = metadata as { readonly annotations?: JsonObject }
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...annotations, [LAST_APPLIED]: `${text}\n` } },
  }
}

/** Typed objects print in the order of their types: as they came. */
const withoutManaged = (object: JsonObject): JsonObject => {
  const { managedFields: _managed, ...metadata } = (object['metadata'] ?? {}) as JsonObject
  return { ...object, metadata }
}
