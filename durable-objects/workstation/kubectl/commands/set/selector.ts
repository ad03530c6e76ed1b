// kubernetes: kubectl pkg/cmd/set/set_selector.go
import type { JsonObject } from '#apimachinery/object.ts'
import { recorded } from '#kubectl/commands/change-cause.ts'
import { foundToSet, type Setting, settingOf } from '#kubectl/commands/set/change.ts'
import { differenceOf, sendPatch } from '#kubectl/commands/workload-patch.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import type { Info } from '#kubectl/resource/info.ts'
import { type GivenSelector, labelSelectorOf } from '#kubectl/resource/label-selector.ts'

export const setSelector = (run: Invocation): void => {
  const setting = settingOf(run)
  const text = run.args.at(-1)
  if (text === undefined) throw new KubectlFailure('one selector is required')
  const selector = labelSelectorOf(text)
  for (const info of foundToSet(setting, run.args.slice(0, -1))) {
    const object = changed(setting, info, selector)
    setting.printer.print({ ...info, object }, 'selector updated')
  }
}

const changed = (
  { run, isLocal, dryRun }: Setting,
  info: Info,
  selector: GivenSelector,
): JsonObject => {
  const given = run.flags.string('resource-version')
  const before = given === '' ? info.object! : withVersion(info.object!, undefined)
  const versioned = given === '' ? before : withVersion(before, given)
  const after = recorded(run, withSelector(versioned, selector, info))
  if (isLocal || dryRun === 'client') return after
  return sendPatch(run, info, differenceOf(info, before, after) ?? {}, { dryRun })
}

/** Sent in any case if it was given. */
const withVersion = (object: JsonObject, version: string | undefined): JsonObject => {
  const { resourceVersion: _old, ...metadata } = (object['metadata'] ?? {}) as JsonObject
  return {
    ...object,
    metadata: { ...metadata, ...(version === undefined ? {} : { resourceVersion: version }) },
  }
}

const withSelector = (
  object: JsonObject,
  { matchLabels, matchExpressions }: GivenSelector,
  { resource: { kind, group } }: Info,
): JsonObject => {
  if (kind !== 'Service' || group !== '')
    throw new KubectlFailure('setting a selector is only supported for Services')
  if (matchExpressions.length > 0)
    throw new KubectlFailure(
      `match expression [${matchExpressions.map(expressionText).join(' ')}] not supported on this object`,
    )
  return { ...object, spec: { ...(object['spec'] as JsonObject), selector: matchLabels } }
}

/** Go's `%v` */
const expressionText = ({ key, operator, values }: JsonObject): string =>
  `{${String(key)} ${String(operator)} [${(values as readonly string[]).join(' ')}]}`
