// kubernetes: kubectl pkg/cmd/rollout/rollout_history.go, pkg/polymorphichelpers/history.go
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { foundToRoll, requireResource, requireRevision } from '#kubectl/commands/rollout/find.ts'
import {
  CHANGE_CAUSE,
  changeCauseOf,
  controllerRevisions,
  deploymentSets,
  revisionOf,
  templateThen,
  workloadThen,
} from '#kubectl/commands/rollout/revisions.ts'
import { describePodTemplate } from '#kubectl/describe/pod-template.ts'
import { KubectlFailure, throwAll } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { untabbed } from '#kubectl/output/prefix-writer.ts'
import { resultPrinter } from '#kubectl/output/result.ts'
import { asTyped } from '#kubectl/output/typed.ts'
import { TabWriter } from '#kubectl/output/tabwriter.ts'
import { type Info, metadataOf } from '#kubectl/resource/info.ts'

interface Entry {
  /** What is printed in formats of whole objects. kubernetes: GetHistory */
  readonly object: () => JsonObject
  readonly cause: string
  readonly template: () => PodTemplateSpec
}

type History = ReadonlyMap<number, Entry>

export const rolloutHistory = (run: Invocation): void => {
  requireResource(run)
  requireRevision(run)
  const revision = run.flags.int('revision')
  const { infos, failures: unfound } = foundToRoll(run).infos()
  const failures: Error[] = [...unfound]
  for (const info of infos)
    try {
      if (run.flags.string('output') === '') tell(run, info, revision)
      else printObjects(run, info, revision)
    } catch (error) {
      if (!(error instanceof KubectlFailure)) throw error
      failures.push(error)
    }
  throwAll(failures)
}

const tell = (run: Invocation, info: Info, revision: number): void => {
  const withRevision = revision > 0 ? `with revision #${revision}` : ''
  resultPrinter(run).print(info, `${withRevision}\n${historyText(run, info, revision)}`)
}

const printObjects = (run: Invocation, info: Info, revision: number): void => {
  const printer = resultPrinter(run, 'none', { isTyped: true })
  const history = historyOf(run, info)
  const print = (given: JsonObject): void => {
    const object = asTyped(given)
    const resource = run.mapper.ofObject(String(object['apiVersion']), String(object['kind']))
    const { name = '' } = metadataOf(object)
    printer.print({ ...info, resource, name, object }, '')
  }
  if (revision > 0) {
    const found = history.get(revision)
    if (found === undefined) throw new KubectlFailure('unable to find the specified revision')
    return print(found.object())
  }
  for (const number of [...history.keys()].toSorted((a, b) => a - b))
    print(history.get(number)!.object())
}

const historyText = (run: Invocation, info: Info, revision: number): string => {
  const history = historyOf(run, info)
  if (history.size === 0) return 'No rollout history found.'
  if (revision > 0) {
    const found = history.get(revision)
    if (found === undefined) throw new KubectlFailure('unable to find the specified revision')
    return templateText(found.template())
  }
  const numbers = [...history.keys()].toSorted((a, b) => a - b)
  const columns = new TabWriter({ minWidth: 0, padding: 2 })
  columns.write('REVISION\tCHANGE-CAUSE\n')
  for (const number of numbers)
    columns.write(`${number}\t${history.get(number)!.cause || '<none>'}\n`)
  return columns.flush()
}

/** kubernetes: printTemplate */
export const templateText = (template: PodTemplateSpec): string =>
  untabbed((w) => describePodTemplate(w, template))

/** kubernetes: HistoryViewerFor */
const historyOf = (run: Invocation, info: Info): History => {
  const { kind, group } = info.resource
  if (group === 'apps' && kind === 'Deployment') return deploymentHistory(run, info)
  if (group === 'apps' && (kind === 'DaemonSet' || kind === 'StatefulSet'))
    return controllerHistory(run, info)
  const refusal = refusalOf(info, 'history viewer', 'history')
  throw new KubectlFailure(refusal)
}

const VISITED: ReadonlySet<string> = new Set([
  'Job.batch',
  'CronJob.batch',
  'Pod',
  'ReplicationController',
  'ReplicaSet.apps',
])

/** What cannot be rolled out. kubernetes: kubectl pkg/apps/kind_visitor.go Accept */
export const refusalOf = (
  { resource: { kind, group } }: Info,
  what: string,
  sought: string,
): string => {
  const name = group === '' ? kind : `${kind}.${group}`
  return VISITED.has(name)
    ? `no ${what} has been implemented for ${JSON.stringify(name)}`
    : `error retrieving ${sought} for ${JSON.stringify(name)}, no visitor method exists for {${group} ${kind}}`
}

const deploymentHistory = (run: Invocation, info: Info): History => {
  const { sets } = deploymentSets(run, info, 'deployment')
  const history = new Map<number, Entry>()
  for (const set of sets) {
    const number = revisionOf(set.metadata)
    const { template } = set.spec
    if (number === undefined || template === undefined) continue
    const own = changeCauseOf(set as unknown as JsonObject)
    const cause = own || changeCauseOf(template as unknown as JsonObject)
    history.set(number, {
      object: () => ({
        ...(set as unknown as JsonObject),
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
      }),
      cause,
      template: () => withCause(template, own),
    })
  }
  return history
}

/** It is written into the template that is shown. */
const withCause = (template: PodTemplateSpec, cause: string): PodTemplateSpec => {
  if (cause === '') return template
  const annotations = { ...template.metadata.annotations, [CHANGE_CAUSE]: cause }
  return { ...template, metadata: { ...template.metadata, annotations } }
}

const controllerHistory = (run: Invocation, info: Info): History => {
  const { workload, revisions } = controllerRevisions(run, info)
  return new Map(
    revisions.map((revision) => [
      revision.number,
      {
        object: () => workloadThen(info, workload, revision),
        cause: changeCauseOf(revision.object),
        template: () => templateThen(info, workload, revision),
      },
    ]),
  )
}
