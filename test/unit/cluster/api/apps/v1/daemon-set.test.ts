import { describe, expect, it } from 'vitest'
import { daemonSetRow } from '#api/apps/v1/daemon-set/columns.ts'
import { defaultDaemonSet } from '#api/apps/v1/daemon-set/defaults.ts'
import { daemonSetStrategy } from '#api/apps/v1/daemon-set/strategy.ts'
import type { DaemonSet } from '#api/apps/v1/daemon-set/types.ts'
import { validateDaemonSet, validateDaemonSetUpdate } from '#api/apps/v1/daemon-set/validation.ts'
import { errorText } from '#apimachinery/field-error.ts'
import { container } from '../../../../../support/pods.ts'
import { daemonSet } from '../../../../../support/workloads.ts'

type Parts = Readonly<Record<string, unknown>>

const refusals = (spec: Parts): readonly string[] =>
  validateDaemonSet(defaultDaemonSet(daemonSet(spec))).map(errorText)

describe('defaultDaemonSet()', () => {
  it('fills in what a recorded DaemonSet has', () => {
    expect(defaultDaemonSet(daemonSet()).spec).toMatchObject({
      revisionHistoryLimit: 10,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
    })
  })
})

describe('validateDaemonSet()', () => {
  const rolling = (rollingUpdate: Parts): Parts => ({ updateStrategy: { rollingUpdate } })
  const cases: readonly (readonly [string, Parts, readonly string[]])[] = [
    ['nothing', {}, []],
    [
      'a selector of nothing',
      { selector: undefined },
      [
        'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`',
      ],
    ],
    [
      'an empty selector',
      { selector: {} },
      ['spec.selector: Invalid value: {}: empty selector is invalid for daemonset'],
    ],
    [
      'both numbers set',
      rolling({ maxSurge: 1, maxUnavailable: 1 }),
      [
        'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero',
      ],
    ],
    [
      'no number set',
      rolling({ maxSurge: 0, maxUnavailable: '0%' }),
      [
        'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0',
      ],
    ],
    [
      'an unknown strategy',
      { updateStrategy: { type: 'Recreate' } },
      [
        'spec.updateStrategy: Unsupported value: {"Type":"Recreate","RollingUpdate":null}: supported values: "RollingUpdate", "OnDelete"',
      ],
    ],
    [
      'Pods that end',
      {
        template: {
          metadata: { labels: { app: 'a' } },
          spec: { containers: [container()], restartPolicy: 'OnFailure' },
        },
      },
      [
        'spec.template.spec.restartPolicy: Unsupported value: "OnFailure": supported values: "Always"',
      ],
    ],
  ]
  it.each(cases)('%s', (_name, spec, expected) => {
    expect(refusals(spec)).toEqual(expected)
  })
})

describe('daemonSetStrategy', () => {
  const annotation = 'deprecated.daemonset.template.generation'
  const created = daemonSetStrategy.prepareForCreate!(
    defaultDaemonSet(daemonSet()),
    undefined as never,
  )
  const update = (now: DaemonSet): DaemonSet =>
    daemonSetStrategy.prepareForUpdate!(now, created, undefined as never)

  it('counts the generations of the template in an annotation', () => {
    expect(created.metadata.annotations).toEqual({ [annotation]: '1' })
    expect(update({ ...created, spec: { ...created.spec, minReadySeconds: 1 } })).toMatchObject({
      metadata: { annotations: { [annotation]: '1' } },
    })
    const { template } = created.spec
    const spec = { ...template.spec, nodeSelector: { gpu: 'yes' } }
    const changed = { ...created, spec: { ...created.spec, template: { ...template, spec } } }
    expect(update(changed).metadata.annotations).toEqual({ [annotation]: '2' })
  })

  it('does not let the annotation be written or removed', () => {
    expect(update({ ...created, metadata: { name: 'agent' } }).metadata.annotations).toEqual({
      [annotation]: '1',
    })
  })

  it('keeps the selector', () => {
    const selector = { matchLabels: { app: 'b' } }
    const now = { ...created, spec: { ...created.spec, selector } }
    expect(validateDaemonSetUpdate(now, created).map(errorText)).toContain(
      'spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable',
    )
  })

  it('prints a row', () => {
    const { template } = created.spec
    const spec = { ...template.spec, nodeSelector: { gpu: 'yes' } }
    const now = { ...created, spec: { ...created.spec, template: { ...template, spec } } }
    expect(daemonSetRow(now, { now: 0 })).toEqual([
      'agent',
      0,
      0,
      0,
      0,
      0,
      'gpu=yes',
      '<unknown>',
      'c',
      'nginx',
      'app=a',
    ])
  })
})
