// kubernetes: kubectl pkg/cmd/rollout/rollout_undo.go, pkg/polymorphichelpers/rollback.go
import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import { equal, type JsonValue, setKey } from '#apimachinery/object.ts'
import { type DryRun, dryRunOf, writeQuery } from '#kubectl/commands/dry-run.ts'
import { foundToRoll, requireResource } from '#kubectl/commands/rollout/find.ts'
import { refusalOf, templateText } from '#kubectl/commands/rollout/history.ts'
import {
  controllerRevisions,
  deploymentSets,
  isNow,
  REVISION,
  revisionOf,
  templateThen,
  withoutHash,
} from '#kubectl/commands/rollout/revisions.ts'
import { asFailure, KubectlFailure, throwAll } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { resultPrinter } from '#kubectl/output/result.ts'
import { type Info, pathOfInfo } from '#kubectl/resource/info.ts'
import { LAST_APPLIED, lastApplied } from '#kubectl/resource/last-applied.ts'

const PAUSED =
  "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again"
const DONE = 'rolled back'

/** The deployment's own, not the replica set's. */
const KEPT: ReadonlySet<string> = new Set([
  LAST_APPLIED,
  REVISION,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
])

interface Undoing {
  readonly run: Invocation
  readonly info: Info
  /** 0: the last one. */
  readonly revision: number
  readonly dryRun: DryRun
}

export const rolloutUndo = (run: Invocation): void => {
  const dryRun = dryRunOf(run)
  requireResource(run)
  const revision = run.flags.int('to-revision')
  const { infos, failures: unfound } = foundToRoll(run).infos()
  const failures: Error[] = [...unfound]
  for (const info of infos)
    try {
      const said = undone({ run, info, revision, dryRun })
      resultPrinter(run, dryRun, { isTyped: true }).print(info, said)
    } catch (error) {
      if (!(error instanceof KubectlFailure)) throw error
      failures.push(error)
    }
  throwAll(failures)
}

/** kubernetes: RollbackerFor */
const undone = (undoing: Undoing): string => {
  warnOfApply(undoing)
  const { kind, group } = undoing.info.resource
  const isDeployment = group === 'apps' && kind === 'Deployment'
  if (!isDeployment && !(group === 'apps' && (kind === 'DaemonSet' || kind === 'StatefulSet')))
    throw new KubectlFailure(refusalOf(undoing.info, 'rollbacker', 'rollbacker'))
  if (undoing.revision < 0) throw notFound(undoing.revision)
  return isDeployment ? undoDeployment(undoing) : undoOther(undoing)
}

const warnOfApply = ({ run, info: { resource, name, object } }: Undoing): void => {
  if (lastApplied(object!) === undefined) return
  run.err(
    `Warning: resource ${resource.plural}/${name} was previously managed with 'kubectl apply'. Rolling back will not update the ${LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.\n`,
  )
}

const notFound = (revision: number): KubectlFailure =>
  new KubectlFailure(`unable to find specified revision ${revision} in history`)

const skipped = (revision: number): string =>
  `skipped rollback (current template already matches revision ${revision})`

/** kubernetes: DeploymentRollbacker */
const undoDeployment = (undoing: Undoing): string => {
  const { run, info, revision, dryRun } = undoing
  const { deployment, sets } = deploymentSets(run, info, 'Deployment')
  const then = setOf(info, sets, revision)
  const old = then.spec.template
  if (dryRun === 'client') return templateText(old)
  if (deployment.spec.paused === true) throw new KubectlFailure(PAUSED)
  const template = withoutHash(old)
  if (equal(template, withoutHash(deployment.spec.template))) return skipped(revision)
  const patch = [
    { op: 'replace', path: '/spec/template', value: template },
    { op: 'replace', path: '/metadata/annotations', value: annotationsOf(deployment, then) },
  ]
  restore(undoing, 'application/json-patch+json', patch as unknown as JsonValue)
  return DONE
}

const annotationsOf = (deployment: Deployment, then: ReplicaSet): Record<string, string> => {
  const annotations: Record<string, string> = {}
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {}))
    if (KEPT.has(key)) setKey(annotations, key, value)
  for (const [key, value] of Object.entries(then.metadata.annotations ?? {}))
    if (!KEPT.has(key)) setKey(annotations, key, value)
  return annotations
}

/** kubernetes: deploymentRevision */
const setOf = (info: Info, sets: readonly ReplicaSet[], revision: number): ReplicaSet => {
  const numbered = sets
    .map((set) => ({ set, number: revisionOf(set.metadata) ?? 0 }))
    .toSorted((a, b) => b.number - a.number)
  if (revision > 0) {
    const found = numbered.find(({ number }) => number === revision)
    if (found === undefined) throw notFound(revision)
    return found.set
  }
  if (numbered.length < 2)
    throw new KubectlFailure(`no rollout history found for deployment ${JSON.stringify(info.name)}`)
  return numbered[1]!.set
}

/** kubernetes: DaemonSetRollbacker, StatefulSetRollbacker */
const undoOther = (undoing: Undoing): string => {
  const { run, info, revision, dryRun } = undoing
  const { workload, revisions } = controllerRevisions(run, info)
  if (revision === 0 && revisions.length <= 1)
    throw new KubectlFailure('no last revision to roll back to')
  const then =
    revision === 0 ? revisions.at(-2) : revisions.find(({ number }) => number === revision)
  if (then === undefined) throw notFound(revision)
  if (dryRun === 'client')
    return `will roll back to ${templateText(templateThen(info, workload, then))}`
  if (isNow(workload, then)) return skipped(revision)
  restore(undoing, 'application/strategic-merge-patch+json', then.data)
  return DONE
}

const restore = (
  { run, info, revision, dryRun }: Undoing,
  contentType: string,
  patch: JsonValue,
): void => {
  try {
    run.client.send({
      method: 'PATCH',
      path: pathOfInfo(info),
      query: writeQuery('', dryRun),
      contentType,
      body: JSON.stringify(patch),
    })
  } catch (error) {
    throw new KubectlFailure(`failed restoring revision ${revision}: ${asFailure(error).message}`)
  }
}
