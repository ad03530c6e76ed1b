// kubernetes: kubectl pkg/cmd/rollout/rollout_{restart,pause,resume}.go, pkg/polymorphichelpers/object{restarter,pauser,resumer}.go
import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import type { PodTemplateSpec } from '#api/core/v1/pod-template/spec-types.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'
import { foundToRoll, requireResource } from '#kubectl/commands/rollout/find.ts'
import { differenceOf, resourceText, sendPatch } from '#kubectl/commands/workload-patch.ts'
import { KubectlFailure, throwAll } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { resultPrinter } from '#kubectl/output/result.ts'
import type { Info } from '#kubectl/resource/info.ts'

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt'

/** The object as it shall be. Throws what speaks against it. */
type Change = (info: Info, object: JsonObject) => JsonObject

interface Changing {
  readonly done: string
  readonly change: Change
  /** What is said of objects that need no change; without it that is a failure. */
  readonly unchanged?: string
}

const isDeployment = ({ resource: { kind, group } }: Info): boolean =>
  kind === 'Deployment' && group === 'apps'

const isPaused = (object: JsonObject): boolean =>
  (object as unknown as Deployment).spec.paused === true

const withSpec = (object: JsonObject, changes: JsonObject): JsonObject => ({
  ...object,
  spec: { ...(object['spec'] as JsonObject), ...changes },
})

/** kubernetes: defaultObjectRestarter */
const restarted =
  (now: number): Change =>
  (info, object) => {
    const { kind, group } = info.resource
    if (group !== 'apps' || !['Deployment', 'DaemonSet', 'StatefulSet'].includes(kind))
      throw new KubectlFailure('restarting is not supported')
    if (isDeployment(info) && isPaused(object))
      throw new KubectlFailure("can't restart paused deployment (run rollout resume first)")
    const { template } = object['spec'] as unknown as { readonly template: PodTemplateSpec }
    const annotations = { ...template.metadata.annotations, [RESTARTED_AT]: formatTime(now) }
    const metadata = { ...template.metadata, annotations }
    return withSpec(object, { template: { ...template, metadata } as unknown as JsonObject })
  }

const paused: Change = (info, object) => {
  if (!isDeployment(info)) throw new KubectlFailure('pausing is not supported')
  if (isPaused(object)) throw new KubectlFailure('is already paused')
  return withSpec(object, { paused: true })
}

const resumed: Change = (info, object) => {
  if (!isDeployment(info)) throw new KubectlFailure('resuming is not supported')
  if (!isPaused(object)) throw new KubectlFailure('is not paused')
  const { paused: _, ...spec } = object['spec'] as JsonObject
  return { ...object, spec }
}

const changeAll = (run: Invocation, changing: Changing): void => {
  requireResource(run)
  const { infos, failures: unfound } = foundToRoll(run).infos()
  const failures: Error[] = [...unfound]
  for (const info of infos)
    try {
      changeOne(run, info, changing)
    } catch (error) {
      if (!(error instanceof KubectlFailure)) throw error
      failures.push(error)
    }
  throwAll(failures)
  if (infos.length === 0) run.err(`No resources found in ${run.namespace} namespace.\n`)
}

const changeOne = (run: Invocation, info: Info, { done, change, unchanged }: Changing): void => {
  const object = info.object!
  const patch = differenceOf(info, object, changed(info, object, change))
  if (patch === undefined && unchanged === undefined)
    throw new KubectlFailure(
      `failed to create patch for ${info.name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
    )
  const after =
    patch === undefined ? object : sendPatch(run, info, patch, { words: 'failed to patch:' })
  resultPrinter(run, 'none', { isTyped: true }).print(
    { ...info, object: after },
    patch === undefined ? unchanged! : done,
  )
}

const changed = (info: Info, object: JsonObject, change: Change): JsonObject => {
  try {
    return change(info, object)
  } catch (error) {
    if (!(error instanceof KubectlFailure)) throw error
    const what = `${resourceText(info)} ${JSON.stringify(info.name)}`
    throw new KubectlFailure(`error: ${what} ${error.message}`)
  }
}

export const rolloutRestart = (run: Invocation): void =>
  changeAll(run, { done: 'restarted', change: restarted(run.now()) })

export const rolloutPause = (run: Invocation): void =>
  changeAll(run, { done: 'paused', change: paused, unchanged: 'already paused' })

export const rolloutResume = (run: Invocation): void =>
  changeAll(run, { done: 'resumed', change: resumed, unchanged: 'already resumed' })
