import { describe, expect, test } from 'vitest'
import type { Job } from '#api/batch/v1/job/types.ts'
import type { JobSpec } from '#api/batch/v1/shared-types.ts'
import { garbageCollector } from '#kube-controller-manager/garbage-collector/garbage-collector.ts'
import { formatIndexes, parseIndexes } from '#kube-controller-manager/job/indexes.ts'
import { jobController } from '#kube-controller-manager/job/job.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'
import { finishPod, runPods, template } from '../../../support/controller-objects.ts'

const labels = { 'batch.kubernetes.io/controller-uid': 'j', 'job-name': 'pi' }

const newJob = (spec: Partial<JobSpec>): Job => {
  const { metadata, spec: podSpec } = template(labels)
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'pi', namespace: 'default' },
    spec: {
      parallelism: 1,
      completions: 1,
      completionMode: 'NonIndexed',
      backoffLimit: 2,
      suspend: false,
      podReplacementPolicy: 'TerminatingOrFailed',
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'j' } },
      template: { metadata, spec: { ...podSpec, restartPolicy: 'Never' } },
      ...spec,
    },
    status: {},
  }
}

const setup = (spec: Partial<JobSpec> = {}) => {
  const cluster = new FakeCluster(jobController, garbageCollector)
  const { client } = cluster
  client.create('jobs.batch', newJob(spec))
  cluster.settle()
  const get = () => client.get('jobs.batch', 'default', 'pi')!
  const running = () =>
    client
      .list('pods')
      .filter(
        (p) =>
          p.status.phase !== 'Succeeded' &&
          p.status.phase !== 'Failed' &&
          p.metadata.deletionTimestamp === undefined,
      )
  const finish = (exitCode: number, count = running().length) => {
    for (const one of running().slice(0, count)) finishPod(client, one, exitCode)
    cluster.settle()
  }
  const change = (changes: Partial<JobSpec>) => {
    client.update('jobs.batch', { ...get(), spec: { ...get().spec, ...changes } })
    cluster.settle()
  }
  const conditions = () =>
    get().status.conditions?.map((c) => `${c.type} ${c.status} ${c.reason}: ${c.message}`)
  return { cluster, client, get, running, finish, change, conditions }
}

describe('the Job controller', () => {
  test('runs a Pod to its end and is complete', () => {
    const { cluster, client, get, finish, conditions } = setup()
    const [first] = client.list('pods')
    expect(first!.metadata.finalizers).toEqual(['batch.kubernetes.io/job-tracking'])
    expect(get().status).toEqual({
      active: 1,
      ready: 0,
      startTime: '2026-01-01T00:00:00Z',
      terminating: 0,
      uncountedTerminatedPods: {},
    })
    runPods(client)
    cluster.settle()
    expect(get().status).toMatchObject({ active: 1, ready: 1 })
    cluster.advance(5000)
    finish(0)
    expect(get().status).toMatchObject({
      completionTime: '2026-01-01T00:00:05Z',
      ready: 0,
      succeeded: 1,
      terminating: 0,
      uncountedTerminatedPods: {},
    })
    expect(get().status).not.toHaveProperty('active')
    expect(conditions()).toEqual([
      'SuccessCriteriaMet True CompletionsReached: Reached expected number of succeeded pods',
      'Complete True CompletionsReached: Reached expected number of succeeded pods',
    ])
    expect(client.list('pods')[0]!.metadata.finalizers).toBeUndefined()
    expect(cluster.events).toEqual([
      `Normal SuccessfulCreate Job/pi: Created pod: ${first!.metadata.name}`,
      'Normal Completed Job/pi: Job completed',
    ])
  })

  test('writes nothing while nothing happens nor when it is done, also after a rebuild', () => {
    const { cluster, client, finish } = setup({ completions: 2, parallelism: 2 })
    runPods(client)
    expect(cluster.writesWhenSettled()).toBe(0)
    finish(0, 1)
    expect(cluster.writesWhenSettled()).toBe(0)
    const before = client.writes
    cluster.rebuild()
    cluster.settle()
    expect(client.writes).toBe(before)
    finish(0)
    expect(cluster.writesWhenSettled()).toBe(0)
  })

  test('leaves a Job to the controller that it names', () => {
    const { cluster, client, get } = setup({ managedBy: 'example.com/queue' })
    expect([client.list('pods'), get().status, cluster.events]).toEqual([[], {}, []])
    const ours = setup({ managedBy: 'kubernetes.io/job-controller' })
    expect(ours.client.list('pods')).toHaveLength(1)
  })

  test('runs as many Pods side by side as allowed until all completions are reached', () => {
    const { client, running, finish, get } = setup({ completions: 5, parallelism: 2 })
    for (const left of [2, 2, 2, 2, 1]) {
      expect(running()).toHaveLength(left)
      finish(0, 1)
    }
    expect(get().status).toMatchObject({ succeeded: 5 })
    expect(client.list('pods')).toHaveLength(5)
  })

  test('waits longer after each failure and gives up beyond the back-off limit', () => {
    const { cluster, running, finish, get, conditions } = setup()
    finish(1)
    expect(running()).toHaveLength(0)
    expect(get().status).toMatchObject({ failed: 1 })
    cluster.rebuild()
    cluster.advance(9_999)
    expect(running()).toHaveLength(0)
    cluster.advance(1)
    expect(running()).toHaveLength(1)
    finish(1)
    cluster.advance(20_000)
    finish(1)
    expect(get().status).toMatchObject({ failed: 3, ready: 0 })
    expect(conditions()).toEqual([
      'FailureTarget True BackoffLimitExceeded: Job has reached the specified backoff limit',
      'Failed True BackoffLimitExceeded: Job has reached the specified backoff limit',
    ])
    expect(cluster.events.at(-1)).toBe(
      'Warning BackoffLimitExceeded Job/pi: Job has reached the specified backoff limit',
    )
    expect(cluster.nextDeadline()).toBeUndefined()
  })

  test('stops its Pods at the deadline and has failed when they are gone', () => {
    const { cluster, client, conditions } = setup({ activeDeadlineSeconds: 30 })
    runPods(client)
    cluster.rebuild()
    cluster.advance(30_000)
    expect(conditions()).toEqual([
      'FailureTarget True DeadlineExceeded: Job was active longer than specified deadline',
    ])
    runPods(client)
    cluster.settle()
    expect(conditions()?.[1]).toBe(
      'Failed True DeadlineExceeded: Job was active longer than specified deadline',
    )
    expect(client.list('pods')).toEqual([])
  })

  test('takes its Pods away while suspended and starts afresh when resumed', () => {
    const { cluster, client, change, conditions, get, running } = setup()
    runPods(client)
    change({ suspend: true })
    change({ suspend: false })
    expect(running()).toHaveLength(1)
    change({ suspend: true })
    runPods(client)
    cluster.settle()
    expect(client.list('pods')).toEqual([])
    expect(conditions()).toEqual(['Suspended True JobSuspended: Job suspended'])
    expect(get().status.failed).toBeUndefined()
    expect(get().status.startTime).toBeUndefined()
    cluster.advance(60_000)
    change({ suspend: false })
    expect(running()).toHaveLength(1)
    expect(conditions()).toEqual(['Suspended False JobResumed: Job resumed'])
    expect(get().status.startTime).toBe('2026-01-01T00:01:00Z')
    expect(cluster.events).toContain('Normal Suspended Job/pi: Job suspended')
    expect(cluster.events).toContain('Normal Resumed Job/pi: Job resumed')
  })

  test('gives the Pods of an Indexed Job their index and counts which are done', () => {
    const { client, finish, get } = setup({
      completionMode: 'Indexed',
      completions: 4,
      parallelism: 3,
    })
    const [first] = client.list('pods')
    expect(first!.metadata.generateName).toBe('pi-0-')
    expect(first!.metadata.annotations).toEqual({ 'batch.kubernetes.io/job-completion-index': '0' })
    expect(first!.metadata.labels).toMatchObject({
      'batch.kubernetes.io/job-completion-index': '0',
    })
    expect(first!.spec.hostname).toBe('pi-0')
    expect(first!.spec.containers[0]!.env?.[0]?.name).toBe('JOB_COMPLETION_INDEX')
    finish(0, 3)
    expect(get().status).toMatchObject({ completedIndexes: '0-2', succeeded: 3, active: 1 })
    finish(0)
    expect(get().status).toMatchObject({ completedIndexes: '0-3', succeeded: 4 })
  })

  test('fails at once when the failure policy says so', () => {
    const { client, finish, conditions } = setup({
      podFailurePolicy: {
        rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }],
      },
    })
    const name = client.list('pods')[0]!.metadata.name
    finish(42)
    expect(conditions()).toContain(
      `Failed True PodFailurePolicy: Container c for pod default/${name} failed with exit code 42 matching FailJob rule at index 0`,
    )
  })

  test('does not count failures that the policy ignores', () => {
    const { cluster, finish, get, running } = setup({
      backoffLimit: 0,
      podFailurePolicy: {
        rules: [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [42] } }],
      },
    })
    finish(42)
    expect(get().status.failed).toBeUndefined()
    cluster.advance(10_000)
    expect(running()).toHaveLength(1)
  })

  test('is over when its success policy is met, whatever still runs', () => {
    const { client, cluster, conditions, running } = setup({
      completionMode: 'Indexed',
      completions: 3,
      parallelism: 3,
      successPolicy: { rules: [{ succeededIndexes: '1' }] },
    })
    runPods(client)
    cluster.settle()
    finishPod(client, running()[1]!, 0)
    cluster.settle()
    runPods(client)
    cluster.settle()
    expect(conditions()).toEqual([
      'SuccessCriteriaMet True SuccessPolicy: Matched rules at index 0',
      'Complete True SuccessPolicy: Matched rules at index 0',
    ])
  })

  test('gives up single indexes beyond their own limit', () => {
    const { cluster, finish, get, conditions } = setup({
      completionMode: 'Indexed',
      completions: 2,
      parallelism: 2,
      backoffLimit: 2_147_483_647,
      backoffLimitPerIndex: 1,
    })
    finish(1, 1)
    expect(get().status).toMatchObject({ failed: 1, failedIndexes: '' })
    cluster.advance(10_000)
    finish(1, 1)
    expect(get().status.failedIndexes).toBe('0')
    finish(0)
    expect(conditions()).toContain('Failed True FailedIndexes: Job has failed indexes')
    expect(get().status).toMatchObject({ completedIndexes: '1', failed: 2, succeeded: 1 })
  })

  test('lets Pods go when the Job is deleted', () => {
    const { cluster, client } = setup()
    runPods(client)
    client.delete('jobs.batch', 'default', 'pi')
    cluster.settle()
    runPods(client)
    cluster.settle()
    expect(client.list('pods')).toEqual([])
  })

  test('lets orphaned Pods keep running, but not be held by its finalizer', () => {
    const { cluster, client } = setup()
    client.delete('jobs.batch', 'default', 'pi', { propagationPolicy: 'Orphan' })
    cluster.settle()
    expect(client.list('pods')[0]!.metadata.finalizers).toBeUndefined()
  })
})

test('completion indexes are written as intervals and read back', () => {
  const text = '0-2,4,6,7'
  expect(formatIndexes(parseIndexes(text, 8))).toBe('0-2,4,6,7')
  expect([...parseIndexes('0-9,x', 3)]).toEqual([0, 1, 2])
})
