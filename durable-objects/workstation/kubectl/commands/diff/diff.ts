// kubernetes: kubectl pkg/cmd/diff/diff.go
import { schemaForKind } from '#api/schemas.ts'
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'
import { threeWayPatch } from '#apimachinery/patch/three-way.ts'
import { printYaml } from '#apimachinery/yaml/print.ts'
import { pathTo, type ResourceInfo } from '#kubectl/client/discovery.ts'
import {
  conflictHelp,
  FIELD_MANAGER,
  patchProblem,
  warnIfDeleting,
} from '#kubectl/commands/apply/apply.ts'
import { type Compared, showDifferences } from '#kubectl/commands/diff/program.ts'
import { manifestsOf, refuseArgs, requireFiles } from '#kubectl/commands/manifest-files.ts'
import { leftovers, prunableResources } from '#kubectl/commands/apply/prune.ts'
import { ApiError, failureText, KubectlFailure, PlainFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { withoutManagedFields } from '#kubectl/output/format.ts'
import { fetchInfo, type Info, metadataOf, pathOfInfo } from '#kubectl/resource/info.ts'
import { goJsonLine, lastApplied, modifiedConfiguration } from '#kubectl/resource/last-applied.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

const MOST_TRIES = 4

/** 1 says that there are differences: what goes wrong ends with more. kubernetes: CheckDiffErr */
export function* diff(run: Invocation): ToolRun<void> {
  let compared: readonly Compared[]
  try {
    compared = compareAll(run)
  } catch (error) {
    if (!(error instanceof KubectlFailure)) throw error
    throw new PlainFailure(failureText(error), error.exitCode + 1)
  }
  yield* showDifferences(run, compared)
}

const compareAll = (run: Invocation): readonly Compared[] => {
  const { flags } = run
  refuseArgs(run)
  requireFiles(run)
  const isServerSide = flags.bool('server-side')
  if (flags.bool('force-conflicts') && !isServerSide)
    throw new KubectlFailure('--force-conflicts only works with --server-side')
  const prunable = flags.bool('prune') ? prunableResources(run) : []
  const compared: Compared[] = []
  const live: (JsonObject | undefined)[] = []
  const namespaces: string[] = []
  manifestsOf(run, 'Ignore', { continuesOnError: false }).visit((info) => {
    const result = compareOne(run, info, isServerSide)
    live.push(result.live)
    namespaces.push(info.namespace)
    compared.push(shownOf(run, info, result))
    if (result.live !== undefined) warnIfDeleting(run, result.live)
  })
  if (flags.bool('prune'))
    for (const info of leftovers(run, prunable, live, namespaces))
      compared.push({ name: fileName(info.resource, info), before: printYaml(info.object!) })
  return compared
}

interface Versions {
  readonly live: JsonObject | undefined
  readonly merged: JsonObject
}

const compareOne = (run: Invocation, info: Info, isServerSide: boolean): Versions => {
  for (let tries = 1; ; tries++) {
    const live = liveOf(run, info)
    try {
      const merged = isServerSide
        ? appliedByServer(run, info)
        : live === undefined
          ? created(run, info)
          : patched(run, info, live, tries < MOST_TRIES)
      return { live, merged }
    } catch (error) {
      if (!isServerSide && tries < MOST_TRIES && error instanceof ApiError && error.is('Conflict'))
        continue
      throw isServerSide && error instanceof ApiError && error.is('Conflict')
        ? conflictHelp(error)
        : error
    }
  }
}

const liveOf = (run: Invocation, info: Info): JsonObject | undefined => {
  try {
    return fetchInfo(run.client, info).object
  } catch (error) {
    if (error instanceof ApiError && error.is('NotFound')) return undefined
    throw error
  }
}

const managerOf = ({ flags }: Invocation): string =>
  flags.changed('field-manager')
    ? flags.string('field-manager')
    : flags.bool('server-side')
      ? 'kubectl'
      : FIELD_MANAGER

const created = (run: Invocation, info: Info): JsonObject =>
  run.client.object({
    method: 'POST',
    path: pathTo(info.resource, info.namespace),
    query: [
      ['dryRun', 'All'],
      ['fieldManager', managerOf(run)],
    ],
    contentType: 'application/json',
    body: goJsonLine(info.object!),
  })

const appliedByServer = (run: Invocation, info: Info): JsonObject =>
  run.client.object({
    method: 'PATCH',
    path: pathOfInfo(info),
    query: [
      ['dryRun', 'All'],
      ['fieldManager', managerOf(run)],
      ['force', String(run.flags.bool('force-conflicts'))],
    ],
    contentType: 'application/apply-patch+yaml',
    body: goJsonLine(info.object!),
  })

/** `isLocked`: nobody may change it meanwhile. */
const patched = (run: Invocation, info: Info, live: JsonObject, isLocked: boolean): JsonObject => {
  const { group, version, kind } = info.resource
  const schema = schemaForKind(group, version, kind)
  const last = lastApplied(live)
  const patch = threeWayPatch(
    last === undefined ? undefined : (JSON.parse(last) as JsonObject),
    modifiedConfiguration(info.object!),
    live,
    schema,
  )
  if (patch === undefined) return live
  const { resourceVersion = '' } = metadataOf(live)
  const body = goJsonLine(
    isLocked
      ? {
          ...patch,
          metadata: { ...(patch['metadata'] as JsonObject | undefined), resourceVersion },
        }
      : patch,
  )
  try {
    return run.client.object({
      method: 'PATCH',
      path: pathOfInfo(info),
      query: [
        ['dryRun', 'All'],
        ['fieldManager', managerOf(run)],
      ],
      contentType: `application/${schema === undefined ? 'merge' : 'strategic-merge'}-patch+json`,
      body,
    })
  } catch (error) {
    if (error instanceof ApiError && error.is('Conflict')) throw error
    throw patchProblem(info, body, error as Error)
  }
}

/** `apps.v1.Deployment.default.web` */
const fileName = (
  { group, version, kind }: ResourceInfo,
  { namespace, name }: Pick<Info, 'namespace' | 'name'>,
): string => `${group === '' ? '' : `${group}.`}${version}.${kind}.${namespace}.${name}`

const textOf = ({ flags }: Invocation, object: JsonObject | undefined): string =>
  object === undefined
    ? ''
    : printYaml(flags.bool('show-managed-fields') ? object : withoutManagedFields(object))

const shownOf = (run: Invocation, info: Info, { live, merged }: Versions): Compared => {
  const { kind, apiVersion } = merged
  const isSecret = kind === 'Secret' && apiVersion === 'v1' && !run.flags.bool('show-secrets')
  const [before, after] = isSecret ? masked(live, merged) : [live, merged]
  return {
    name: fileName(info.resource, info),
    // a masked object that is not there is written all the same
    before: isSecret && before === undefined ? 'null\n' : textOf(run, before),
    after: textOf(run, after),
  }
}

const MASK = '***'

const isMap = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Values are not shown, only that they differ. kubernetes: Masker */
const masked = (
  before: JsonObject | undefined,
  after: JsonObject,
): readonly [JsonObject | undefined, JsonObject] => {
  const from = isMap(before?.['data']) ? before['data'] : undefined
  const to = isMap(after['data']) ? after['data'] : undefined
  const cover = (data: JsonObject, other: JsonObject | undefined, word: string): JsonObject =>
    Object.fromEntries(
      Object.entries(data).map(([key, value]) => [
        key,
        other !== undefined && Object.hasOwn(other, key) && other[key] !== value
          ? `${MASK} (${word})`
          : MASK,
      ]),
    )
  return [
    before === undefined || from === undefined
      ? before
      : { ...before, data: cover(from, to, 'before') },
    to === undefined ? after : { ...after, data: cover(to, from, 'after') },
  ]
}
