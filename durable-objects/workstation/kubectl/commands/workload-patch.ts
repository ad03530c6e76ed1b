// Changes objects by patches that hold only what has become different. kubernetes: kubectl pkg/cmd/set/helper.go CalculatePatches
import { schemaForKind } from '#api/schemas.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { threeWayPatch } from '#apimachinery/patch/three-way.ts'
import { type DryRun, managerOf, writeQuery } from '#kubectl/commands/dry-run.ts'
import { asFailure, KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { type Info, pathOfInfo } from '#kubectl/resource/info.ts'
import { goJsonLine } from '#kubectl/resource/last-applied.ts'

/** What leads from one to the other; undefined: they are equal. */
export const differenceOf = (
  { resource: { group, version, kind } }: Info,
  before: JsonObject,
  after: JsonObject,
): JsonObject | undefined =>
  threeWayPatch(before, after, before, schemaForKind(group, version, kind))

/** The object as the server has made it. Throws with `words` in front, if there are any. */
export const sendPatch = (
  run: Invocation,
  info: Info,
  patch: JsonObject,
  { words, dryRun = 'none' }: { readonly words?: string; readonly dryRun?: DryRun },
): JsonObject => {
  try {
    return run.client.object({
      method: 'PATCH',
      path: pathOfInfo(info),
      query: writeQuery(managerOf(run), dryRun),
      contentType: 'application/strategic-merge-patch+json',
      body: goJsonLine(patch),
    })
  } catch (error) {
    if (words === undefined) throw error
    throw new KubectlFailure(`${words} ${asFailure(error).message}`)
  }
}

/** `deployments.apps` */
export const resourceText = ({ resource: { plural, group } }: Info): string =>
  group === '' ? plural : `${plural}.${group}`
