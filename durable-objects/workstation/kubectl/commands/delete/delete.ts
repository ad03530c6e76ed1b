// kubernetes: kubectl pkg/cmd/delete/delete.go
import { append } from '#apimachinery/append.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { readChunk, type ToolRun } from '#shell/tools/tool.ts'
import { goBoolean } from '#kubectl/command/values.ts'
import { waitForDeletion } from '#kubectl/commands/delete/deletion.ts'
import { type DryRun, dryRunOf } from '#kubectl/commands/dry-run.ts'
import { rawTarget } from '#kubectl/commands/get/raw.ts'
import {
  ApiError,
  KubectlFailure,
  throwAll,
  withoutNotFound,
  withSource,
} from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { build, type BuiltResult } from '#kubectl/resource/builder.ts'
import { type Info, metadataOf, pathOfInfo, typedName } from '#kubectl/resource/info.ts'
import { sourcesOf } from '#kubectl/resource/read-files.ts'
import { filesOf } from '#kubectl/resource/files-of.ts'

const WEEK_MS = 168 * 3_600_000
const IMMEDIATE =
  'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n'

interface Deleting {
  readonly run: Invocation
  readonly dryRun: DryRun
  /** Seconds; negative: what the object says. */
  readonly grace: number
  readonly propagation: string
}

export function* deleteResources(run: Invocation): ToolRun<void> {
  const { flags } = run
  const dryRun = dryRunOf(run)
  const grace = graceOf(run)
  const propagation = propagationOf(run)
  if (flags.string('raw') !== '') return deleteRaw(run)
  const result = build(run, {
    args: run.args,
    ...filesOf(run),
    labelSelector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    selectsAll: flags.bool('all'),
    allNamespaces: flags.bool('all-namespaces'),
    enforcesNamespace: run.connection.isExplicit,
    continuesOnError: true,
    flattens: true,
    withoutObjects: true,
  })
  checkFlags(run, grace)
  if (flags.bool('interactive') && dryRun === 'none' && !(yield* isConfirmed(run, result))) return
  yield* deleteAll({ run, dryRun, grace, propagation }, result)
}

/** Asks whether it is meant. kubernetes: DeleteOptions.confirmation */
function* isConfirmed(run: Invocation, result: BuiltResult): ToolRun<boolean> {
  const infos = result.all()
  if (infos.length === 0) {
    run.out('No resources found\n')
    return false
  }
  run.out(`You are about to delete the following ${infos.length} resource(s):\n`)
  for (const info of infos) run.out(`${typedName(info)}\n`)
  run.out('Do you want to continue? (y/N): ')
  yield* run.flush()
  let answer = ''
  for (;;) {
    const more = yield* readChunk()
    answer += more ?? ''
    if (more === undefined || /\S\s/.test(answer)) break
  }
  const isMeant = /^\s*y(\s|$)/i.test(answer)
  if (!isMeant) run.out('deletion is cancelled\n')
  return isMeant
}

/** `--now` is a second; `--force` is none. */
const graceOf = ({ flags }: Invocation): number => {
  const given = flags.int('grace-period')
  if (flags.bool('now')) {
    if (given !== -1)
      throw new KubectlFailure('--now and --grace-period cannot be specified together')
    return 1
  }
  if (flags.bool('force')) return given < 0 ? 0 : given
  return given === 0 ? 1 : given
}

const PROPAGATIONS: Readonly<Record<string, string>> = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
}

/** kubernetes: GetCascadingStrategy */
export const propagationOf = (run: Invocation): string => {
  const value = run.flags.string('cascade')
  const given = goBoolean(value)
  if (given !== undefined) {
    const name = given ? 'background' : 'orphan'
    run.err(
      `warning: --cascade=${value} is deprecated (boolean value) and can be replaced with --cascade=${name}.\n`,
    )
    return PROPAGATIONS[name]!
  }
  const found = Object.hasOwn(PROPAGATIONS, value) ? PROPAGATIONS[value] : undefined
  if (found !== undefined) return found
  throw new KubectlFailure(
    `invalid cascade value (${value}). Must be "background", "foreground", or "orphan"`,
  )
}

const checkFlags = (run: Invocation, grace: number): void => {
  const { flags } = run
  const output = flags.string('output')
  if (output !== '' && output !== 'name')
    throw new KubectlFailure(`unexpected -o output mode: ${output}. We only support '-o name'`)
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new KubectlFailure('cannot set --all and --selector at the same time')
  if (flags.bool('all') && flags.string('field-selector') !== '')
    throw new KubectlFailure('cannot set --all and --field-selector at the same time')
  if (grace === 0 && flags.bool('force')) run.err(IMMEDIATE)
  if (grace > 0 && flags.bool('force'))
    throw new KubectlFailure(
      '--force and --grace-period greater than 0 cannot be specified together',
    )
}

const deleteRaw = (run: Invocation): void => {
  const { flags } = run
  const files = flags.list('filename')
  if (files.length > 1) throw new KubectlFailure('--raw can only use a single local file or stdin')
  const body = files.length === 0 ? '' : sourcesOf(run, files, false)[0]!.text
  const target = rawTarget(flags.string('raw'))
  run.out(
    run.client.send({ method: 'DELETE', ...target, contentType: 'application/json', body }).text,
  )
}

function* deleteAll(deleting: Deleting, result: BuiltResult): ToolRun<void> {
  const { run, dryRun } = deleting
  const gone: { readonly info: Info; readonly uid: string | undefined }[] = []
  let found = 0
  const failures: Error[] = []
  const { infos, failures: unfound } = result.infos()
  append(failures, ignoring(run, unfound))
  for (const info of infos) {
    found++
    try {
      if (dryRun === 'client') say(deleting, info)
      else gone.push({ info, uid: deleteOne(deleting, info) })
    } catch (error) {
      if (!(error instanceof KubectlFailure)) throw error
      append(failures, ignoring(run, [error]))
    }
  }
  throwAll(failures)
  if (found === 0) return run.out('No resources found\n')
  if (!run.flags.bool('wait') || dryRun !== 'none') return
  const timeout = run.flags.duration('timeout')
  const until = run.now() + (timeout === 0 ? WEEK_MS : timeout)
  for (const { info, uid } of gone) yield* waitFor(run, info, uid, until)
}

const ignoring = (run: Invocation, failures: readonly Error[]): readonly Error[] =>
  run.flags.bool('ignore-not-found') || run.flags.bool('all') ? withoutNotFound(failures) : failures

function* waitFor(
  run: Invocation,
  info: Info,
  uid: string | undefined,
  until: number,
): ToolRun<void> {
  try {
    if (yield* waitForDeletion(run, info, uid, until)) return
  } catch (error) {
    // who may not look does not wait
    if (error instanceof ApiError && (error.is('Forbidden') || error.is('MethodNotAllowed'))) return
    throw error
  }
  throw new KubectlFailure(
    `timed out waiting for the condition on ${info.resource.plural}/${info.name}`,
  )
}

/** The UID of what was deleted. */
const deleteOne = (deleting: Deleting, info: Info): string | undefined => {
  const { run, dryRun, grace, propagation } = deleting
  const options: JsonObject = {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
    propagationPolicy: propagation,
    ...(dryRun === 'server' ? { dryRun: ['All'] } : {}),
  }
  try {
    const answer = run.client.object({
      method: 'DELETE',
      path: pathOfInfo(info),
      contentType: 'application/json',
      body: JSON.stringify(options),
    })
    say(deleting, info)
    const { details } = answer as { readonly details?: { readonly uid?: string } }
    return answer['kind'] === 'Status' ? details?.uid : metadataOf(answer).uid
  } catch (error) {
    throw withSource('deleting', info.source, error as Error)
  }
}

const SUFFIX = { none: '', client: ' (dry run)', server: ' (server dry run)' } as const

const say = ({ run, dryRun, grace }: Deleting, info: Info): void => {
  const { resource, name, namespace } = info
  if (run.flags.string('output') === 'name') return run.out(`${typedName(info)}\n`)
  const kind = `${resource.kind.toLowerCase()}${resource.group === '' ? '' : `.${resource.group}`}`
  const operation = grace === 0 ? 'force deleted' : 'deleted'
  const where = namespace === '' ? '' : ` from ${namespace} namespace`
  run.out(`${kind} ${JSON.stringify(name)} ${operation}${where}${SUFFIX[dryRun]}\n`)
}
