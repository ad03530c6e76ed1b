// kubernetes: kubectl pkg/cmd/apply/{apply,patcher}.go
import { schemaForKind } from '#api/schemas.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { applyMergePatch } from '#apimachinery/patch/merge-patch.ts'
import { applyStrategicMergePatch } from '#apimachinery/patch/strategic-merge.ts'
import { threeWayPatch } from '#apimachinery/patch/three-way.ts'
import { pathTo, type ResourceInfo } from '#kubectl/client/discovery.ts'
import { propagationOf } from '#kubectl/commands/delete/delete.ts'
import { recorded } from '#kubectl/commands/change-cause.ts'
import { migrated } from '#kubectl/commands/apply/migration.ts'
import {
  type DryRun,
  dryRunOf,
  type Validation,
  validationOf,
  writeQuery,
} from '#kubectl/commands/dry-run.ts'
import { manifestsOf, refuseArgs, requireFiles } from '#kubectl/commands/manifest-files.ts'
import { leftovers, prunableResources, pruneOne } from '#kubectl/commands/apply/prune.ts'
import { ApiError, KubectlFailure, throwAll, withSource } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { type ResultPrinter, resultPrinter } from '#kubectl/output/result.ts'
import { fetchInfo, type Info, metadataOf, pathOfInfo } from '#kubectl/resource/info.ts'
import {
  goJsonLine,
  LAST_APPLIED,
  lastApplied,
  withLastApplied,
} from '#kubectl/resource/last-applied.ts'

export const FIELD_MANAGER = 'kubectl-client-side-apply'
const SERVER_SIDE_MANAGER = 'kubectl'
const MOST_TRIES = 5

interface Applying {
  readonly run: Invocation
  readonly dryRun: DryRun
  readonly validation: Validation
  readonly manager: string
  readonly printer: ResultPrinter
}

export const apply = (run: Invocation): void => {
  const { flags } = run
  refuseArgs(run)
  checkFlags(run)
  const isServerSide = flags.bool('server-side')
  const dryRun = dryRunOf(run)
  if (isServerSide && dryRun === 'client')
    throw new KubectlFailure(
      "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)",
    )
  requireFiles(run)
  const validation = validationOf(run)
  const manager = flags.changed('field-manager')
    ? flags.string('field-manager')
    : isServerSide
      ? SERVER_SIDE_MANAGER
      : FIELD_MANAGER
  const printer = resultPrinter(run, dryRun)
  const prunable = flags.bool('prune') ? prunableResources(run) : []
  const applying: Applying = { run, dryRun, validation, manager, printer }
  const { infos, failures: unread } = manifestsOf(run, validation).infos()
  const failures: Error[] = [...unread]
  if (infos.length === 0 && failures.length === 0)
    throw new KubectlFailure('no objects passed to apply')
  const applied: Info[] = []
  for (const info of infos)
    try {
      const given = { ...info, object: recorded(run, info.object!) }
      applied.push((isServerSide ? applyOnServer : applyOne)(applying, given))
    } catch (error) {
      if (!(error instanceof KubectlFailure)) throw error
      failures.push(error)
    }
  throwAll(failures)
  if (printer.printsObjects) printAll(run, printer, applied)
  if (flags.bool('prune')) prune(applying, prunable, applied)
}

const prune = (
  { run, dryRun, printer }: Applying,
  prunable: readonly ResourceInfo[],
  applied: readonly Info[],
): void => {
  const kept = applied.map(({ object }) => object)
  const places = applied.map(({ namespace }) => namespace)
  const propagation = propagationOf(run)
  for (const info of leftovers(run, prunable, kept, places)) {
    pruneOne(run, info, dryRun, propagation)
    printer.print(info, 'pruned')
  }
}

const checkFlags = ({ flags }: Invocation): void => {
  if (flags.bool('force-conflicts') && !flags.bool('server-side'))
    throw new KubectlFailure('--force-conflicts only works with --server-side')
  if (flags.bool('server-side') && flags.bool('force'))
    throw new KubectlFailure('--force cannot be used with --server-side')
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new KubectlFailure('cannot set --all and --selector at the same time')
  if (flags.bool('prune') && !flags.bool('all') && flags.string('selector') === '')
    throw new KubectlFailure(
      'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
    )
}

/** Several are a list that has Go's type, of objects that have none. */
const printAll = (run: Invocation, printer: ResultPrinter, infos: readonly Info[]): void => {
  const [first] = infos
  if (infos.length === 1) return printer.printObject(first!.object!)
  const items = infos.map(({ object }) => JSON.parse(goJsonLine(object!)) as JsonObject)
  resultPrinter(run, 'none', { isTyped: true }).printObject({
    kind: 'List',
    apiVersion: 'v1',
    metadata: {},
    items,
  })
}

const say = ({ printer }: Applying, info: Info, operation: string): Info => {
  if (!printer.printsObjects) printer.print(info, operation)
  return info
}

const refuseGeneratedName = ({ name, object }: Info): void => {
  const { generateName = '' } = metadataOf(object)
  if (name === '' && generateName !== '')
    throw new KubectlFailure(`from ${generateName}: cannot use generate name with apply`)
}

export const warnIfDeleting = (run: Invocation, object: JsonObject): void => {
  const { deletionTimestamp, name } = metadataOf(object)
  if (deletionTimestamp !== undefined)
    run.err(`Warning: Detected changes to resource ${name} which is currently being deleted.\n`)
}

const applyOnServer = (applying: Applying, info: Info): Info => {
  const { run, dryRun, manager, validation } = applying
  refuseGeneratedName(info)
  const force = String(run.flags.bool('force-conflicts'))
  const query = (name: string) => writeQuery(name, dryRun, validation)
  const send = (): JsonObject =>
    run.client.object({
      method: 'PATCH',
      path: pathOfInfo(info),
      query: [...query(manager), ['force', force]],
      contentType: 'application/apply-patch+yaml',
      body: goJsonLine(info.object!),
    })
  let applied: JsonObject
  try {
    applied = send()
  } catch (error) {
    throw error instanceof ApiError && error.is('Conflict') ? conflictHelp(error) : error
  }
  const isDefaultManager = manager === SERVER_SIDE_MANAGER
  const migration = { run, manager, isDefaultManager, query, again: send }
  const object = migrated(migration, { ...info, object: applied })
  warnIfDeleting(run, object)
  return say(applying, { ...info, object }, 'serverside-applied')
}

export const conflictHelp = (error: ApiError): KubectlFailure =>
  new KubectlFailure(`${error.message}
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`)

const applyOne = (applying: Applying, info: Info): Info => {
  const { run, dryRun } = applying
  refuseGeneratedName(info)
  const modified = withLastApplied(info.object!)
  const live = current(run, info)
  if (live === undefined) return createOne(applying, info, modified)
  if (lastApplied(live) === undefined)
    run.err(
      `Warning: resource ${plainName(info)} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`,
    )
  const object =
    dryRun === 'client'
      ? patchedHere(info, modified, live)
      : patchOne(applying, info, modified, live)
  warnIfDeleting(run, object)
  return say(applying, { ...info, object }, object === live ? 'unchanged' : 'configured')
}

/** `services/web`. kubernetes: Info.ObjectName */
const plainName = ({ resource, name }: Info): string => `${resource.plural}/${name}`

const current = (run: Invocation, info: Info): JsonObject | undefined => {
  try {
    return fetchInfo(run.client, info).object
  } catch (error) {
    if (error instanceof ApiError && error.is('NotFound')) return undefined
    throw retrievingProblem(info, error as Error)
  }
}

export const retrievingProblem = (info: Info, error: Error): Error =>
  withSource(
    `retrieving current configuration of:\n${infoText(info)}\nfrom server for:`,
    info.source,
    error,
  )

/** kubernetes: Info.String */
const infoText = ({ resource, namespace, name }: Info): string => {
  const { group, version, plural, kind } = resource
  const gv = group === '' ? `/${version}` : `${group}/${version}`
  return `Resource: ${JSON.stringify(`${gv}, Resource=${plural}`)}, GroupVersionKind: ${JSON.stringify(`${gv}, Kind=${kind}`)}\nName: ${JSON.stringify(name)}, Namespace: ${JSON.stringify(namespace)}`
}

const createOne = (applying: Applying, info: Info, object: JsonObject): Info => {
  const { run, dryRun, manager, validation } = applying
  if (dryRun === 'client') return say(applying, { ...info, object }, 'created')
  try {
    const created = run.client.object({
      method: 'POST',
      path: pathTo(info.resource, info.namespace),
      query: writeQuery(manager, dryRun, validation),
      contentType: 'application/json',
      body: goJsonLine(object),
    })
    return say(applying, { ...info, object: created }, 'created')
  } catch (error) {
    throw withSource('creating', info.source, error as Error)
  }
}

const schemaOf = ({ resource: { group, version, kind } }: Info) =>
  schemaForKind(group, version, kind)

/** Undefined: there is nothing to change. */
const patchOf = (info: Info, modified: JsonObject, live: JsonObject): JsonObject | undefined => {
  const last = lastApplied(live)
  return threeWayPatch(
    last === undefined ? undefined : (JSON.parse(last) as JsonObject),
    modified,
    live,
    schemaOf(info),
  )
}

/** As the server would patch it, without its defaults. */
const patchedHere = (info: Info, modified: JsonObject, live: JsonObject): JsonObject => {
  const patch = patchOf(info, modified, live)
  const schema = schemaOf(info)
  if (patch === undefined) return live
  return schema === undefined
    ? applyMergePatch(live, patch)
    : applyStrategicMergePatch(live, patch, schema)
}

/** The live object itself if there is nothing to change. */
const patchOne = (
  applying: Applying,
  info: Info,
  modified: JsonObject,
  live: JsonObject,
): JsonObject => {
  const { run, dryRun, manager, validation } = applying
  let base = live
  for (let tries = 1; ; tries++) {
    const patch = patchOf(info, modified, base)
    if (patch === undefined) return base === live ? live : base
    const body = goJsonLine(patch)
    try {
      return run.client.object({
        method: 'PATCH',
        path: pathOfInfo(info),
        query: writeQuery(manager, dryRun, validation),
        contentType: `application/${schemaOf(info) === undefined ? 'merge' : 'strategic-merge'}-patch+json`,
        body,
      })
    } catch (error) {
      if (error instanceof ApiError && error.is('Conflict') && tries <= MOST_TRIES) {
        base = fetchInfo(run.client, info).object!
        continue
      }
      if (
        error instanceof ApiError &&
        run.flags.bool('force') &&
        (error.is('Conflict') || error.is('Invalid'))
      )
        return replaceOne(applying, info, modified)
      throw patchProblem(info, body, error as Error)
    }
  }
}

export const patchProblem = (info: Info, body: string, error: Error): Error =>
  withSource(
    `applying patch:\n${body}\nto:\n${infoText(info)}\nfor:`,
    info.source,
    withSource('patching', info.source, error),
  )

/** `--force`: what cannot be changed is deleted and made anew. */
const replaceOne = (
  { run, manager, validation }: Applying,
  info: Info,
  modified: JsonObject,
): JsonObject => {
  run.client.send({
    method: 'DELETE',
    path: pathOfInfo(info),
    contentType: 'application/json',
    body: '{}',
  })
  return run.client.object({
    method: 'POST',
    path: pathTo(info.resource, info.namespace),
    query: writeQuery(manager, 'none', validation),
    contentType: 'application/json',
    body: goJsonLine(modified),
  })
}
