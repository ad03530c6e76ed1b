import { describe, expect, it } from 'vitest'
import { cronJobRow } from '#api/batch/v1/cron-job/columns.ts'
import { defaultCronJob } from '#api/batch/v1/cron-job/defaults.ts'
import { cronJobStrategy } from '#api/batch/v1/cron-job/strategy.ts'
import { validateCronJob, validateCronJobUpdate } from '#api/batch/v1/cron-job/validation.ts'
import { errorText } from '#apimachinery/field-error.ts'
import { parseTime } from '#apimachinery/time.ts'
import { cronJob } from '../../../../../support/workloads.ts'

type Parts = Readonly<Record<string, unknown>>

const refusals = (spec: Parts, name?: string): readonly string[] =>
  validateCronJob(defaultCronJob(cronJob(spec, name))).map(errorText)

describe('defaultCronJob()', () => {
  it('fills in its own fields and the template, but not those of a Job', () => {
    const { spec } = defaultCronJob(cronJob())
    expect(spec).toMatchObject({
      concurrencyPolicy: 'Allow',
      failedJobsHistoryLimit: 1,
      successfulJobsHistoryLimit: 3,
      suspend: false,
      jobTemplate: { metadata: {}, spec: { template: { spec: { dnsPolicy: 'ClusterFirst' } } } },
    })
    expect(Object.keys(spec.jobTemplate.spec)).toEqual(['template'])
  })
})

describe('validateCronJob()', () => {
  const cases: readonly (readonly [string, Parts, readonly string[]])[] = [
    ['nothing', {}, []],
    ['no schedule', { schedule: '' }, ['spec.schedule: Required value']],
    [
      'four fields',
      { schedule: '* * * *' },
      ['spec.schedule: Invalid value: "* * * *": expected exactly 5 fields, found 4: [* * * *]'],
    ],
    [
      'a zone in the schedule',
      { schedule: 'TZ=UTC * * * * *' },
      [
        'spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
      ],
    ],
    ['a known zone', { timeZone: 'Europe/Zurich' }, []],
    [
      'an unknown zone',
      { timeZone: 'Nowhere/Land' },
      ['spec.timeZone: Invalid value: "Nowhere/Land": unknown time zone Nowhere/Land'],
    ],
    [
      'the local zone',
      { timeZone: 'local' },
      [
        'spec.timeZone: Invalid value: "local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
        'spec.timeZone: Invalid value: "local": unknown time zone local',
      ],
    ],
    [
      'odd policy and numbers',
      { concurrencyPolicy: 'Odd', startingDeadlineSeconds: -1, failedJobsHistoryLimit: -1 },
      [
        'spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
        'spec.concurrencyPolicy: Unsupported value: "Odd": supported values: "Allow", "Forbid", "Replace"',
        'spec.failedJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
      ],
    ],
  ]
  it.each(cases)('%s', (_name, spec, expected) => {
    expect(refusals(spec)).toEqual(expected)
  })

  it('leaves room in the name for the Jobs', () => {
    const name = 'a'.repeat(53)
    expect(refusals({}, name)).toEqual([
      `metadata.name: Invalid value: "${name}": must be no more than 52 characters`,
    ])
  })

  it('shows the path of the template', () => {
    const template = { spec: { containers: [] } }
    expect(refusals({ jobTemplate: { spec: { template } } })).toEqual([
      'spec.jobTemplate.spec.template.spec.containers: Required value',
      'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ])
  })

  it('lets an old zone stay in the schedule', () => {
    const old = defaultCronJob(cronJob({ schedule: 'TZ=UTC * * * * *' }))
    expect(validateCronJobUpdate(old, old)).toEqual([])
  })
})

describe('cronJobStrategy', () => {
  it('warns of a zone in the schedule', () => {
    const object = defaultCronJob(cronJob({ schedule: 'TZ=UTC * * * * *' }))
    expect(cronJobStrategy.warningsOnCreate!(object, undefined as never)).toEqual([
      'cannot use TZ or CRON_TZ in spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs for more details',
    ])
  })

  it('prints a row', () => {
    const object = {
      ...defaultCronJob(cronJob()),
      status: { lastScheduleTime: '2026-01-01T00:00:00Z', active: [{ name: 'x' }] },
    }
    expect(cronJobRow(object, { now: parseTime('2026-01-01T00:00:30Z') })).toEqual([
      'tick',
      '* * * * *',
      '<none>',
      'False',
      1,
      '30s',
      '<unknown>',
      'c',
      'nginx',
      '<none>',
    ])
  })
})
