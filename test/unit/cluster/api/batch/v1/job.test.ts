import { describe, expect, it } from 'vitest'
import { jobRow } from '#api/batch/v1/job/columns.ts'
import { defaultJob } from '#api/batch/v1/job/defaults.ts'
import { jobStrategy } from '#api/batch/v1/job/strategy.ts'
import type { Job, JobStatus } from '#api/batch/v1/job/types.ts'
import { validateJob, validateJobUpdate } from '#api/batch/v1/job/validation.ts'
import { errorText } from '#apimachinery/field-error.ts'
import { parseTime } from '#apimachinery/time.ts'
import { container } from '../../../../../support/pods.ts'
import { job } from '../../../../../support/workloads.ts'

type Parts = Readonly<Record<string, unknown>>

const create = (spec: Parts = {}, metadata: Parts = {}): Job =>
  jobStrategy.prepareForCreate!(defaultJob(job(spec, metadata)), undefined as never)

const refusals = (spec: Parts, metadata: Parts = {}): readonly string[] =>
  validateJob(create(spec, metadata)).map(errorText)

describe('defaultJob()', () => {
  it('is one Pod, once', () => {
    const { template: _, ...spec } = defaultJob(job()).spec
    expect(spec).toEqual({
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      completions: 1,
      manualSelector: false,
      parallelism: 1,
      podReplacementPolicy: 'TerminatingOrFailed',
      suspend: false,
    })
  })

  it('leaves completions open where only parallelism is given', () => {
    const { spec } = defaultJob(job({ parallelism: 3 }))
    expect(spec.parallelism).toBe(3)
    expect(spec.completions).toBeUndefined()
  })
})

describe('jobStrategy', () => {
  it('makes a selector and labels that only its Pods have', () => {
    const labels = {
      'batch.kubernetes.io/controller-uid': 'u-1',
      'batch.kubernetes.io/job-name': 'pi',
      'controller-uid': 'u-1',
      'job-name': 'pi',
    }
    const { metadata, spec } = create()
    expect(spec.selector).toEqual({ matchLabels: { 'batch.kubernetes.io/controller-uid': 'u-1' } })
    expect(spec.template.metadata.labels).toEqual(labels)
    expect(metadata.labels).toEqual(labels)
  })
})

describe('labels of a Job', () => {
  const template = {
    metadata: { labels: { app: 'a' } },
    spec: { restartPolicy: 'Never', containers: [container()] },
  }

  it('are those of its Pods, with what was generated for them', () => {
    const { metadata, spec } = create({ template })
    expect(metadata.labels).toMatchObject({ app: 'a', 'job-name': 'pi', 'controller-uid': 'u-1' })
    expect(metadata.labels).toEqual(spec.template.metadata.labels)
  })

  it('are its own if it has any', () => {
    expect(create({ template }, { labels: { own: 'one' } }).metadata.labels).toEqual({ own: 'one' })
  })
})

describe('validateJob()', () => {
  const template = (spec: Parts): Parts => ({
    template: {
      metadata: {},
      spec: { restartPolicy: 'Never', containers: [container()], ...spec },
    },
  })
  const cases: readonly (readonly [string, Parts, readonly string[]])[] = [
    ['nothing', {}, []],
    [
      'Pods that run on',
      template({ restartPolicy: 'Always' }),
      ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ],
    [
      'an odd restart policy',
      template({ restartPolicy: 'Odd' }),
      [
        'spec.template.spec.restartPolicy: Unsupported value: "Odd": supported values: "Always", "OnFailure", "Never"',
        'spec.template.spec.restartPolicy: Unsupported value: "Odd": supported values: "OnFailure", "Never"',
      ],
    ],
    [
      'negative numbers',
      { completions: -1, parallelism: -1, backoffLimit: -1, ttlSecondsAfterFinished: -1 },
      [
        'spec.parallelism: Invalid value: -1: must be greater than or equal to 0',
        'spec.completions: Invalid value: -1: must be greater than or equal to 0',
        'spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0',
        'spec.ttlSecondsAfterFinished: Invalid value: -1: must be greater than or equal to 0',
      ],
    ],
    [
      'indexed without completions',
      { completionMode: 'Indexed', parallelism: 2 },
      ['spec.completions: Required value: when completion mode is Indexed'],
    ],
    [
      'an odd mode',
      { completionMode: 'Odd' },
      ['spec.completionMode: Unsupported value: "Odd": supported values: "NonIndexed", "Indexed"'],
    ],
    [
      'a limit per index without indexes',
      { backoffLimitPerIndex: 1 },
      ['spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode'],
    ],
    [
      'a failure policy',
      {
        podFailurePolicy: {
          rules: [
            { action: 'FailJob', onExitCodes: { operator: 'In', values: [2, 0, 2] } },
            { action: '' },
            { action: 'FailIndex', onPodConditions: [{ type: 'DisruptionTarget' }] },
          ],
        },
      },
      [
        'spec.podFailurePolicy.rules[0].onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator',
        'spec.podFailurePolicy.rules[0].onExitCodes.values[2]: Duplicate value: 2',
        'spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [2,0,2]: must be ordered',
        'spec.podFailurePolicy.rules[1].action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]',
        'spec.podFailurePolicy.rules[1]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
        'spec.podFailurePolicy.rules[2].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set',
      ],
    ],
    [
      'a selector of its own',
      { selector: { matchLabels: { app: 'x' } } },
      [
        'spec.selector: Invalid value: {"matchLabels":{"app":"x","batch.kubernetes.io/controller-uid":"u-1"}}: `selector` not auto-generated',
        'spec.template.metadata.labels: Invalid value: {"batch.kubernetes.io/controller-uid":"u-1","batch.kubernetes.io/job-name":"pi","controller-uid":"u-1","job-name":"pi"}: `selector` does not match template `labels`',
      ],
    ],
    [
      'another replacement policy',
      { podReplacementPolicy: 'Never' },
      [
        'spec.podReplacementPolicy: Unsupported value: "Never": supported values: "Failed", "TerminatingOrFailed"',
      ],
    ],
  ]
  it.each(cases)('%s', (_name, spec, expected) => {
    expect(refusals(spec)).toEqual(expected)
  })

  it('refuses names that make no host names of indexed Pods', () => {
    const name = 'a'.repeat(62)
    expect(refusals({ completionMode: 'Indexed', completions: 11 }, { name })).toEqual([
      `metadata.name: Invalid value: "${name}": will not able to create pod with invalid DNS label: ${name}-10`,
    ])
  })
})

describe('validateJob() of policies', () => {
  const success = (rules: unknown): Parts => ({
    completionMode: 'Indexed',
    completions: 5,
    successPolicy: { rules },
  })
  const rule = 'spec.successPolicy.rules[0]'
  const parsing = (text: string, problem: string): readonly string[] => [
    `${rule}.succeededIndexes: Invalid value: "${text}": error parsing succeededIndexes: ${problem}`,
  ]
  it.each([
    [[{ succeededIndexes: '0,2-4', succeededCount: 4 }], []],
    [
      null,
      [
        'spec.successPolicy.rules: Required value: at least one rules must be specified when the successPolicy is specified',
      ],
    ],
    [
      [{}],
      [
        `${rule}: Required value: at least one of succeededCount or succeededIndexes must be specified`,
      ],
    ],
    [[{ succeededIndexes: 'a' }], parsing('a', 'cannot convert string to integer for index: "a"')],
    [[{ succeededIndexes: '1,5' }], parsing('1,5', 'too large index: "5"')],
    [
      [{ succeededIndexes: '3-1' }],
      parsing('3-1', 'non-increasing order, previous: 3, current: 1'),
    ],
    [
      [{ succeededIndexes: '2,1' }],
      parsing('2,1', 'non-increasing order, previous: 2, current: 1'),
    ],
    [
      [{ succeededIndexes: '1-2-3' }],
      parsing(
        '1-2-3',
        `the fragment "1-2-3" violates the requirement that an index interval can have at most two parts separated by '-'`,
      ),
    ],
    [
      [{ succeededIndexes: '1-2', succeededCount: 6 }],
      [
        `${rule}.succeededCount: Invalid value: 6: must be less than or equal to 5 (the number of specified completions)`,
        `${rule}.succeededCount: Invalid value: 6: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)`,
      ],
    ],
    [
      [{ succeededCount: -1 }],
      [`${rule}.succeededCount: Invalid value: -1: must be greater than or equal to 0`],
    ],
  ])('reads the rules of success %j', (rules, expected) => {
    expect(refusals(success(rules))).toEqual(expected)
  })

  it('shows a success policy that no index can meet as the internal type', () => {
    expect(refusals({ successPolicy: { rules: [{ succeededCount: 1 }] } })).toEqual([
      'spec.successPolicy: Invalid value: {"Rules":[{"SucceededIndexes":null,"SucceededCount":1}]}: requires indexed completion mode',
    ])
  })

  it('refuses exit codes that were written as nothing', () => {
    const onExitCodes = { operator: 'In', values: null }
    const podFailurePolicy = { rules: [{ action: 'Count', onExitCodes }] }
    expect(refusals({ podFailurePolicy })).toEqual([
      'spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: null: at least one value is required',
    ])
  })
})

describe('validateJobUpdate()', () => {
  const update = (old: Job, spec: Parts): readonly string[] =>
    validateJobUpdate({ ...old, spec: { ...old.spec, ...spec } }, old).map(errorText)

  it('keeps completions, selector and mode', () => {
    expect(update(create(), { completions: 2, parallelism: 5 })).toEqual([
      'spec.completions: Invalid value: 2: field is immutable',
    ])
  })

  it('lets an indexed Job grow as a whole', () => {
    const old = create({ completionMode: 'Indexed', completions: 2, parallelism: 2 })
    expect(update(old, { completions: 3, parallelism: 3 })).toEqual([])
    expect(update(old, { completions: 3 })).toEqual([
      'spec.completions: Invalid value: 3: can only be modified in tandem with spec.parallelism',
    ])
  })

  it('shows a changed template as the internal type', () => {
    const old = create()
    const { template } = old.spec
    const spec = { ...template.spec, nodeSelector: { a: 'b' } }
    const [text] = update(old, { template: { ...template, spec } })
    expect(text).toMatch(/^spec\.template: Invalid value: \{"labels":\{"batch/)
    expect(text).toContain('"Spec":{"Volumes":null,"InitContainers":null,"Containers":[{"Name":"c"')
    expect(text).toMatch(/: field is immutable$/)
  })

  const { template } = create().spec
  const elsewhere = { nodeSelector: { a: 'b' }, schedulingGates: [{ name: 'g' }] }
  const [first] = template.spec.containers
  const bigger = { containers: [{ ...first!, resources: { requests: { cpu: '2' } } }] }
  const startTime = '2026-01-01T00:00:00Z'
  const suspended = { type: 'Suspended', status: 'True' }
  const suspend = true
  const REFUSED = 'spec.template: Invalid value'
  const waitingCases: readonly (readonly [string, Parts, JobStatus, Parts, readonly string[]])[] = [
    ['never started', { suspend }, {}, elsewhere, []],
    ['never started', { suspend }, {}, bigger, []],
    ['suspended', { suspend }, { startTime, conditions: [suspended] }, bigger, []],
    ['being suspended', { suspend }, { startTime, active: 1 }, elsewhere, [REFUSED]],
    ['with Pods that are left', { suspend }, { active: 1 }, bigger, [REFUSED]],
    ['that runs', {}, { startTime }, elsewhere, [REFUSED]],
    ['that runs', {}, { startTime }, bigger, [REFUSED]],
    ['suspended', { suspend }, {}, { hostname: 'h' }, ['spec.template.spec: Invalid value']],
    [
      'suspended',
      { suspend },
      {},
      { containers: [{ ...first!, name: 'other', resources: {} }] },
      ['spec.template.spec: Invalid value'],
    ],
  ]
  it.each(waitingCases)('sends a Job %s elsewhere %j %j %j', (_, given, status, more, expected) => {
    const old = { ...create(given), status }
    const spec = { ...old.spec.template.spec, ...more }
    const texts = update(old, { template: { ...old.spec.template, spec } })
    expect(texts.map((text) => /^[^ ]+ Invalid value/.exec(text)?.[0])).toEqual(expected)
  })
})

describe('jobRow()', () => {
  const now = parseTime('2026-01-01T00:01:00Z')
  const cells = (status: JobStatus, spec: Parts = {}): readonly unknown[] =>
    jobRow({ ...create(spec), status }, { now }).slice(1, 4)
  const startTime = '2026-01-01T00:00:00Z'

  it.each([
    ['not started', {}, {}, ['Running', '0/1', '']],
    ['running', { startTime }, {}, ['Running', '0/1', '60s']],
    [
      'complete',
      {
        startTime,
        completionTime: '2026-01-01T00:00:05Z',
        succeeded: 1,
        conditions: [{ type: 'Complete', status: 'True' }],
      },
      {},
      ['Complete', '1/1', '5s'],
    ],
    ['failed', { conditions: [{ type: 'Failed', status: 'True' }] }, {}, ['Failed', '0/1', '']],
    [
      'suspended',
      { conditions: [{ type: 'Suspended', status: 'True' }] },
      {},
      ['Suspended', '0/1', ''],
    ],
    ['a work queue', { succeeded: 1 }, { parallelism: 3 }, ['Running', '1/1 of 3', '']],
  ])('%s', (_name, status, spec, expected) => {
    expect(cells(status, spec)).toEqual(expected)
  })
})
