// kubernetes: kubectl pkg/cmd/taint/{taint,utils}.go
import type { JsonObject } from '#apimachinery/object.ts'
import { isQualifiedName, isValidLabelValue } from '#apimachinery/validation/names.ts'
import { type DryRun, dryRunOf, managerOf, writeQuery } from '#kubectl/commands/dry-run.ts'
import { AggregateFailure, KubectlFailure, PlainFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { resultPrinter } from '#kubectl/output/result.ts'
import { build } from '#kubectl/resource/builder.ts'
import { type Info, pathOfInfo } from '#kubectl/resource/info.ts'
import { goJsonLine } from '#kubectl/resource/last-applied.ts'

interface Taint {
  readonly key: string
  readonly value?: string
  /** '' in what is taken away: whatever it is. */
  readonly effect: string
  readonly timeAdded?: string
}

interface Changes {
  readonly added: readonly Taint[]
  readonly removed: readonly Taint[]
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

export const taint = (run: Invocation): void => {
  const dryRun = dryRunOf(run)
  const { resources, changes } = readArgs(run)
  checkResources(run, resources, changes)
  const { flags } = run
  const isSelected = flags.bool('all') || flags.string('selector') !== ''
  build(run, {
    args: isSelected ? ['node'] : ['node', ...resources.slice(1)],
    labelSelector: flags.string('selector'),
    selectsAll: flags.bool('all'),
    continuesOnError: true,
    flattens: true,
    latest: true,
  }).visit((info) => taintNode(run, info, changes, dryRun))
}

const readArgs = (
  run: Invocation,
): { readonly resources: readonly string[]; readonly changes: Changes } => {
  const isTaint = (word: string): boolean => /[=:]|-$/.test(word)
  const { args } = run
  const at = args.findIndex(isTaint)
  const resources = at < 0 ? args : args.slice(0, at)
  const words = at < 0 ? [] : args.slice(at)
  const late = words.find((word) => !isTaint(word))
  if (late !== undefined)
    throw new KubectlFailure(`all resources must be specified before taint changes: ${late}`)
  if (resources.length === 0)
    throw new KubectlFailure('one or more resources must be specified as <resource> <name>')
  if (words.length === 0) throw new KubectlFailure('at least one taint update is required')
  try {
    return { resources, changes: parseTaints(words) }
  } catch (error) {
    if (error instanceof KubectlFailure) throw run.usage(error.message)
    throw error
  }
}

const parseTaints = (words: readonly string[]): Changes => {
  const added: Taint[] = []
  const removed: Taint[] = []
  for (const word of words)
    if (word.endsWith('-')) {
      const { key, effect } = parseTaint(word.slice(0, -1))
      removed.push({ key, effect })
    } else {
      const one = parseTaint(word)
      if (one.effect === '') throw new KubectlFailure(`invalid taint spec: ${word}`)
      if (added.some((other) => isSame(one, other)))
        throw new KubectlFailure(
          `duplicated taints with the same key and effect: {${one.key} ${one.value ?? ''} ${one.effect} <nil>}`,
        )
      added.push(one)
    }
  return { added, removed }
}

/** `key=value:effect`, `key:effect` or `key`. */
const parseTaint = (text: string): Taint => {
  const invalid = (problems: readonly string[] = []): KubectlFailure =>
    new KubectlFailure(
      `invalid taint spec: ${text}${problems.length === 0 ? '' : `, ${problems.join('; ')}`}`,
    )
  const [name = '', effect = '', ...more] = text.split(':')
  if (more.length > 0) throw invalid()
  let [key, value] = [name, '']
  if (text.includes(':')) {
    if (!EFFECTS.includes(effect))
      throw new KubectlFailure(`invalid taint effect: ${effect}, unsupported taint effect`)
    const parts = name.split('=')
    if (parts.length > 2) throw invalid()
    ;[key = '', value = ''] = parts
    const problems = isValidLabelValue(value)
    if (problems.length > 0) throw invalid(problems)
  }
  const problems = isQualifiedName(key)
  if (problems.length > 0) throw invalid(problems)
  return { key, ...(value === '' ? {} : { value }), effect }
}

const isSame = (one: Taint, other: Taint): boolean =>
  one.key === other.key && one.effect === other.effect

/** That there is no such resource is told without `error: `. */
const kindNamed = (mapper: Invocation['mapper'], type: string): string => {
  try {
    return mapper.named(type).kind
  } catch (error) {
    const isMissing =
      error instanceof KubectlFailure && error.message.startsWith("the server doesn't have")
    throw isMissing ? new PlainFailure(error.message) : error
  }
}

const checkResources = (
  { flags, mapper }: Invocation,
  resources: readonly string[],
  { added, removed }: Changes,
): void => {
  const type = resources[0]!.toLowerCase()
  if (kindNamed(mapper, type) !== 'Node')
    throw new KubectlFailure(`invalid resource type ${type}, only node types are supported`)
  const both = added.flatMap(({ key, effect }) =>
    removed.filter((one) => one.key === key && (one.effect === '' || one.effect === effect)),
  )
  if (both.length > 0) {
    const shown = both.map(({ key, effect }) => `${key}=${effect}`).join(', ')
    throw new KubectlFailure(
      `can not both modify and remove the following taint(s) in the same command: ${shown}`,
    )
  }
  const hasSelector = flags.string('selector') !== ''
  if (flags.bool('all') && hasSelector)
    throw new KubectlFailure("setting 'all' parameter with a non empty selector is prohibited")
  if (!flags.bool('all') && !hasSelector && resources.length < 2)
    throw new KubectlFailure(
      "at least one resource name must be specified since 'all' parameter is not set",
    )
}

const taintNode = (run: Invocation, info: Info, changes: Changes, dryRun: DryRun): void => {
  const spec = (info.object!['spec'] ?? {}) as JsonObject
  const current = (spec['taints'] ?? []) as unknown as readonly Taint[]
  const overwrites = run.flags.bool('overwrite')
  const taken = changes.added.filter((one) => current.some((other) => isSame(one, other)))
  if (taken.length > 0 && !overwrites)
    throw new KubectlFailure(
      `node ${info.name} already has ${taken.map(({ key }) => key).join(',')} taint(s) with same effect(s) and --overwrite is false`,
    )
  const { taints, operation } = reorganized(current, changes, overwrites)
  const list = taints as unknown as readonly JsonObject[]
  const { taints: _taints, ...rest } = spec
  const object =
    dryRun === 'client'
      ? { ...info.object!, spec: list.length === 0 ? rest : { ...rest, taints: list } }
      : run.client.object({
          method: 'PATCH',
          path: pathOfInfo(info),
          query: writeQuery(managerOf(run), dryRun),
          contentType: 'application/strategic-merge-patch+json',
          body: goJsonLine({ spec: { taints: list.length === 0 ? null : list } }),
        })
  const isTyped = dryRun !== 'client'
  resultPrinter(run, 'none', { isTyped }).print({ ...info, object }, operation)
}

/** New ones first. Throws what is not there to be taken away. kubernetes: reorganizeTaints */
const reorganized = (
  current: readonly Taint[],
  { added, removed }: Changes,
  overwrites: boolean,
): { readonly taints: readonly Taint[]; readonly operation: string } => {
  let taints = [...added, ...current.filter((old) => !added.some((one) => isSame(one, old)))]
  const isAdded = taints.length !== current.length
  let isRemoved = false
  const failures: Error[] = []
  for (const one of removed) {
    const left = taints.filter((other) =>
      one.effect === '' ? other.key !== one.key : !isSame(one, other),
    )
    isRemoved = left.length !== taints.length
    taints = left
    if (isRemoved) continue
    const shown = one.effect === '' ? one.key : `${one.key}:${one.effect}`
    failures.push(new KubectlFailure(`taint ${JSON.stringify(shown)} not found`))
  }
  if (failures.length > 0) throw new AggregateFailure(failures)
  if ((isAdded && isRemoved) || overwrites) return { taints, operation: 'modified' }
  return { taints, operation: isAdded ? 'tainted' : 'untainted' }
}
