import { describe, expect, test } from 'vitest'
import type { CronJob, CronJobSpec } from '#api/batch/v1/cron-job/types.ts'
import type { Job } from '#api/batch/v1/job/types.ts'
import { formatTime, parseTime } from '#apimachinery/time.ts'
import { nextCronTime, parseCron } from '#apimachinery/cron.ts'
import { cronJobController } from '#kube-controller-manager/cronjob/cronjob.ts'
import { dueAt } from '#kube-controller-manager/cronjob/schedule.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'
import { template } from '../../../support/controller-objects.ts'

const MINUTE = 60_000

const cronJob = (spec: Partial<CronJobSpec> = {}): CronJob => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'report', namespace: 'default' },
  spec: {
    schedule: '*/5 * * * *',
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
    jobTemplate: { metadata: { labels: { a: 'b' } }, spec: { template: template() } },
    ...spec,
  },
  status: {},
})

const setup = (spec: Partial<CronJobSpec> = {}) => {
  const cluster = new FakeCluster(cronJobController)
  const { client } = cluster
  client.create('cronjobs.batch', cronJob(spec))
  cluster.settle()
  const get = () => client.get('cronjobs.batch', 'default', 'report')!
  const names = () => client.list('jobs.batch').map((job) => job.metadata.name)
  const end = (job: Job, type: 'Complete' | 'Failed') => {
    const time = formatTime(client.now())
    const conditions = [{ type, status: 'True', lastTransitionTime: time }]
    const status = {
      conditions,
      startTime: time,
      ...(type === 'Complete' ? { completionTime: time } : {}),
    }
    client.update('jobs.batch', { ...job, status }, { subresource: 'status' })
    cluster.settle()
  }
  return { cluster, client, get, names, end }
}

// 2026-01-01T00:05:00Z is minute 29453765 since the epoch.
const FIRST = `report-${parseTime('2026-01-01T00:05:00Z') / MINUTE}`
const SECOND = `report-${parseTime('2026-01-01T00:10:00Z') / MINUTE}`

describe('the CronJob controller', () => {
  test('starts a Job named after its minute when the schedule comes round', () => {
    const { cluster, client, get, names } = setup()
    cluster.advance(5 * MINUTE - 1)
    expect(names()).toEqual([])
    cluster.advance(1)
    expect(names()).toEqual([FIRST])
    const [job] = client.list('jobs.batch')
    expect(job!.metadata).toMatchObject({
      labels: { a: 'b' },
      annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-01T00:05:00Z' },
      ownerReferences: [{ kind: 'CronJob', name: 'report', controller: true }],
    })
    expect(get().status).toMatchObject({
      active: [{ apiVersion: 'batch/v1', kind: 'Job', name: FIRST, namespace: 'default' }],
      lastScheduleTime: '2026-01-01T00:05:00Z',
    })
    expect(cluster.events).toEqual([`Normal SuccessfulCreate CronJob/report: Created job ${FIRST}`])
  })

  test('writes nothing between two runs, also after a rebuild, and does not miss the next', () => {
    const { cluster, client, names } = setup()
    cluster.advance(5 * MINUTE)
    expect(cluster.writesWhenSettled()).toBe(0)
    const before = client.writes
    cluster.rebuild()
    cluster.settle()
    expect(client.writes).toBe(before)
    cluster.advance(5 * MINUTE)
    expect(names()).toEqual([FIRST, SECOND])
  })

  test('notes when a Job ends and keeps as many as the limits say', () => {
    const { cluster, client, get, names, end } = setup({
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 0,
    })
    cluster.advance(5 * MINUTE)
    end(client.list('jobs.batch')[0]!, 'Complete')
    expect(get().status).toEqual({
      lastScheduleTime: '2026-01-01T00:05:00Z',
      lastSuccessfulTime: '2026-01-01T00:05:00Z',
    })
    expect(cluster.events).toContain(
      `Normal SawCompletedJob CronJob/report: Saw completed job: ${FIRST}, condition: Complete`,
    )
    cluster.advance(5 * MINUTE)
    end(client.get('jobs.batch', 'default', SECOND)!, 'Complete')
    expect(names()).toEqual([SECOND])
    expect(cluster.events).toContain(`Normal SuccessfulDelete CronJob/report: Deleted job ${FIRST}`)
    cluster.advance(5 * MINUTE)
    end(client.list('jobs.batch')[1]!, 'Failed')
    expect(names()).toEqual([SECOND])
    expect(cluster.writesWhenSettled()).toBe(0)
  })

  test('starts no second Job beside a running one when forbidden, and says so once', () => {
    const { cluster, client, names, end } = setup({ concurrencyPolicy: 'Forbid' })
    cluster.advance(10 * MINUTE)
    cluster.writesWhenSettled()
    expect(names()).toEqual([FIRST])
    expect(cluster.events.filter((event) => event.includes('JobAlreadyActive'))).toEqual([
      'Normal JobAlreadyActive CronJob/report: Not starting job because prior execution is running and concurrency policy is Forbid',
    ])
    cluster.advance(1000)
    end(client.list('jobs.batch')[0]!, 'Complete')
    expect(names()).toEqual([FIRST, SECOND])
  })

  test('replaces a running Job when told to', () => {
    const { cluster, get, names } = setup({ concurrencyPolicy: 'Replace' })
    cluster.advance(10 * MINUTE)
    expect(names()).toEqual([SECOND])
    expect(get().status.active?.map((job) => job.name)).toEqual([SECOND])
  })

  test('starts nothing while suspended and then only the latest run it missed', () => {
    const { cluster, client, get, names } = setup({ suspend: true })
    cluster.advance(11 * MINUTE)
    expect(names()).toEqual([])
    expect(cluster.nextDeadline()).toBeUndefined()
    client.update('cronjobs.batch', { ...get(), spec: { ...get().spec, suspend: false } })
    cluster.settle()
    expect(names()).toEqual([SECOND])
  })

  test('leaves out runs that are later than the starting deadline', () => {
    const { cluster, client, get, names } = setup({ suspend: true, startingDeadlineSeconds: 30 })
    cluster.advance(6 * MINUTE)
    client.update('cronjobs.batch', { ...get(), spec: { ...get().spec, suspend: false } })
    cluster.settle()
    expect(names()).toEqual([])
    cluster.advance(4 * MINUTE)
    expect(names()).toEqual([SECOND])
  })

  test('misses a Job that somebody deleted', () => {
    const { cluster, client, get } = setup()
    cluster.advance(5 * MINUTE)
    client.delete('jobs.batch', 'default', FIRST)
    cluster.settle()
    expect(get().status.active).toBeUndefined()
    expect(cluster.events).toContain(
      `Normal MissingJob CronJob/report: Active job went missing: ${FIRST}`,
    )
  })
})

test('dueAt() counts an interval from the last run, whenever it is asked', () => {
  const schedule = parseCron('@every 90s')
  const next = (after: number) => nextCronTime(schedule, after)
  const at = (seconds: number) => parseTime('2026-01-01T00:00:00Z') + seconds * 1000
  const created = { metadata: { creationTimestamp: '2026-01-01T00:00:00Z' } }
  const ask = (seconds: number) => dueAt({ ...cronJob(), ...created }, next, at(seconds))
  expect(ask(50)).toEqual({ due: undefined, next: at(90), tooMany: false })
  expect(ask(100)).toEqual({ due: at(90), next: at(180), tooMany: false })
  expect(ask(1000)).toEqual({ due: at(990), next: at(1080), tooMany: false })
})

test('dueAt() finds the latest of many missed runs without trying them all', () => {
  const schedule = parseCron('* * * * *')
  let calls = 0
  const next = (after: number) => {
    calls++
    return nextCronTime(schedule, after)
  }
  const created = { metadata: { creationTimestamp: '2016-01-01T00:00:00Z' } }
  const now = parseTime('2026-01-01T00:00:30Z')
  const due = dueAt({ ...cronJob(), ...created }, next, now)
  expect(due).toEqual({
    due: parseTime('2026-01-01T00:00:00Z'),
    next: parseTime('2026-01-01T00:01:00Z'),
    tooMany: true,
  })
  expect(calls).toBeLessThan(10)
})
