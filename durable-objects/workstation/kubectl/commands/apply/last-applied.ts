// kubernetes: kubectl pkg/cmd/apply/{apply_view_last_applied,apply_set_last_applied}.go
import type { JsonObject } from '#apimachinery/object.ts'
import { printYaml } from '#apimachinery/yaml/print.ts'
import { retrievingProblem } from '#kubectl/commands/apply/apply.ts'
import { dryRunOf, writeQuery } from '#kubectl/commands/dry-run.ts'
import { ApiError, KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { marshalJson } from '#kubectl/output/go/json.ts'
import { resultPrinter } from '#kubectl/output/result.ts'
import { build } from '#kubectl/resource/builder.ts'
import { fetchInfo, type Info, pathOfInfo } from '#kubectl/resource/info.ts'
import {
  applyAnnotationPatch,
  configurationText,
  lastApplied,
} from '#kubectl/resource/last-applied.ts'
import { filesOf } from '#kubectl/resource/files-of.ts'

export const viewLastApplied = (run: Invocation): void => {
  const { flags } = run
  const texts: string[] = []
  build(run, {
    args: run.args,
    allowsEmptySelector: run.connection.isExplicit,
    ...filesOf(run),
    labelSelector: flags.string('selector'),
    selectsAll: flags.bool('all'),
    enforcesNamespace: run.connection.isExplicit,
    latest: true,
    flattens: true,
  }).visit(({ object }) => {
    // what was never applied is passed over, without a word
    const text = lastApplied(object!)
    if (text !== undefined) texts.push(text)
  })
  const format = flags.string('output')
  for (const text of texts)
    if (format === 'yaml') run.out(printYaml(JSON.parse(text) as JsonObject))
    else if (format === 'json') run.out(indented(text))
    else
      throw run.usage(
        `Unexpected -o output mode: ${format}, the flag 'output' must be one of yaml|json`,
      )
}

/** encoding/json Indent: the order of the keys stays, and so does a newline at the end. */
const indented = (text: string): string =>
  `${marshalJson(JSON.parse(text) as JsonObject, '  ')}${text.endsWith('\n') ? '\n' : ''}`

export const setLastApplied = (run: Invocation): void => {
  const { flags } = run
  const dryRun = dryRunOf(run)
  const printer = resultPrinter(run, dryRun)
  const changes: { readonly info: Info; readonly body: string }[] = []
  build(run, {
    filenames: flags.list('filename'),
    enforcesNamespace: run.connection.isExplicit,
    flattens: true,
  }).visit((info) => {
    const found = liveOf(run, info)
    const last = lastApplied(found.object!)
    if (last === undefined && !flags.bool('create-annotation'))
      throw new KubectlFailure(
        `no last-applied-configuration annotation found on resource: ${info.name}, to create the annotation, run the command with --create-annotation`,
      )
    const text = configurationText(info.object!)
    if (last?.trim() !== text.trim())
      changes.push({ info: found, body: applyAnnotationPatch(info.object!) })
    else run.out(`set-last-applied ${info.name}: no changes required.\n`)
  })
  for (const { info, body } of changes) {
    const object =
      dryRun === 'client'
        ? info.object!
        : run.client.object({
            method: 'PATCH',
            path: pathOfInfo({
              ...info,
              namespace: info.resource.isNamespaced ? run.namespace : '',
            }),
            query: writeQuery('', dryRun),
            contentType: 'application/merge-patch+json',
            body,
          })
    printer.print({ ...info, object }, 'configured')
  }
}

const liveOf = (run: Invocation, info: Info): Info => {
  try {
    return fetchInfo(run.client, info)
  } catch (error) {
    if (error instanceof ApiError && error.is('NotFound')) throw error
    throw retrievingProblem(info, error as Error)
  }
}
