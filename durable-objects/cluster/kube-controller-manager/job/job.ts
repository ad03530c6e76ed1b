// kubernetes: pkg/controller/job/job_controller.go
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { Job, JobStatus } from '#api/batch/v1/job/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { selectorFromLabelSelector } from '#apimachinery/labels.ts'
import { assign, controllerOf, equal, keyOf, splitKey } from '#apimachinery/object.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import { formatTime } from '#apimachinery/time.ts'
import { claimPods } from '#kube-controller-manager/claims.ts'
import { isFinished, withJobCondition } from '#kube-controller-manager/job/conditions.ts'
import { podFor, podOfJob } from '#kube-controller-manager/job/pods.ts'
import {
  countReleased,
  finishedStatus,
  trackPods,
  withPresence,
} from '#kube-controller-manager/job/tracking.ts'
import {
  activeDeadline,
  completion,
  isTracked,
  judge,
  TRACKING_FINALIZER,
  type Finish,
  type JobSeen,
  type Verdict,
} from '#kube-controller-manager/job/verdict.ts'
import { planWork, type JobWork } from '#kube-controller-manager/job/work.ts'
import { withStatus } from '#kube-controller-manager/object-status.ts'
import { PodControl } from '#kube-controller-manager/pod-control.ts'
import { isPodActive, looksTheSame } from '#kube-controller-manager/pod-state.ts'
import { OrphanPods, queuePodOwners } from '#kube-controller-manager/pod-watch.ts'

const NAME = 'job-controller'
const RESOURCE = 'jobs.batch'
const POD_PREFIX = 'pod '

export const jobController: ComponentDefinition = {
  name: NAME,
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:job-controller',
  create: (context) => {
    const { client, queue } = context
    const tools: Tools = {
      context,
      orphans: new OrphanPods(client),
      control: new PodControl(client, context.events, NAME),
    }
    watch(context)
    return {
      name: NAME,
      queue,
      resync: () => {
        for (const job of client.list(RESOURCE)) queue.add(keyOf(job))
        for (const pod of client.list('pods'))
          if (isTracked(pod)) queue.add(`${POD_PREFIX}${keyOf(pod)}`)
      },
      sync: (key) => {
        if (key.startsWith(POD_PREFIX)) return releaseOrphan(context, key.slice(POD_PREFIX.length))
        const { namespace, name } = splitKey(key)
        const job = client.get(RESOURCE, namespace, name)
        if (job !== undefined && isOurs(job) && !isFinished(job))
          syncJob(tools, withStatus(job, {}))
      },
    } satisfies Component
  },
}

/** kubernetes: managedByExternalController */
const isOurs = ({ spec }: Job): boolean =>
  spec.managedBy === undefined || spec.managedBy === 'kubernetes.io/job-controller'

interface Tools {
  readonly context: ComponentContext
  readonly orphans: OrphanPods
  readonly control: PodControl
}

const watch = ({ client, queue }: ComponentContext): void => {
  queuePodOwners({
    client,
    queue,
    resource: RESOURCE,
    kind: 'Job',
    selectorOf: (job) => selectorFromLabelSelector(job.spec.selector),
    // Restarts of containers count where Pods restart them.
    ignores: (pod, old) =>
      looksTheSame(pod, old) &&
      pod.metadata.finalizers === old.metadata.finalizers &&
      pod.spec.restartPolicy !== 'OnFailure',
  })
  client.watch(RESOURCE, ({ type, object }) => {
    if (type !== 'DELETED') return queue.add(keyOf(object))
    queue.drop(keyOf(object))
    for (const pod of client.list('pods', { owner: object.metadata.uid ?? '' }))
      if (isTracked(pod)) queue.add(`${POD_PREFIX}${keyOf(pod)}`)
  })
  client.watch('pods', ({ type, object, old }) => {
    if (type === 'DELETED' || object.metadata.ownerReferences === old?.metadata.ownerReferences)
      return
    if (isTracked(object) && controllerOf(object) === undefined)
      queue.add(`${POD_PREFIX}${keyOf(object)}`)
  })
}

/** A Pod whose Job is gone or done must not be held back by the Job's finalizer. kubernetes: syncOrphanPod */
const releaseOrphan = (context: ComponentContext, key: string): void => {
  const { client } = context
  const { namespace, name } = splitKey(key)
  const pod = client.get('pods', namespace, name)
  if (pod === undefined || !isTracked(pod)) return
  const owner = controllerOf(pod)
  if (owner !== undefined && owner.kind !== 'Job') return
  const job = owner && client.get(RESOURCE, namespace, owner.name)
  if (job !== undefined && !isOurs(job)) return
  if (job?.metadata.uid === owner?.uid && job !== undefined && !isFinished(job)) return
  removeFinalizer(context, pod)
}

const removeFinalizer = ({ client }: ComponentContext, pod: Pod): void => {
  const { namespace = '', name = '' } = pod.metadata
  const current = client.get('pods', namespace, name)
  if (current === undefined || !isTracked(current)) return
  const left = current.metadata.finalizers?.filter((one) => one !== TRACKING_FINALIZER) ?? []
  const finalizers = left.length === 0 ? undefined : left
  client.update('pods', { ...current, metadata: assign(current.metadata, { finalizers }) })
}

const podsOf = ({ client }: ComponentContext, job: Job): readonly Pod[] =>
  client.list('pods', { owner: job.metadata.uid ?? '' })

const syncJob = (tools: Tools, found: Job): void => {
  const { context, orphans } = tools
  const { client, queue } = context
  const now = client.now()
  const selector = selectorFromLabelSelector(found.spec.selector)
  if (selector === undefined) return
  const { startTime } = found.status
  const starts = startTime === undefined && found.spec.suspend !== true
  const job = starts ? { ...found, status: { ...found.status, startTime: formatTime(now) } } : found
  const pods = claimPods(client, job, selector, orphans.in(job.metadata.namespace ?? ''))
  const seen: JobSeen = { job, pods, now }
  const { verdict, status, failure } = work(tools, seen, judge(seen))
  track(context, { ...seen, job: { ...job, status }, pods: podsOf(context, job) }, verdict)
  const deadline = activeDeadline(job)
  if (deadline !== undefined && deadline > now) queue.addAt(keyOf(job), deadline)
  if (failure !== undefined) throw failure
}

interface Worked {
  readonly verdict: Verdict
  /** The status with what becomes of suspension. */
  readonly status: JobStatus
  readonly failure: StatusError | undefined
}

/** Creates and deletes Pods. A Job at its end only deletes; one whose Pods are all done comes to its end. */
const work = (tools: Tools, seen: JobSeen, verdict: Verdict): Worked => {
  const { job } = seen
  const { status } = job
  if (verdict.finish !== undefined) {
    const failure = deleteAll(tools, job, seen.pods.filter(isPodActive))
    // While a Pod cannot be deleted the end must wait.
    return {
      verdict: failure === undefined ? verdict : { ...verdict, finish: undefined },
      status,
      failure,
    }
  }
  if (job.metadata.deletionTimestamp !== undefined) return { verdict, status, failure: undefined }
  const plan = planWork(seen, verdict)
  const failure = apply(tools, job, plan)
  if (plan.waitUntil !== undefined) tools.context.queue.addAt(keyOf(job), plan.waitUntil)
  const active = podsOf(tools.context, job).filter(isPodActive).length
  const finish = completion(job, verdict.succeeded, active)
  if (finish !== undefined) return { verdict: { ...verdict, finish }, status, failure }
  return { verdict, status: suspension(tools.context, job, seen.now), failure }
}

const deleteAll = ({ control }: Tools, job: Job, pods: readonly Pod[]): StatusError | undefined => {
  let failure: StatusError | undefined
  for (const pod of pods) failure = control.delete(job, pod) ?? failure
  return failure
}

const apply = (tools: Tools, job: Job, { create, remove }: JobWork): StatusError | undefined => {
  // Pods that are taken away are no failures: they go uncounted.
  for (const pod of remove) removeFinalizer(tools.context, pod)
  const failure = deleteAll(tools, job, remove)
  if (create.length === 0) return failure
  const common = podOfJob(job)
  for (const wanted of create) {
    const created = tools.control.create(job, podFor(job, common, wanted))
    if (created === undefined) return undefined
    if (created instanceof StatusError) return created
  }
  return undefined
}

const suspension = ({ events }: ComponentContext, job: Job, now: number): JobStatus => {
  const { status } = job
  const before = status.conditions ?? []
  const suspended = job.spec.suspend === true
  const condition = suspended
    ? ({ status: 'True', reason: 'JobSuspended', message: 'Job suspended' } as const)
    : ({ status: 'False', reason: 'JobResumed', message: 'Job resumed' } as const)
  const conditions = withJobCondition(before, { type: 'Suspended', ...condition }, now)
  if (conditions === before) return suspended ? assign(status, { startTime: undefined }) : status
  const reason = suspended ? 'Suspended' : 'Resumed'
  const { message } = condition
  events.record({ object: job, type: 'Normal', reason, message, component: NAME })
  // The time before does not count for the deadline.
  return assign(status, { conditions, startTime: suspended ? undefined : formatTime(now) })
}

const track = (context: ComponentContext, seen: JobSeen, verdict: Verdict): void => {
  const { finish } = verdict
  const { status, removeFinalizers } = trackPods(seen, verdict)
  const stored = writeStatus(context, seen.job, withPresence(status, seen, finish))
  for (const pod of removeFinalizers) removeFinalizer(context, pod)
  const after = { ...seen, pods: podsOf(context, stored) }
  const counted = withPresence(countReleased(stored.status, after.pods), after, finish)
  const final = finishedStatus(counted, finish, seen.now)
  const ended = writeStatus(context, stored, final ?? counted)
  if (final !== undefined && finish !== undefined) announce(context, ended, finish)
}

const writeStatus = ({ client }: ComponentContext, job: Job, status: JobStatus): Job => {
  const { namespace = '', name = '' } = job.metadata
  const current = client.get(RESOURCE, namespace, name)
  if (current === undefined || equal(current.status ?? {}, status)) return { ...job, status }
  return client.update(RESOURCE, { ...job, status }, { subresource: 'status' })
}

/** kubernetes: recordJobFinished */
const announce = (
  { events }: ComponentContext,
  job: Job,
  { success, reason, message }: Finish,
): void => {
  const { completions } = job.spec
  if (success && completions !== undefined && (job.status.succeeded ?? 0) > completions)
    events.record({
      object: job,
      type: 'Warning',
      reason: 'TooManySucceededPods',
      message: 'Too many succeeded pods running after completion count reached',
      component: NAME,
    })
  events.record({
    object: job,
    type: success ? 'Normal' : 'Warning',
    reason: success ? 'Completed' : reason,
    message: success ? 'Job completed' : message,
    component: NAME,
  })
}
