import { describe, expect, it } from 'vitest'
import { defaultJob } from '#api/batch/v1/job/defaults.ts'
import { validateJobStatusUpdate } from '#api/batch/v1/job/status-validation.ts'
import type { JobStatus } from '#api/batch/v1/job/types.ts'
import { errorText } from '#apimachinery/field-error.ts'
import { job } from '../../../../../support/workloads.ts'

type Parts = Readonly<Record<string, unknown>>

const refusals = (status: JobStatus, before: JobStatus = {}, spec: Parts = {}): readonly string[] =>
  validateJobStatusUpdate(
    { ...defaultJob(job(spec)), status },
    { ...defaultJob(job(spec)), status: before },
  ).map(errorText)

const startTime = '2026-01-01T00:00:00Z'
const completionTime = '2026-01-01T00:01:00Z'
const is = (...types: readonly string[]) => ({
  conditions: types.map((type) => ({ type, status: 'True' })),
})
const COMPLETE: JobStatus = { ...is('SuccessCriteriaMet', 'Complete'), startTime, completionTime }
const FAILED: JobStatus = { ...is('FailureTarget', 'Failed'), startTime }
const INDEXED = { completionMode: 'Indexed', completions: 5, parallelism: 2 }
const PER_INDEX = { ...INDEXED, backoffLimitPerIndex: 1 }
const SUSPENDED = { conditions: [{ type: 'Suspended', status: 'True' }] }
const RESUMED = { conditions: [{ type: 'Suspended', status: 'False' }] }

type Case = readonly [
  name: string,
  status: JobStatus,
  before: JobStatus,
  spec: Parts,
  expected: readonly string[],
]

describe('validateJobStatusUpdate()', () => {
  const fine: readonly Case[] = [
    ['begins', { startTime, active: 1, ready: 1 }, {}, {}, []],
    ['completes', COMPLETE, { startTime, active: 1 }, {}, []],
    ['fails', FAILED, { startTime, active: 1 }, {}, []],
    ['is suspended', SUSPENDED, { startTime }, { suspend: true }, []],
    ['goes on', { ...RESUMED, startTime: completionTime }, { ...SUSPENDED, startTime }, {}, []],
    [
      'shrinks',
      { succeeded: 1 },
      { succeeded: 2 },
      { ...INDEXED, completions: 2, parallelism: 2 },
      [],
    ],
    ['is odd already', { ready: 2, failed: 2 }, { ready: 2, failed: 1 }, {}, []],
  ]
  it.each(fine)('takes a Job that %s', (_name, status, before, spec, expected) => {
    expect(refusals(status, before, spec)).toEqual(expected)
  })

  const bad: readonly Case[] = [
    [
      'counts below zero',
      { active: -1, terminating: -2 },
      {},
      {},
      [
        'status.active: Invalid value: -1: must be greater than or equal to 0',
        'status.terminating: Invalid value: -2: must be greater than or equal to 0',
      ],
    ],
    [
      'Pods that are counted twice',
      { uncountedTerminatedPods: { succeeded: ['a', ''], failed: ['a'] } },
      {},
      {},
      [
        'status.uncountedTerminatedPods.succeeded[1]: Invalid value: "": must not be empty',
        'status.uncountedTerminatedPods.failed[0]: Duplicate value: "a"',
      ],
    ],
    [
      'both ends',
      { ...COMPLETE, ...is('SuccessCriteriaMet', 'FailureTarget', 'Failed', 'Complete') },
      {},
      {},
      [
        'status.conditions: Invalid value: cannot set Complete=True and Failed=true conditions',
        'status.conditions: Invalid value: cannot set Complete=True and FailureTarget=true conditions',
        'status.conditions: Invalid value: cannot set SuccessCriteriaMet=True and Failed=true conditions',
        'status.conditions: Invalid value: cannot set SuccessCriteriaMet=True and FailureTarget=true conditions',
      ],
    ],
    [
      'an end without what comes before',
      { startTime, ...is('Failed') },
      {},
      {},
      [
        'status.conditions: Invalid value: cannot set Failed=True condition without the FailureTarget=true condition',
      ],
    ],
    [
      'a success out of nothing',
      is('Complete'),
      {},
      {},
      [
        'status.completionTime: Required value: completionTime is required for Complete jobs',
        'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
        'status.startTime: Required value: startTime is required for finished job',
      ],
    ],
    [
      'an end before the beginning',
      { ...COMPLETE, startTime: completionTime, completionTime: startTime },
      {},
      {},
      [
        `status.completionTime: Invalid value: "${startTime}": must be equal to or after \`startTime\``,
      ],
    ],
    [
      'a time of an end that has not come',
      { startTime, completionTime },
      { startTime },
      {},
      [
        `status.completionTime: Invalid value: "${completionTime}": cannot set completionTime when there is no Complete=True condition`,
      ],
    ],
    [
      'Pods after the end',
      { ...FAILED, active: 1, terminating: 2, uncountedTerminatedPods: { failed: ['a'] } },
      {},
      {},
      [
        'status.active: Invalid value: 1: active>0 is invalid for finished job',
        'status.uncountedTerminatedPods: Invalid value: {"Succeeded":null,"Failed":["a"]}: must be empty for finished job',
        'status.terminating: Invalid value: 2: terminating>0 is invalid for finished job',
      ],
    ],
    [
      'indexes that nobody can read',
      { completedIndexes: '0-9', failedIndexes: 'x' },
      {},
      PER_INDEX,
      [
        'status.completedIndexes: Invalid value: "0-9": error parsing completedIndexes: too large index: "9"',
        'status.failedIndexes: Invalid value: "x": error parsing failedIndexes: cannot convert string to integer for index: "x"',
      ],
    ],
    [
      'indexes that have failed and not',
      { completedIndexes: '0,2-4', failedIndexes: '1,3' },
      {},
      PER_INDEX,
      [
        'status.failedIndexes: Invalid value: "1,3": failedIndexes and completedIndexes overlap at index: 3',
      ],
    ],
    [
      'indexes of a Job without',
      { completedIndexes: '0', failedIndexes: '' },
      {},
      {},
      [
        'status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode',
        'status.failedIndexes: Invalid value: "": cannot set non-null failedIndexes when backoffLimitPerIndex is null',
      ],
    ],
    [
      'more that are ready than are there',
      { active: 1, ready: 2 },
      {},
      {},
      ['status.ready: Invalid value: 2: cannot set more ready pods than active'],
    ],
    [
      'an end that is taken back',
      { startTime, failed: 1 },
      { ...FAILED, failed: 2, succeeded: 1 },
      {},
      [
        'status.conditions: Invalid value: cannot disable the terminal Failed=True condition',
        'status.conditions: Invalid value: cannot disable the terminal FailureTarget=True condition',
        'status.failed: Invalid value: 1: cannot decrease the failed counter',
        'status.succeeded: Invalid value: 0: cannot decrease the succeeded counter',
      ],
    ],
    [
      'other times',
      { ...COMPLETE, startTime: completionTime, completionTime: '2026-01-01T00:02:00Z' },
      COMPLETE,
      {},
      [
        'status.completionTime: Invalid value: "2026-01-01T00:02:00Z": field is immutable',
        `status.startTime: Invalid value: "${completionTime}": field is immutable for unsuspended job once set`,
      ],
    ],
    [
      'no beginning any more',
      {},
      { startTime },
      {},
      ['status.startTime: Invalid value: null: field is immutable for unsuspended job once set'],
    ],
    [
      'a success that is taken back',
      {},
      is('SuccessCriteriaMet'),
      {},
      ['status.conditions: Invalid value: cannot disable the SuccessCriteriaMet=True condition'],
    ],
  ]
  it.each(bad)('refuses %s', (_name, status, before, spec, expected) => {
    expect(refusals(status, before, spec)).toEqual(expected)
  })
})
