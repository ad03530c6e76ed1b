// kubernetes: kubectl pkg/cmd/rollout/rollout_status.go, pkg/polymorphichelpers/rollout_status.go
import type { DaemonSet } from '#api/apps/v1/daemon-set/types.ts'
import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import type { StatefulSet } from '#api/apps/v1/stateful-set/types.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { pathTo } from '#kubectl/client/discovery.ts'
import { eventsSince } from '#kubectl/resource/events-since.ts'
import { foundToRoll, requireResource, requireRevision } from '#kubectl/commands/rollout/find.ts'
import { revisionOf } from '#kubectl/commands/rollout/revisions.ts'
import { ApiError, KubectlFailure, throwAll } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { type Info, metadataOf } from '#kubectl/resource/info.ts'

/** A question to the server takes that long. */
const LEAST_MS = 1

interface Status {
  readonly text: string
  readonly isDone: boolean
}

type StatusOf = (object: JsonObject, revision: number) => Status

export function* rolloutStatus(run: Invocation): ToolRun<void> {
  requireResource(run)
  requireRevision(run)
  const { infos, failures: unfound } = foundToRoll(run).infos()
  const failures = [...unfound]
  const timeout = run.flags.duration('timeout')
  const until = timeout === 0 ? Infinity : run.now() + timeout
  for (const info of infos)
    try {
      // whoever has no time left does not even look
      if (timeout > 0 && timeout < LEAST_MS) throw lateness()
      yield* follow(run, info, until)
    } catch (error) {
      if (!(error instanceof KubectlFailure)) throw error
      failures.push(error)
    }
  throwAll(failures)
  if (infos.length === 0) run.err(`No resources found in ${run.namespace} namespace.\n`)
}

/** Tells how far it is, again and again until it is done. */
function* follow(run: Invocation, info: Info, until: number): ToolRun<void> {
  const statusOf = viewerOf(info)
  const { resource, namespace, name } = info
  const path = pathTo(resource, namespace)
  const query = [['fieldSelector', `metadata.name=${name}`]] as const
  const isOver = (object: JsonObject): boolean => {
    const { text, isDone } = statusOf(object, run.flags.int('revision'))
    run.out(text)
    return isDone || !run.flags.bool('watch')
  }
  let seen: string | undefined
  for (;;) {
    const list = run.client.get(path, query)
    const [object] = (list['items'] ?? []) as readonly JsonObject[]
    if (object === undefined && seen !== undefined) throw gone()
    const { resourceVersion } = metadataOf(object)
    // what is listed again after a watch has ended is no news
    if (object !== undefined && resourceVersion !== seen && isOver(object)) return
    seen = resourceVersion
    const events = eventsSince(run, list, path, query)
    try {
      for (
        let event = yield* events.next(until);
        event !== undefined;
        event = yield* events.next(until)
      ) {
        if (event.type === 'DELETED') throw gone()
        seen = metadataOf(event.object).resourceVersion
        if (isOver(event.object)) return
      }
    } catch (error) {
      if (!(error instanceof ApiError) || error.status.code !== 410) throw error
    } finally {
      events.close()
    }
    if (run.now() >= until) throw lateness()
  }
}

const lateness = (): KubectlFailure => new KubectlFailure('timed out waiting for the condition')

const gone = (): KubectlFailure => new KubectlFailure('object has been deleted')

/** kubernetes: StatusViewerFor */
const viewerOf = ({ resource: { kind, group } }: Info): StatusOf => {
  const found = group === 'apps' && Object.hasOwn(VIEWERS, kind) ? VIEWERS[kind] : undefined
  if (found !== undefined) return found
  const name = group === '' ? kind : `${kind}.${group}`
  throw new KubectlFailure(`no status viewer has been implemented for ${name}`)
}

const waiting = (text: string): Status => ({ text: `${text}...\n`, isDone: false })

/** kubernetes: DeploymentStatusViewer */
const deploymentStatus: StatusOf = (object, revision) => {
  const { metadata, spec, status } = object as unknown as Deployment
  const { name = '' } = metadata
  if (revision > 0) {
    const running = revisionOf(metadata) ?? 0
    if (running !== revision)
      throw new KubectlFailure(
        `desired revision (${revision}) is different from the running revision (${running})`,
      )
  }
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0))
    return waiting('Waiting for deployment spec update to be observed')
  const progress = status.conditions?.find(({ type }) => type === 'Progressing')
  if (progress?.reason === 'ProgressDeadlineExceeded')
    throw new KubectlFailure(`deployment ${JSON.stringify(name)} exceeded its progress deadline`)
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status
  const about = `Waiting for deployment ${JSON.stringify(name)} rollout to finish`
  if (spec.replicas !== undefined && updatedReplicas < spec.replicas)
    return waiting(
      `${about}: ${updatedReplicas} out of ${spec.replicas} new replicas have been updated`,
    )
  if (replicas > updatedReplicas)
    return waiting(`${about}: ${replicas - updatedReplicas} old replicas are pending termination`)
  if (availableReplicas < updatedReplicas)
    return waiting(
      `${about}: ${availableReplicas} of ${updatedReplicas} updated replicas are available`,
    )
  return { text: `deployment ${JSON.stringify(name)} successfully rolled out\n`, isDone: true }
}

const refuseStrategy = (type: string | undefined): void => {
  if (type !== 'RollingUpdate')
    throw new KubectlFailure('rollout status is only available for RollingUpdate strategy type')
}

/** kubernetes: DaemonSetStatusViewer */
const daemonSetStatus: StatusOf = (object) => {
  const { metadata, spec, status } = object as unknown as DaemonSet
  refuseStrategy(spec.updateStrategy?.type)
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0))
    return waiting('Waiting for daemon set spec update to be observed')
  const name = JSON.stringify(metadata.name ?? '')
  const { updatedNumberScheduled = 0, desiredNumberScheduled = 0, numberAvailable = 0 } = status
  const about = `Waiting for daemon set ${name} rollout to finish`
  if (updatedNumberScheduled < desiredNumberScheduled)
    return waiting(
      `${about}: ${updatedNumberScheduled} out of ${desiredNumberScheduled} new pods have been updated`,
    )
  if (numberAvailable < desiredNumberScheduled)
    return waiting(
      `${about}: ${numberAvailable} of ${desiredNumberScheduled} updated pods are available`,
    )
  return { text: `daemon set ${name} successfully rolled out\n`, isDone: true }
}

/** kubernetes: StatefulSetStatusViewer */
const statefulSetStatus: StatusOf = (object) => {
  const { metadata, spec, status } = object as unknown as StatefulSet
  refuseStrategy(spec.updateStrategy?.type)
  const { observedGeneration = 0, readyReplicas = 0, updatedReplicas = 0 } = status
  if (observedGeneration === 0 || (metadata.generation ?? 0) > observedGeneration)
    return waiting('Waiting for statefulset spec update to be observed')
  const { replicas } = spec
  if (replicas !== undefined && readyReplicas < replicas)
    return waiting(`Waiting for ${replicas - readyReplicas} pods to be ready`)
  const rolling = spec.updateStrategy?.rollingUpdate
  if (rolling !== undefined) {
    const { partition } = rolling
    if (replicas !== undefined && partition !== undefined && updatedReplicas < replicas - partition)
      return waiting(
        `Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${replicas - partition} new pods have been updated`,
      )
    return {
      text: `partitioned roll out complete: ${updatedReplicas} new pods have been updated...\n`,
      isDone: true,
    }
  }
  const { updateRevision = '', currentRevision = '', currentReplicas = 0 } = status
  if (updateRevision !== currentRevision)
    return waiting(
      `waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}`,
    )
  return {
    text: `statefulset rolling update complete ${currentReplicas} pods at revision ${currentRevision}...\n`,
    isDone: true,
  }
}

const VIEWERS: Readonly<Record<string, StatusOf>> = {
  Deployment: deploymentStatus,
  DaemonSet: daemonSetStatus,
  StatefulSet: statefulSetStatus,
}
