// Changes the pod specs of workloads. kubernetes: kubectl pkg/cmd/set, pkg/polymorphichelpers/updatepodspec.go
import type { JsonObject } from '#apimachinery/object.ts'
import { recorded } from '#kubectl/commands/change-cause.ts'
import { type DryRun, dryRunOf } from '#kubectl/commands/dry-run.ts'
import { differenceOf, sendPatch } from '#kubectl/commands/workload-patch.ts'
import { KubectlFailure, throwAll } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { type ResultPrinter, resultPrinter } from '#kubectl/output/result.ts'
import { build } from '#kubectl/resource/builder.ts'
import { type Info, typedName } from '#kubectl/resource/info.ts'
import { filesOf } from '#kubectl/resource/files-of.ts'

/** kubernetes: cli-runtime pkg/resource LocalResourceError */
const LOCAL_RESOURCE = `you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'`

export const NO_RESOURCES =
  'one or more resources must be specified as <resource> <name> or <resource>/<name>'
export const ALL_AND_SELECTOR = 'cannot set --all and --selector at the same time'
export const LOCAL_AND_SERVER =
  'cannot specify --local and --dry-run=server - did you mean --dry-run=client?'

export interface Setting {
  readonly run: Invocation
  readonly dryRun: DryRun
  readonly printer: ResultPrinter
  readonly isLocal: boolean
  /** Nothing is changed; what is wrong is not told either. */
  readonly isSilent?: boolean
}

export const settingOf = (run: Invocation): Setting => {
  const dryRun = dryRunOf(run)
  return {
    run,
    dryRun,
    printer: resultPrinter(run, dryRun, { isTyped: true }),
    isLocal: run.flags.bool('local'),
  }
}

export const hasFiles = ({ flags }: Invocation): boolean =>
  flags.list('filename').length > 0 || flags.string('kustomize') !== ''

/** What the command works on. Throws what cannot be found. */
export const foundToSet = (
  { run, isLocal }: Setting,
  resources: readonly string[],
): readonly Info[] => {
  const { flags } = run
  if (isLocal && resources.length > 0) throw new KubectlFailure(LOCAL_RESOURCE)
  return build(run, {
    ...filesOf(run),
    enforcesNamespace: run.connection.isExplicit,
    continuesOnError: true,
    flattens: true,
    isTyped: true,
    ...(isLocal
      ? { isLocal }
      : {
          args: resources,
          labelSelector: flags.has('selector') ? flags.string('selector') : '',
          allowsEmptySelector: flags.bool('all'),
          latest: true,
        }),
  }).all()
}

/** The object as it shall be. Throws why it cannot be so. */
export type ObjectChange = (object: JsonObject, info: Info) => JsonObject

/** The pod spec as it shall be. */
export type SpecChange = (spec: JsonObject, info: Info) => JsonObject

interface Words {
  /** `image updated` */
  readonly done: string
  /** `failed to patch image update to pod template:` */
  readonly failed: string
  /** Objects that are already so are told of, too. */
  readonly tellsUnchanged?: boolean
}

/** `failures`: what the changes themselves add goes in front of what the server refuses. */
export const changeSpecs = (
  setting: Setting,
  infos: readonly Info[],
  change: SpecChange,
  words: Words,
  failures: Error[] = [],
): void => {
  const changeSpec: ObjectChange = (object, info) =>
    changedAt(object, specPath(info), (spec) => change(spec, info))
  changeObjects(setting, infos, changeSpec, words, failures)
}

export const changeObjects = (
  setting: Setting,
  infos: readonly Info[],
  change: ObjectChange,
  { done, failed, tellsUnchanged = false }: Words,
  failures: Error[] = [],
): void => {
  const { run, dryRun, printer, isLocal } = setting
  const changed = infos.map((info) => ({ info, after: attempted(setting, info, change) }))
  if (setting.isSilent === true) return
  for (const { info, after } of changed)
    try {
      if (after instanceof KubectlFailure) throw after
      const patch = differenceOf(info, info.object!, after)
      if (patch === undefined && !tellsUnchanged) continue
      const object =
        isLocal || dryRun === 'client'
          ? after
          : sendPatch(run, info, patch ?? {}, { words: failed, dryRun })
      printer.print({ ...info, object }, done)
    } catch (error) {
      if (!(error instanceof KubectlFailure)) throw error
      failures.push(error)
    }
  throwAll(failures)
}

const attempted = (
  { run, isLocal }: Setting,
  info: Info,
  change: ObjectChange,
): JsonObject | KubectlFailure => {
  try {
    return recorded(run, change(info.object!, info))
  } catch (error) {
    if (!(error instanceof KubectlFailure)) throw error
    const name = isLocal ? typedName(info) : `${info.resource.plural}/${info.name}`
    return new KubectlFailure(`error: ${name} ${error.message}\n`)
  }
}

/** Go names the type. */
const withoutTemplate = ({ resource: { kind, group, version } }: Info): string => {
  const isKnown = !group.includes('.') || group.endsWith('.k8s.io')
  const type = isKnown ? `${version}.${kind}` : 'unstructured.Unstructured'
  return `the object is not a pod or does not have a pod template: *${type}`
}

const TEMPLATE = ['spec', 'template', 'spec'] as const
const PATHS: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  ReplicationController: TEMPLATE,
  'Deployment.apps': TEMPLATE,
  'DaemonSet.apps': TEMPLATE,
  'ReplicaSet.apps': TEMPLATE,
  'StatefulSet.apps': TEMPLATE,
  'Job.batch': TEMPLATE,
  'CronJob.batch': ['spec', 'jobTemplate', ...TEMPLATE],
}

const specPath = (info: Info): readonly string[] => {
  const { kind, group } = info.resource
  const name = group === '' ? kind : `${kind}.${group}`
  if (!Object.hasOwn(PATHS, name)) throw new KubectlFailure(withoutTemplate(info))
  return PATHS[name]!
}

const changedAt = (
  object: JsonObject,
  [key, ...rest]: readonly string[],
  change: (spec: JsonObject) => JsonObject,
): JsonObject => {
  if (key === undefined) return change(object)
  const within = (object[key] ?? {}) as JsonObject
  return { ...object, [key]: changedAt(within, rest, change) }
}

/** What is read and set of a container; the rest stays as it is. */
export interface Container extends JsonObject {
  readonly name: string
}

export type ContainerChange = (container: Container) => JsonObject

export interface ChangedContainers {
  readonly spec: JsonObject
  /** How many the name fits. */
  readonly count: number
}

/** `*` stands for anything. kubernetes: selectString */
export const nameFits = (name: string, pattern: string): boolean =>
  pattern === '*' || name === pattern || (pattern.includes('*') && fitsParts(name, pattern))

const fitsParts = (name: string, pattern: string): boolean => {
  const parts = pattern.split('*')
  let at = 0
  for (const [index, part] of parts.entries()) {
    if (part === '') continue
    const next = name.slice(at).indexOf(part)
    const isLast = index === parts.length - 1
    if (next < at || (index === 0 && at !== 0) || (isLast && name.length !== part.length + next))
      return false
    at = next
  }
  return true
}

export const changeContainers = (
  spec: JsonObject,
  fits: (name: string) => boolean,
  change: ContainerChange,
): ChangedContainers => {
  let count = 0
  const each = (list: unknown): JsonObject[] =>
    (list as readonly Container[]).map((container) => {
      if (!fits(container.name)) return container
      count++
      return change(container)
    })
  const { initContainers, containers } = spec
  const changed = {
    ...spec,
    ...(containers === undefined ? {} : { containers: each(containers) }),
    ...(initContainers === undefined ? {} : { initContainers: each(initContainers) }),
  }
  return { spec: changed, count }
}
