// `create -f`. kubernetes: kubectl pkg/cmd/create/create.go
import { pathTo } from '#kubectl/client/discovery.ts'
import { recorded } from '#kubectl/commands/change-cause.ts'
import { createEdited } from '#kubectl/commands/create/edit.ts'
import { rawTarget } from '#kubectl/commands/get/raw.ts'
import { dryRunOf, managerOf, validationOf, writeQuery } from '#kubectl/commands/dry-run.ts'
import { manifestsOf, refuseArgs, requireFiles } from '#kubectl/commands/manifest-files.ts'
import { KubectlFailure, withSource } from '#kubectl/failure.ts'
import type { CommandBody, Invocation } from '#kubectl/invocation.ts'
import { resultPrinter } from '#kubectl/output/result.ts'
import { goJsonLine, withLastApplied } from '#kubectl/resource/last-applied.ts'
import { sourcesOf } from '#kubectl/resource/read-files.ts'

export const create: CommandBody = (run) => {
  const { flags } = run
  refuseArgs(run)
  requireFiles(run)
  if (flags.string('raw') !== '') return createRaw(run)
  const dryRun = dryRunOf(run)
  const validation = validationOf(run)
  const printer = resultPrinter(run, dryRun)
  if (flags.bool('edit')) return createEdited(run)
  run.requireContext()
  let count = 0
  manifestsOf(run, validation).visit((info) => {
    const given = flags.bool('save-config') ? withLastApplied(info.object!) : info.object!
    const object = recorded(run, given)
    count++
    if (dryRun === 'client') return printer.print({ ...info, object }, 'created')
    try {
      const created = run.client.object({
        method: 'POST',
        path: pathTo(info.resource, info.namespace),
        query: writeQuery(managerOf(run), dryRun, validation),
        contentType: 'application/json',
        body: goJsonLine(object),
      })
      const { name = info.name } = (created['metadata'] ?? {}) as { readonly name?: string }
      printer.print({ ...info, name, object: created }, 'created')
    } catch (error) {
      throw withSource('creating', info.source, error as Error)
    }
  })
  if (count === 0) throw new KubectlFailure('no objects passed to create')
}

const createRaw = (run: Invocation): void => {
  const { flags } = run
  const [file, ...more] = flags.list('filename')
  const exclusive = (flag: string): KubectlFailure =>
    new KubectlFailure(`--raw and --${flag} are mutually exclusive`)
  if (flags.bool('edit')) throw exclusive('edit')
  if (file === undefined || more.length > 0)
    throw new KubectlFailure('--raw can only use a single local file or stdin')
  if (/^https?:\/\//.test(file)) throw new KubectlFailure('--raw cannot read from a url')
  if (flags.bool('recursive')) throw exclusive('recursive')
  if (flags.string('selector') !== '') throw exclusive('selector (-l)')
  if (flags.string('output') !== '') throw exclusive('output')
  const [source] = sourcesOf(run, [file], false)
  const { text } = run.client.send({
    method: 'POST',
    ...rawTarget(run.flags.string('raw')),
    contentType: 'application/json',
    body: source!.text,
  })
  run.out(text)
}
