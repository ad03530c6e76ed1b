import { beforeEach, describe, expect, it } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { controllerOf } from '#apimachinery/object.ts'
import { apiOperations } from '../../../../support/conformance-operations.ts'
import { Framework } from '../../../../support/conformance.ts'
import { BUSYBOX, newJob } from '../../../../support/conformance-objects.ts'

const f = new Framework()
const status = { subresource: 'status' }

const podsOf = (job: string): readonly Pod[] =>
  f.items('pods', `job=${job}`).filter((pod) => controllerOf(pod)?.kind === 'Job')

const running = (job: string, count: number): readonly Pod[] =>
  f.until(`${count} running Pods of ${job}`, () => {
    const pods = podsOf(job).filter((pod) => pod.status?.phase === 'Running')
    return pods.length === count ? pods : undefined
  })

const condition = (job: string, type: string) =>
  f.until(`${type} of ${job}`, () =>
    f
      .get('jobs.batch', job)
      .status?.conditions?.find((each) => each.type === type && each.status === 'True'),
  )

const isFinished = (job: string): boolean =>
  f
    .get('jobs.batch', job)
    .status?.conditions?.some(({ type }) => type === 'Complete' || type === 'Failed') === true

/** A Job each of whose Pods runs a command that its index decides. */
const indexed = (name: string, script: string, spec: object): object =>
  newJob(
    name,
    'succeed',
    { completionMode: 'Indexed', ...spec },
    {
      containers: [{ name: 'c', image: BUSYBOX, command: ['sh', '-c', script] }],
    },
  )

describe('[sig-apps] Job', () => {
  beforeEach(() => f.begin('job'))

  it('should create pods for an Indexed job with completion indexes and specified hostname [Conformance]', () => {
    const name = 'indexed-job'
    f.create('jobs.batch', newJob(name, 'succeed', { completionMode: 'Indexed' }))
    expect(condition(name, 'Complete')).toMatchObject({ reason: 'CompletionsReached' })
    const pods = podsOf(name).filter((pod) => pod.status?.phase === 'Succeeded')
    const indexOf = (pod: Pod) =>
      pod.metadata.annotations?.['batch.kubernetes.io/job-completion-index']
    expect(pods.map(indexOf).toSorted()).toEqual(['0', '1', '2', '3'])
    for (const pod of pods) {
      const wanted = `${name}-${indexOf(pod)}`
      expect(pod.spec.hostname).toBe(wanted)
      expect(pod.metadata.name).toMatch(new RegExp(`^${wanted}-`))
    }
  })

  it('should delete a job [Conformance]', () => {
    const name = 'foo'
    f.create('jobs.batch', newJob(name, 'notTerminate'))
    running(name, 2)
    f.delete('jobs.batch', name, { propagationPolicy: 'Background' })
    expect(f.find('jobs.batch', name)).toBeUndefined()
    f.until('the end of its Pods', () => f.items('pods', `job=${name}`).length === 0)
  })

  it('should adopt matching orphans and release non-matching pods [Conformance]', () => {
    const name = 'adopt-release'
    const { metadata } = f.create('jobs.batch', newJob(name, 'notTerminate'))
    const [pod] = running(name, 2)
    const object = pod!.metadata.name
    f.change('pods', object, (old) => ({ metadata: { ...old.metadata, ownerReferences: [] } }))
    f.until('adoption', () => controllerOf(f.get('pods', object))?.uid === metadata.uid)
    f.change('pods', object, (old) => ({ metadata: { ...old.metadata, labels: {} } }))
    f.until('release', () => controllerOf(f.get('pods', object)) === undefined)
  })

  it('should apply changes to a job status [Conformance]', () => {
    const name = 'suspend-false-to-true'
    const { metadata } = f.create('jobs.batch', newJob(name, 'notTerminate'))
    running(name, 2)
    const custom = { type: 'CustomConditionType', status: 'True' }
    const at = (lastTransitionTime: string) => ({ ...custom, lastTransitionTime })
    const first = at('2026-01-01T00:10:00Z')
    const patched = f.patch(
      'jobs.batch',
      name,
      {
        metadata: { annotations: { patchedstatus: 'true' } },
        status: { conditions: [first] },
      },
      { ...status, type: 'merge' },
    )
    expect(patched.status?.conditions).toContainEqual(expect.objectContaining(first))
    expect(patched.metadata.annotations).toMatchObject({ patchedstatus: 'true' })
    const second = at('2026-01-01T00:11:00Z')
    const updated = f.change(
      'jobs.batch',
      name,
      (old) => ({
        status: {
          ...old.status,
          conditions: old.status?.conditions?.map((each) =>
            each.type === custom.type ? { ...each, ...second } : each,
          ),
        },
      }),
      status,
    )
    expect(updated.status?.conditions).toContainEqual(expect.objectContaining(second))
    expect(f.get('jobs.batch', name, status).metadata.uid).toBe(metadata.uid)
  })

  it('should manage the lifecycle of a job [Conformance]', () => {
    const name = 'e2e-abcde'
    const selector = `labelSelector=e2e-job-label%3D${name}`
    const { resourceVersion } = f.list('jobs.batch', { query: selector }).metadata
    const labels = { 'e2e-job-label': name }
    const whole = { ...newJob(name, 'succeed', { suspend: true }), metadata: { name, labels } }
    const created = f.create('jobs.batch', whole)
    const patched = f.patch('jobs.batch', name, { metadata: { labels: { [name]: 'patched' } } })
    expect(Number(patched.metadata.resourceVersion)).toBeGreaterThan(
      Number(created.metadata.resourceVersion),
    )
    const seen = (
      type: string,
      from: string | undefined,
      isMeant: (metadata: typeof patched.metadata) => boolean,
    ) =>
      f.watchUntil(
        type,
        'jobs.batch',
        `${selector}&resourceVersion=${from}`,
        (event) => event.type === type && isMeant(event.object.metadata),
      )
    seen('MODIFIED', resourceVersion, (metadata) => metadata.labels?.[name] === 'patched')
    const old = f.get('jobs.batch', name).metadata.resourceVersion
    const updated = f.change('jobs.batch', name, ({ spec, metadata }) => ({
      metadata: { ...metadata, annotations: { ...metadata.annotations, updated: 'true' } },
      spec: { ...spec, suspend: false },
    }))
    seen('MODIFIED', old, (metadata) => metadata.annotations?.['updated'] === 'true')
    const all = () => f.items('jobs.batch', `e2e-job-label=${name}`, { namespace: '' })
    expect(all()).toHaveLength(1)
    expect(condition(name, 'Complete')).toMatchObject({ reason: 'CompletionsReached' })
    expect(f.get('jobs.batch', name).status?.succeeded).toBe(4)
    f.deleteCollection('jobs.batch', `e2e-job-label=${name}`, { propagationPolicy: 'Background' })
    seen('DELETED', updated.metadata.resourceVersion, () => true)
    expect(all()).toEqual([])
  })

  it('should allow to use the pod failure policy on exit code to fail the job early [Conformance]', () => {
    const name = 'pod-failure-failjob'
    const onExitCodes = { operator: 'In', values: [1] }
    f.create(
      'jobs.batch',
      newJob(name, 'fail', {
        parallelism: 1,
        completions: 4,
        podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes }] },
      }),
    )
    expect(condition(name, 'Failed')).toMatchObject({ reason: 'PodFailurePolicy' })
  })

  it('should execute all indexes despite some failing when using backoffLimitPerIndex [Conformance]', () => {
    const name = 'with-backofflimitperindex'
    const script = 'if [ $(expr ${JOB_COMPLETION_INDEX} % 2) -ne 0 ]; then exit 0; else exit 1; fi'
    f.create(
      'jobs.batch',
      indexed(name, script, { backoffLimit: 2147483647, backoffLimitPerIndex: 1 }),
    )
    expect(condition(name, 'Failed')).toMatchObject({ reason: 'FailedIndexes' })
    expect(f.get('jobs.batch', name).status).toMatchObject({
      failedIndexes: '0,2',
      completedIndexes: '1,3',
      failed: 4,
      succeeded: 2,
    })
  })

  it('should terminate job execution when the number of failed indexes exceeds maxFailedIndexes [Conformance]', () => {
    const name = 'with-max-failed-indexes'
    f.create(
      'jobs.batch',
      indexed(name, 'exit 1', {
        completions: 10,
        parallelism: 10,
        backoffLimit: 2147483647,
        backoffLimitPerIndex: 0,
        maxFailedIndexes: 4,
      }),
    )
    expect(condition(name, 'Failed')).toMatchObject({ reason: 'MaxFailedIndexesExceeded' })
    expect(f.get('jobs.batch', name).status?.failed).toBeGreaterThanOrEqual(5)
  })

  it('should mark indexes as failed when the FailIndex action is matched in podFailurePolicy [Conformance]', () => {
    const name = 'failindex-action-in-pfp'
    const script = 'if [ ${JOB_COMPLETION_INDEX} -eq 0 ]; then exit 42; else exit 0; fi'
    const onExitCodes = { operator: 'In', values: [42] }
    f.create(
      'jobs.batch',
      indexed(name, script, {
        completions: 2,
        parallelism: 2,
        backoffLimit: 2147483647,
        backoffLimitPerIndex: 1,
        podFailurePolicy: { rules: [{ action: 'FailIndex', onExitCodes }] },
      }),
    )
    expect(condition(name, 'Failed')).toMatchObject({ reason: 'FailedIndexes' })
    expect(f.get('jobs.batch', name).status).toMatchObject({
      failedIndexes: '0',
      completedIndexes: '1',
      failed: 1,
    })
  })

  it('with successPolicy should succeeded when all indexes succeeded [Conformance]', () => {
    const name = 'with-success-policy-all-index-succeeded'
    f.create(
      'jobs.batch',
      indexed(name, 'exit 0', {
        completions: 2,
        successPolicy: { rules: [{ succeededCount: 2 }] },
      }),
    )
    expect(condition(name, 'SuccessCriteriaMet')).toMatchObject({ reason: 'SuccessPolicy' })
    expect(condition(name, 'Complete')).toMatchObject({ reason: 'SuccessPolicy' })
    expect(f.get('jobs.batch', name).status?.completedIndexes).toBe('0,1')
  })

  for (const [title, rule] of [
    ['succeededIndexes rule', { succeededIndexes: '0' }],
    ['succeededCount rule', { succeededCount: 1 }],
  ] as const)
    it(`with successPolicy ${title} should succeeded even when some indexes remain pending [Conformance]`, () => {
      const name = 'with-success-policy-rule'
      const script = 'if [ ${JOB_COMPLETION_INDEX} -eq 0 ]; then exit 0; else sleep 100000; fi'
      f.create(
        'jobs.batch',
        indexed(name, script, {
          completions: 5,
          parallelism: 2,
          successPolicy: { rules: [rule] },
        }),
      )
      expect(condition(name, 'SuccessCriteriaMet')).toMatchObject({ reason: 'SuccessPolicy' })
      expect(condition(name, 'Complete')).toMatchObject({ reason: 'SuccessPolicy' })
      expect(f.get('jobs.batch', name).status?.completedIndexes).toBe('0')
      f.until('no Pod to run', () => podsOf(name).every((pod) => pod.status?.phase === 'Succeeded'))
    })
})

describe('[sig-apps] CronJob', () => {
  beforeEach(() => f.begin('cronjob'))

  const newCronJob = (
    name: string,
    concurrencyPolicy: string,
    command: string,
    spec: object = {},
  ) => ({
    metadata: { name },
    spec: {
      schedule: '*/1 * * * ?',
      concurrencyPolicy,
      ...spec,
      jobTemplate: {
        spec: {
          parallelism: 1,
          completions: 1,
          template: {
            spec: {
              restartPolicy: 'OnFailure',
              containers: [{ name: 'c', image: BUSYBOX, command: ['sh', '-c', command] }],
            },
          },
        },
      },
    },
  })
  const active = (name: string) => f.get('cronjobs.batch', name).status?.active ?? []
  const activeJobs = () =>
    f.items('jobs.batch').filter(({ metadata }) => !isFinished(metadata.name!))

  it('should schedule multiple jobs concurrently [Conformance]', () => {
    const name = 'concurrent'
    f.create('cronjobs.batch', newCronJob(name, 'Allow', 'sleep 300'))
    f.until('two active Jobs', () => active(name).length > 1, 300)
    expect(activeJobs().length).toBeGreaterThanOrEqual(2)
  })

  it('should not schedule jobs when suspended [Slow] [Conformance]', () => {
    const name = 'suspended'
    f.create('cronjobs.batch', newCronJob(name, 'Allow', 'sleep 300', { suspend: true }))
    f.sleep(300)
    expect(active(name)).toEqual([])
    expect(f.items('jobs.batch')).toEqual([])
  })

  it('should not schedule new jobs when ForbidConcurrent [Slow] [Conformance]', () => {
    const name = 'forbid'
    f.create('cronjobs.batch', newCronJob(name, 'Forbid', 'sleep 1000'))
    f.until('an active Job', () => active(name).length === 1)
    f.sleep(300)
    expect(active(name)).toHaveLength(1)
    expect(f.items('jobs.batch')).toHaveLength(1)
  })

  it('should replace jobs when ReplaceConcurrent [Conformance]', () => {
    const name = 'replace'
    f.create('cronjobs.batch', newCronJob(name, 'Replace', 'sleep 1000'))
    f.until('an active Job', () => active(name).length === 1)
    const [first] = active(name)
    f.until('another', () => active(name).length === 1 && active(name)[0]?.name !== first?.name)
    f.until('the end of the first', () => f.find('jobs.batch', first?.name) === undefined)
  })

  it('should support CronJob API operations [Conformance]', () => {
    const whole = newCronJob('', 'Allow', 'exit 0', { schedule: '* */12 * * *' })
    apiOperations(f, {
      name: 'cronjobs.batch',
      group: 'batch',
      plural: 'cronjobs',
      namespaced: true,
      body: { ...whole, metadata: { generateName: 'e2e-example-cronjob' } },
      statusPatch: { lastScheduleTime: '2026-01-01T00:00:00Z' },
      statusUpdate: () => ({ lastScheduleTime: '2026-01-01T00:01:00Z' }),
    })
  })
})
