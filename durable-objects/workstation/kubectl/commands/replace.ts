// kubernetes: kubectl pkg/cmd/replace/replace.go
import type { JsonObject } from '#apimachinery/object.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { pathTo } from '#kubectl/client/discovery.ts'
import { propagationOf } from '#kubectl/commands/delete/delete.ts'
import { notGone, waitForDeletion } from '#kubectl/commands/delete/deletion.ts'
import {
  type DryRun,
  dryRunOf,
  managerOf,
  type Validation,
  validationOf,
  writeQuery,
} from '#kubectl/commands/dry-run.ts'
import { manifestsOf, requireFiles } from '#kubectl/commands/manifest-files.ts'
import { rawTarget } from '#kubectl/commands/get/raw.ts'
import { ApiError, KubectlFailure, throwAll, withSource } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { type ResultPrinter, resultPrinter } from '#kubectl/output/result.ts'
import { build } from '#kubectl/resource/builder.ts'
import { fetchInfo, type Info, metadataOf, pathOfInfo, typedName } from '#kubectl/resource/info.ts'
import { goJsonLine, lastApplied, withLastApplied } from '#kubectl/resource/last-applied.ts'
import { sourcesOf } from '#kubectl/resource/read-files.ts'
import { filesOf } from '#kubectl/resource/files-of.ts'

const GONE_MS = 300_000

interface Replacing {
  readonly run: Invocation
  readonly dryRun: DryRun
  readonly validation: Validation
  readonly printer: ResultPrinter
}

export function* replace(run: Invocation): ToolRun<void> {
  const { flags } = run
  const validation = validationOf(run)
  const dryRun = dryRunOf(run)
  const printer = resultPrinter(run, dryRun)
  const propagation = propagationOf(run)
  requireFiles(run)
  const grace = flags.int('grace-period')
  if (grace >= 0 && !flags.bool('force'))
    throw new KubectlFailure('--grace-period must have --force specified')
  if (flags.duration('timeout') !== 0 && !flags.bool('force'))
    throw new KubectlFailure('--timeout must have --force specified')
  if (flags.bool('force') && dryRun !== 'none')
    throw new KubectlFailure('--dry-run can not be used when --force is set')
  if (flags.string('raw') !== '') return replaceRaw(run)
  const replacing: Replacing = { run, dryRun, validation, printer }
  if (flags.bool('force')) return yield* replaceByForce(replacing, propagation, grace)
  const subresource = flags.string('subresource')
  manifestsOf(run, validation, { subresource }).visit((info) => replaceOne(replacing, info))
}

const replaceRaw = (run: Invocation): void => {
  const { flags } = run
  const [file, ...more] = flags.list('filename')
  if (file === undefined || more.length > 0)
    throw new KubectlFailure('--raw can only use a single local file or stdin')
  if (/^https?:\/\//.test(file)) throw new KubectlFailure('--raw cannot read from a url')
  if (flags.bool('recursive'))
    throw new KubectlFailure('--raw and --recursive are mutually exclusive')
  if (flags.string('output') !== '')
    throw new KubectlFailure('--raw and --output are mutually exclusive')
  const raw = flags.string('raw')
  if (!raw.startsWith('/'))
    throw new KubectlFailure(
      `--raw must be a valid URL path: parse ${JSON.stringify(raw)}: invalid URI for request`,
    )
  const body = sourcesOf(run, [file], false)[0]!.text
  const { client } = run
  run.out(
    client.send({ method: 'PUT', ...rawTarget(raw), contentType: 'application/json', body }).text,
  )
}

/** What remembers its configuration goes on doing so. kubernetes: CreateOrUpdateAnnotation */
const annotated = ({ run }: Replacing, object: JsonObject): JsonObject =>
  run.flags.bool('save-config') || lastApplied(object) !== undefined
    ? withLastApplied(object)
    : object

const replaceOne = (replacing: Replacing, info: Info): void => {
  const { run, dryRun, validation, printer } = replacing
  const object = annotated(replacing, info.object!)
  if (dryRun === 'client') return printer.print({ ...info, object }, 'replaced')
  const target: Info = { ...info, subresource: run.flags.string('subresource') }
  try {
    const replaced = run.client.object({
      method: 'PUT',
      path: pathOfInfo(target),
      query: writeQuery(managerOf(run), dryRun, validation),
      contentType: 'application/json',
      body: goJsonLine(versioned(run, target, object)),
    })
    printer.print({ ...info, object: replaced }, 'replaced')
  } catch (error) {
    throw withSource('replacing', info.source, error as Error)
  }
}

/** Without a version it is the one that is there. kubernetes: Helper.Replace */
const versioned = (run: Invocation, target: Info, object: JsonObject): JsonObject => {
  const { resourceVersion = '' } = metadataOf(object)
  if (resourceVersion !== '') return object
  let live: Info
  try {
    live = fetchInfo(run.client, target)
  } catch (error) {
    // who may not look, or finds nothing, lets the server say so
    if (error instanceof KubectlFailure) return object
    throw error
  }
  const { resourceVersion: current } = metadataOf(live.object)
  return {
    ...object,
    metadata: { ...(object['metadata'] as JsonObject | undefined), resourceVersion: current },
  }
}

/** Deleted, and made anew when it is gone. */
function* replaceByForce(replacing: Replacing, propagation: string, given: number): ToolRun<void> {
  const { run, validation, printer } = replacing
  const { flags } = run
  const infos = build(run, {
    args: run.args,
    ...filesOf(run),
    enforcesNamespace: run.connection.isExplicit,
    continuesOnError: true,
    flattens: true,
    withoutObjects: true,
  }).all()
  // none is waited for as one second is
  const grace = given === 0 ? 1 : given
  if (infos.length === 0) run.out('No resources found\n')
  for (const info of infos) deleteOne(replacing, info, propagation, grace)
  const timeout = flags.duration('timeout')
  const until = run.now() + (timeout === 0 ? GONE_MS : timeout)
  for (const info of infos)
    if (!(yield* waitForDeletion(run, info, undefined, until))) throw notGone()
  const { infos: again, failures: unread } = manifestsOf(run, validation).infos()
  const failures: Error[] = [...unread]
  let count = 0
  for (const info of again)
    try {
      const object = createOne(replacing, info)
      count++
      printer.print({ ...info, object }, 'replaced')
    } catch (error) {
      if (!(error instanceof KubectlFailure)) throw error
      failures.push(error)
    }
  throwAll(failures)
  if (count === 0) throw new KubectlFailure('no objects passed to replace')
}

const deleteOne = ({ run }: Replacing, info: Info, propagation: string, grace: number): void => {
  try {
    run.client.send({
      method: 'DELETE',
      path: pathOfInfo(info),
      contentType: 'application/json',
      body: goJsonLine({
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
        propagationPolicy: propagation,
      }),
    })
  } catch (error) {
    if (error instanceof ApiError && error.is('NotFound')) return
    throw withSource('deleting', info.source, error as Error)
  }
  if (run.flags.string('output') === 'name') return run.out(`${typedName(info)}\n`)
  const { resource, name, namespace } = info
  const kind = `${resource.kind.toLowerCase()}${resource.group === '' ? '' : `.${resource.group}`}`
  const where = namespace === '' ? '' : ` from ${namespace} namespace`
  run.out(`${kind} ${JSON.stringify(name)} deleted${where}\n`)
}

/** What was read from a server has a version that is not sent. kubernetes: Helper.Create */
const createOne = (replacing: Replacing, info: Info): JsonObject => {
  const { run, validation } = replacing
  const object = annotated(replacing, info.object!)
  const { resourceVersion: _version, ...metadata } = metadataOf(object)
  return run.client.object({
    method: 'POST',
    path: pathTo(info.resource, info.namespace),
    query: writeQuery(managerOf(run), 'none', validation),
    contentType: 'application/json',
    body: goJsonLine({ ...object, metadata }),
  })
}
