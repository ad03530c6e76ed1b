// `label` and `annotate`. kubernetes: kubectl pkg/cmd/{label/label,annotate/annotate}.go
import { type JsonObject, own, setKey } from '#apimachinery/object.ts'
import { isValidLabelValue } from '#apimachinery/validation/names.ts'
import { newCause, recorded } from '#kubectl/commands/change-cause.ts'
import { type DryRun, dryRunOf, managerOf, writeQuery } from '#kubectl/commands/dry-run.ts'
import { AggregateFailure, KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { type ResultPrinter, resultPrinter } from '#kubectl/output/result.ts'
import { build, type BuiltResult } from '#kubectl/resource/builder.ts'
import { type Info, metadataOf, pathOfInfo } from '#kubectl/resource/info.ts'
import { goJsonLine } from '#kubectl/resource/last-applied.ts'
import { filesOf } from '#kubectl/resource/files-of.ts'

const NOT_LABELED = 'not labeled'
const CHANGE_CAUSE = 'kubernetes.io/change-cause'

type Texts = ReadonlyMap<string, string>

/** What is changed: in which field, and in which words. */
interface Subject {
  readonly field: 'labels' | 'annotations'
  readonly noun: 'label' | 'annotation'
  /** Example files of what is said about `--local`. */
  readonly example: string
  /** Throws what is wrong with the pairs. */
  readonly parse: (pairs: readonly string[]) => Changes
  /** Throws if something is there that may not be overwritten. */
  readonly refuseOverwrites: (current: JsonObject, added: Texts) => void
}

interface Changes {
  readonly added: Texts
  readonly removed: readonly string[]
}

interface Labeling extends Changes {
  readonly run: Invocation
  readonly subject: Subject
  readonly dryRun: DryRun
  readonly printer: ResultPrinter
}

/** kubernetes: parseLabels */
const parseLabels = (pairs: readonly string[]): Changes => {
  const added = new Map<string, string>()
  const removed: string[] = []
  for (const pair of pairs) {
    const [key = '', value, ...more] = pair.split('=')
    if (value !== undefined) {
      if (more.length > 0) throw new KubectlFailure(`invalid label spec: ${pair}`)
      const problems = isValidLabelValue(value)
      if (problems.length > 0)
        throw new KubectlFailure(
          `invalid label value: ${JSON.stringify(pair)}: ${problems.join(';')}`,
        )
      added.set(key, value)
    } else if (pair.endsWith('-')) removed.push(pair.slice(0, -1))
    else throw new KubectlFailure(`unknown label spec: ${pair}`)
  }
  if (removed.some((key) => added.has(key)))
    throw new KubectlFailure('can not both modify and remove a label in the same command')
  return { added, removed }
}

/** kubernetes: ParsePairs */
const parseAnnotations = (pairs: readonly string[]): Changes => {
  const added = new Map<string, string>()
  const removed: string[] = []
  const invalid: string[] = []
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    if (at > 0) added.set(pair.slice(0, at), pair.slice(at + 1))
    else if (pair.endsWith('-') && pair !== '-') removed.push(pair.slice(0, -1))
    else invalid.push(pair)
  }
  if (invalid.length > 0)
    throw new KubectlFailure(`invalid annotation format: ${invalid.join(', ')}`)
  return { added, removed }
}

const LABELS: Subject = {
  field: 'labels',
  noun: 'label',
  example: 'pod',
  parse: parseLabels,
  refuseOverwrites: (current, added) => {
    const failures = [...added].flatMap(([key, value]) => {
      const found = own(current, key)
      return found === undefined || found === value
        ? []
        : [
            new KubectlFailure(
              `'${key}' already has a value (${found as string}), and --overwrite is false`,
            ),
          ]
    })
    if (failures.length > 0) throw new AggregateFailure(failures)
  },
}

const ANNOTATIONS: Subject = {
  field: 'annotations',
  noun: 'annotation',
  example: 'rsrc',
  parse: parseAnnotations,
  refuseOverwrites: (current, added) => {
    const found = [...added.keys()].filter(
      (key) =>
        key !== CHANGE_CAUSE && ![undefined, added.get(key)].includes(own(current, key) as string),
    )
    if (found.length === 0) return
    const shown = found.map(
      (key) => `'${key}' already has a value (${own(current, key) as string})`,
    )
    throw new KubectlFailure(
      `--overwrite is false but found the following declared annotation(s): ${shown.join('; ')}`,
    )
  },
}

export const label = (run: Invocation): void => {
  const dryRun = dryRunOf(run)
  const { resources, changes } = readArgs(run, LABELS)
  refuseListOutput(run)
  checkFlags(run, LABELS, dryRun, resources, changes)
  const result = buildAll(run, resources)
  const printer = resultPrinter(run, dryRun)
  labelAll({ run, subject: LABELS, dryRun, printer, ...changes }, result)
}

export const annotate = (run: Invocation): void => {
  const dryRun = dryRunOf(run)
  const printer = resultPrinter(run, dryRun)
  refuseListOutput(run)
  const { resources, changes } = readArgs(run, ANNOTATIONS)
  checkFlags(run, ANNOTATIONS, dryRun, resources, changes)
  const both = changes.removed.filter((key) => changes.added.has(key))
  if (both.length > 0)
    throw new KubectlFailure(
      `can not both modify and remove the following annotation(s) in the same command: ${both.join(', ')}`,
    )
  const result = buildAll(run, resources)
  labelAll({ run, subject: ANNOTATIONS, dryRun, printer, ...changes }, result)
}

const refuseListOutput = ({ flags }: Invocation): void => {
  if (flags.bool('list') && flags.string('output') !== '')
    throw new KubectlFailure('--list and --output may not be specified together')
}

/** Resources come first, then the pairs. kubernetes: GetResourcesAndPairs */
const readArgs = (
  { args }: Invocation,
  { noun, parse }: Subject,
): { readonly resources: readonly string[]; readonly changes: Changes } => {
  const isPair = (word: string): boolean =>
    word.indexOf('=') > 0 || (word.endsWith('-') && word !== '-')
  const at = args.findIndex(isPair)
  const resources = at < 0 ? args : args.slice(0, at)
  const pairs = at < 0 ? [] : args.slice(at)
  const late = pairs.find((word) => !isPair(word))
  if (late !== undefined)
    throw new KubectlFailure(`all resources must be specified before ${noun} changes: ${late}`)
  return { resources, changes: parse(pairs) }
}

const checkFlags = (
  { flags }: Invocation,
  { noun, example }: Subject,
  dryRun: DryRun,
  resources: readonly string[],
  { added, removed }: Changes,
): void => {
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new KubectlFailure('cannot set --all and --selector at the same time')
  if (flags.bool('all') && flags.string('field-selector') !== '')
    throw new KubectlFailure('cannot set --all and --field-selector at the same time')
  const hasFiles = flags.list('filename').length > 0 || flags.string('kustomize') !== ''
  if (flags.bool('local')) {
    if (dryRun === 'server')
      throw new KubectlFailure(
        'cannot specify --local and --dry-run=server - did you mean --dry-run=client?',
      )
    const files = `-f ${example}.yaml or --filename=${example}.json`
    if (resources.length > 0)
      throw new KubectlFailure(`can only use local files by ${files} when --local=true is set`)
    if (!hasFiles) throw new KubectlFailure(`one or more files must be specified as ${files}`)
  } else if (resources.length === 0 && !hasFiles)
    throw new KubectlFailure(
      'one or more resources must be specified as <resource> <name> or <resource>/<name>',
    )
  if (added.size === 0 && removed.length === 0 && !flags.bool('list'))
    throw new KubectlFailure(`at least one ${noun} update is required`)
}

const buildAll = (run: Invocation, resources: readonly string[]): BuiltResult => {
  const { flags } = run
  const isLocal = flags.bool('local')
  const result = build(run, {
    ...filesOf(run),
    enforcesNamespace: run.connection.isExplicit,
    continuesOnError: true,
    flattens: true,
    isLocal,
    ...(isLocal
      ? {}
      : {
          args: resources,
          allowsEmptySelector: flags.bool('all'),
          labelSelector: flags.string('selector'),
          fieldSelector: flags.string('field-selector'),
          allNamespaces: flags.bool('all-namespaces'),
          latest: true,
        }),
  })
  if (!result.isSingle && flags.string('resource-version') !== '')
    throw new KubectlFailure('--resource-version may only be used with a single resource')
  return result
}

const labelAll = (labeling: Labeling, result: BuiltResult): void => {
  const { run, subject, dryRun, printer, removed } = labeling
  const { flags } = run
  const isHere = dryRun === 'client' || flags.bool('local') || flags.bool('list')
  result.visit((info) => {
    const given = withoutVersion(labeling, info.object!)
    const before = subject === LABELS || isHere ? given : recorded(run, given)
    const current = textsOf(subject, before)
    if (!isHere && subject === LABELS)
      for (const key of removed)
        if (own(current, key) === undefined) run.out(`label ${JSON.stringify(key)} not found.\n`)
    const after = changed(labeling, before)
    const isLabel = subject === LABELS
    const operation = isLabel ? labelMessage(current, labeling) : 'annotated'
    const isDone = isHere || operation === NOT_LABELED
    const answer = isDone ? after : send(labeling, info, current, after)
    if (flags.bool('list')) return list(labeling, info, answer, result.isSingle)
    // what `label` prints is what it asked for
    printer.print({ ...info, object: isLabel ? after : answer }, operation)
  })
}

/** A version that is asked for is always sent. */
const withoutVersion = ({ run }: Labeling, object: JsonObject): JsonObject => {
  if (run.flags.string('resource-version') === '') return object
  const { resourceVersion: _version, ...metadata } = metadataOf(object)
  return { ...object, metadata }
}

const textsOf = ({ field }: Subject, object: JsonObject): JsonObject =>
  metadataOf(object)[field] ?? {}

/** kubernetes: labelFunc, updateAnnotations */
const changed = (labeling: Labeling, object: JsonObject): JsonObject => {
  const { run, subject, added, removed } = labeling
  const current = textsOf(subject, object)
  if (!run.flags.bool('overwrite')) subject.refuseOverwrites(current, added)
  const texts: JsonObject = {}
  for (const [key, value] of Object.entries(current))
    if (!removed.includes(key)) setKey(texts, key, value)
  for (const [key, value] of added) setKey(texts, key, value)
  const version = run.flags.string('resource-version')
  return {
    ...object,
    metadata: {
      ...(object['metadata'] as JsonObject | undefined),
      [subject.field]: texts,
      ...(version === '' ? {} : { resourceVersion: version }),
    },
  }
}

const send = (
  { run, subject, dryRun, added, removed }: Labeling,
  info: Info,
  current: JsonObject,
  after: JsonObject,
): JsonObject => {
  const changes: JsonObject = {}
  for (const key of removed) if (own(current, key) !== undefined) setKey(changes, key, null)
  for (const [key, value] of added) if (own(current, key) !== value) setKey(changes, key, value)
  const isNew = metadataOf(info.object)[subject.field] === undefined
  const { resourceVersion } = metadataOf(after)
  const isPinned = run.flags.string('resource-version') !== ''
  const cause = newCause(run, info.object!)
  const hasCause = Object.keys(cause).length > 0
  if (subject === ANNOTATIONS) Object.assign(changes, cause)
  const metadata: JsonObject = {
    ...(subject === LABELS && hasCause ? { annotations: cause } : {}),
    ...(isNew || Object.keys(changes).length > 0 ? { [subject.field]: changes } : {}),
    ...(isPinned ? { resourceVersion: resourceVersion! } : {}),
  }
  return run.client.object({
    method: 'PATCH',
    path: pathOfInfo(info),
    query: writeQuery(managerOf(run), dryRun),
    contentType: 'application/merge-patch+json',
    body: goJsonLine(Object.keys(metadata).length === 0 ? {} : { metadata }),
  })
}

/** kubernetes: updateDataChangeMsg */
const labelMessage = (current: JsonObject, { added, removed }: Changes): string => {
  const isSet = [...added].some(([key, value]) => own(current, key) !== value)
  const isTaken = removed.some((key) => own(current, key) !== undefined)
  if (isSet) return isTaken ? 'modified' : 'labeled'
  return isTaken ? 'unlabeled' : NOT_LABELED
}

const list = (
  { run, subject }: Labeling,
  info: Info,
  object: JsonObject,
  isSingle: boolean,
): void => {
  const { kind, group } = info.resource
  if (!isSingle) run.out(`Listing ${subject.field} for ${kind}.${group}/${info.name}:\n`)
  for (const [key, value] of Object.entries(textsOf(subject, object)))
    run.out(`${isSingle ? '' : ' '}${key}=${value as string}\n`)
}
