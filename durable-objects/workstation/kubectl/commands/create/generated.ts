// Objects that `create KIND` makes of flags. kubernetes: kubectl pkg/cmd/create
import type { JsonObject } from '#apimachinery/object.ts'
import { dryRunOf, validationOf } from '#kubectl/commands/dry-run.ts'
import { knownResource, post, savesConfig, unsent } from '#kubectl/commands/generated-object.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { resultPrinter } from '#kubectl/output/result.ts'
import { asTyped } from '#kubectl/output/typed.ts'
import { withTypedLastApplied } from '#kubectl/resource/last-applied.ts'

/** kubernetes: NameFromCommandArgs. Arguments behind `--` are a command. */
export const nameOf = (run: Invocation): string => {
  const count = run.dashAt < 0 ? run.args.length : run.dashAt
  if (count !== 1) throw run.usage(`exactly one NAME is required, got ${count}`)
  return run.args[0]!
}

/** With `--namespace`, objects say where they go. */
export const metadataFor = (run: Invocation, name: string, more: JsonObject = {}): JsonObject => ({
  name,
  ...(run.connection.isExplicit ? { namespace: run.namespace } : {}),
  ...more,
})

type Make = (name: string) => JsonObject

/** Of kinds that are not made without a name. */
export const named =
  (make: Make): Make =>
  (name) => {
    if (name === '') throw new KubectlFailure('name must be specified')
    return make(name)
  }

/**
 * Sends what `make` makes of a name and the flags, or only shows it. `refusal`: how a refusal begins, e.g.
 * `failed to create configmap`.
 */
export const createGenerated = (run: Invocation, make: Make, refusal?: string): void => {
  const name = nameOf(run)
  run.requireContext()
  const dryRun = dryRunOf(run)
  const validation = validationOf(run)
  const printer = resultPrinter(run, dryRun, { isTyped: true })
  const typed = asTyped(make(name))
  const object = savesConfig(run) ? withTypedLastApplied(typed) : typed
  const info =
    dryRun === 'client'
      ? unsent(object)
      : post(run, knownResource(object), object, {
          dryRun,
          validation,
          ...(refusal === undefined ? {} : { refusal }),
        })
  printer.print(info, 'created')
}
