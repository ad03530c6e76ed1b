// kubernetes: pkg/controller/cronjob/cronjob_controllerv2.go
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { CronJob } from '#api/batch/v1/cron-job/types.ts'
import type { Job } from '#api/batch/v1/job/types.ts'
import type { ObjectReference } from '#api/core/v1/reference-types.ts'
import { CronError, nextCronTime, parseCron } from '#apimachinery/cron.ts'
import { controllerOf, equal, keyOf, splitKey } from '#apimachinery/object.ts'
import { isReason, StatusError } from '#apimachinery/status-error.ts'
import { formatTime } from '#apimachinery/time.ts'
import { controllerRef } from '#kube-controller-manager/controller-ref.ts'
import {
  jobsToForget,
  reviewActive,
  type ActiveJobs,
} from '#kube-controller-manager/cronjob/history.ts'
import { dueAt, jobNameOf, type Next } from '#kube-controller-manager/cronjob/schedule.ts'
import { isFailed } from '#kube-controller-manager/job/conditions.ts'
import { withStatus } from '#kube-controller-manager/object-status.ts'
import { isNamespaceTerminating } from '#kube-controller-manager/pod-control.ts'

const NAME = 'cronjob-controller'
const RESOURCE = 'cronjobs.batch'
const JOBS = 'jobs.batch'
const MEMORY = 'cronjob/'

export const cronJobController: ComponentDefinition = {
  name: NAME,
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:cronjob-controller',
  create: (context) => {
    const { client, queue, memory } = context
    client.watch(RESOURCE, ({ object }) => queue.add(keyOf(object)))
    client.watch(JOBS, ({ object }) => {
      const owner = controllerOf(object)
      if (owner?.kind === 'CronJob') queue.add(`${object.metadata.namespace ?? ''}/${owner.name}`)
    })
    return {
      name: NAME,
      queue,
      resync: () => {
        for (const cronJob of client.list(RESOURCE)) queue.add(keyOf(cronJob))
      },
      sync: (key) => {
        const { namespace, name } = splitKey(key)
        const cronJob = client.get(RESOURCE, namespace, name)
        if (cronJob !== undefined) new CronJobSync(context, withStatus(cronJob, {})).run()
        else for (const [entry] of memory.entries(`${MEMORY}${key}/`)) memory.delete(entry)
      },
    } satisfies Component
  },
}

/** One sync of one CronJob: what it found and what its status becomes. */
class CronJobSync {
  readonly #context: ComponentContext
  readonly #cronJob: CronJob
  readonly #jobs: readonly Job[]
  #active: readonly ObjectReference[]
  #lastScheduleTime: string | undefined

  constructor(context: ComponentContext, cronJob: CronJob) {
    this.#context = context
    this.#cronJob = cronJob
    this.#jobs = context.client
      .list(JOBS, { owner: cronJob.metadata.uid ?? '' })
      .filter((job) => controllerOf(job)?.uid === cronJob.metadata.uid)
    this.#active = cronJob.status.active ?? []
    this.#lastScheduleTime = cronJob.status.lastScheduleTime
  }

  run(): void {
    const review = reviewActive(this.#cronJob, this.#jobs)
    this.#active = review.active
    this.#report(review)
    try {
      if (this.#cronJob.metadata.deletionTimestamp === undefined) this.#schedule()
    } finally {
      for (const job of jobsToForget(this.#cronJob, this.#jobs)) this.#deleteJob(job)
      this.#writeStatus(review.lastSuccessfulTime)
    }
  }

  #report({ completed, missing, unexpected }: ActiveJobs): void {
    for (const job of unexpected) {
      const message = `Saw a job that the controller did not create or forgot: ${job.metadata.name ?? ''}`
      this.#tellOnce('UnexpectedJob', job.metadata.uid ?? '', message, 'Warning')
    }
    for (const job of completed) {
      const condition = isFailed(job) ? 'Failed' : 'Complete'
      const message = `Saw completed job: ${job.metadata.name ?? ''}, condition: ${condition}`
      this.#tell('Normal', 'SawCompletedJob', message)
    }
    for (const { name } of missing)
      this.#tell('Normal', 'MissingJob', `Active job went missing: ${name ?? ''}`)
  }

  /** Starts the run that is due, if there is one, and sees to it that the next is not missed. */
  #schedule(): void {
    const { spec } = this.#cronJob
    const { client, queue } = this.#context
    if (spec.suspend === true) return
    const next = this.#nextOf()
    if (next === undefined) return
    const now = client.now()
    const { due, next: upcoming, tooMany } = dueAt(this.#cronJob, next, now)
    if (upcoming !== undefined) queue.addAt(keyOf(this.#cronJob), upcoming)
    if (due === undefined) return
    if (tooMany) {
      const message =
        'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew'
      this.#tellOnce('TooManyMissedTimes', this.#lastScheduleTime ?? '', message, 'Warning')
    }
    if (this.#lastScheduleTime === formatTime(due)) return
    const name = jobNameOf(this.#cronJob, due)
    if (this.#active.some((job) => job.name === name)) return
    if (spec.concurrencyPolicy === 'Forbid' && this.#active.length > 0) {
      const message =
        'Not starting job because prior execution is running and concurrency policy is Forbid'
      this.#tellOnce('JobAlreadyActive', formatTime(due), message, 'Normal')
      return
    }
    if (spec.concurrencyPolicy === 'Replace') this.#replaceActive()
    this.#start(name, due)
  }

  /** When the schedule comes round; undefined for one that cannot be read. */
  #nextOf(): Next | undefined {
    const { schedule, timeZone } = this.#cronJob.spec
    try {
      const parsed = parseCron(schedule, timeZone)
      return (after) => nextCronTime(parsed, after)
    } catch (error) {
      if (!(error instanceof CronError)) throw error
      const message = `unparseable schedule: "${schedule}" : ${error.message}`
      this.#tellOnce('UnparseableSchedule', schedule, message, 'Warning')
      return undefined
    }
  }

  #replaceActive(): void {
    for (const { uid } of this.#active) {
      const job = this.#jobs.find((one) => one.metadata.uid === uid)
      if (job !== undefined) this.#deleteJob(job)
    }
  }

  #start(name: string, due: number): void {
    const { client } = this.#context
    const { namespace = '' } = this.#cronJob.metadata
    let job: Job
    try {
      job = client.create(JOBS, jobOf(this.#cronJob, name, due))
      this.#tell('Normal', 'SuccessfulCreate', `Created job ${name}`)
    } catch (error) {
      if (isNamespaceTerminating(error)) return
      if (!isReason(error, 'AlreadyExists')) {
        if (error instanceof StatusError)
          this.#tell('Warning', 'FailedCreate', `Error creating job: ${error.message}`)
        throw error
      }
      // Somebody else's Job of that name means that this run is somebody else's business.
      const existing = client.get(JOBS, namespace, name)
      if (existing === undefined || controllerOf(existing)?.uid !== this.#cronJob.metadata.uid)
        return
      job = existing
    }
    this.#active = [...this.#active, referenceTo(job)]
    this.#lastScheduleTime = formatTime(due)
  }

  #deleteJob({ metadata }: Job): void {
    const { namespace = '', name = '' } = metadata
    try {
      this.#context.client.delete(JOBS, namespace, name, { propagationPolicy: 'Background' })
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      this.#tell('Warning', 'FailedDelete', `Deleted job: ${error.message}`)
      return
    }
    this.#active = this.#active.filter(({ uid }) => uid !== metadata.uid)
    this.#tell('Normal', 'SuccessfulDelete', `Deleted job ${name}`)
  }

  #writeStatus(lastSuccessfulTime: string | undefined): void {
    const status: CronJob['status'] = {
      ...(this.#active.length === 0 ? {} : { active: this.#active }),
      ...(this.#lastScheduleTime === undefined ? {} : { lastScheduleTime: this.#lastScheduleTime }),
      ...(lastSuccessfulTime === undefined ? {} : { lastSuccessfulTime }),
    }
    if (equal(status, this.#cronJob.status)) return
    this.#context.client.update(RESOURCE, { ...this.#cronJob, status }, { subresource: 'status' })
  }

  #tell(type: 'Normal' | 'Warning', reason: string, message: string): void {
    const object = this.#cronJob
    this.#context.events.record({ object, type, reason, message, component: NAME })
  }

  /** Tells of something that stays so only once for each `what`, however often the CronJob is looked at. */
  #tellOnce(reason: string, what: string, message: string, type: 'Normal' | 'Warning'): void {
    const { memory } = this.#context
    const entry = `${MEMORY}${keyOf(this.#cronJob)}/${reason}`
    if (memory.get(entry) === what) return
    memory.set(entry, what)
    this.#tell(type, reason, message)
  }
}

/** kubernetes: getJobFromTemplate2 */
const jobOf = (cronJob: CronJob, name: string, scheduled: number): Job => {
  const { metadata, spec } = cronJob.spec.jobTemplate
  const { labels, annotations } = metadata ?? {}
  const { namespace } = cronJob.metadata
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      annotations: {
        ...annotations,
        'batch.kubernetes.io/cronjob-scheduled-timestamp': formatTime(scheduled),
      },
      ownerReferences: [controllerRef(cronJob)],
    },
    spec,
    status: {},
  }
}

const referenceTo = ({ apiVersion, kind, metadata }: Job): ObjectReference => {
  const { name = '', namespace = '', resourceVersion = '', uid = '' } = metadata
  return { apiVersion, kind, name, namespace, resourceVersion, uid }
}
