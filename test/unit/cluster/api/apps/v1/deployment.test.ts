import { describe, expect, it } from 'vitest'
import { deploymentRow } from '#api/apps/v1/deployment/columns.ts'
import { defaultDeployment } from '#api/apps/v1/deployment/defaults.ts'
import { deploymentStrategy } from '#api/apps/v1/deployment/strategy.ts'
import { validateDeployment, validateDeploymentUpdate } from '#api/apps/v1/deployment/validation.ts'
import { validateReplicaSet } from '#api/apps/v1/replica-set/validation.ts'
import { defaultReplicaSet } from '#api/apps/v1/replica-set/defaults.ts'
import { errorText } from '#apimachinery/field-error.ts'
import { freeze } from '#apimachinery/object.ts'
import { container } from '../../../../../support/pods.ts'
import { deployment, replicaSet } from '../../../../../support/workloads.ts'

type Parts = Readonly<Record<string, unknown>>

const refusals = (spec: Parts): readonly string[] =>
  validateDeployment(defaultDeployment(deployment(spec))).map(errorText)

const template = (spec: Parts, labels: Parts = { app: 'a' }): Parts => ({
  template: { metadata: { labels }, spec: { containers: [container()], ...spec } },
})

describe('defaultDeployment()', () => {
  it('fills in what a recorded Deployment has', () => {
    expect(defaultDeployment(deployment()).spec).toMatchObject({
      progressDeadlineSeconds: 600,
      replicas: 1,
      revisionHistoryLimit: 10,
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' },
      },
    })
  })

  it('returns a Deployment that lacks nothing as it is', () => {
    const once = freeze(defaultDeployment(deployment()))
    expect(defaultDeployment(once)).toBe(once)
  })

  it('adds no rolling update to another strategy', () => {
    const strategy = { type: 'Recreate' }
    expect(defaultDeployment(deployment({ strategy })).spec.strategy).toEqual(strategy)
  })
})

describe('validateDeployment()', () => {
  const cases: readonly (readonly [string, Parts, readonly string[]])[] = [
    ['nothing', {}, []],
    [
      'labels of another app',
      template({}, { app: 'b' }),
      [
        'spec.template.metadata.labels: Invalid value: {"app":"b"}: `selector` does not match template `labels`',
      ],
    ],
    [
      'no selector',
      { selector: undefined, ...template({}, { app: 'b' }) },
      [
        'spec.selector: Required value',
        'spec.template.metadata.labels: Invalid value: {"app":"b"}: `selector` does not match template `labels`',
      ],
    ],
    [
      'no labels',
      { template: { spec: { containers: [container()] } } },
      [
        'spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`',
      ],
    ],
    [
      'an empty selector',
      { selector: {} },
      ['spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
    ],
    [
      'an unusable selector',
      { selector: { matchExpressions: [{ key: 'a', operator: 'Is' }] } },
      [
        'spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
        'spec.selector: Invalid value: {"matchExpressions":[{"key":"a","operator":"Is"}]}: invalid label selector',
      ],
    ],
    [
      'a rollout that cannot move',
      { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } },
      [
        'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
      ],
    ],
    [
      'bad numbers',
      { replicas: -1, strategy: { rollingUpdate: { maxSurge: 'x%', maxUnavailable: '101%' } } },
      [
        'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
        "spec.strategy.rollingUpdate.maxSurge: Invalid value: \"x%\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
        'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
      ],
    ],
    [
      'a rolling update in another strategy',
      { strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } },
      [
        "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
      ],
    ],
    [
      'an unknown strategy',
      { strategy: { type: 'Odd' } },
      [
        'spec.strategy: Unsupported value: {"Type":"Odd","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
      ],
    ],
    [
      'Pods that end',
      template({ restartPolicy: 'Never', activeDeadlineSeconds: 5 }),
      [
        'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
        'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported',
      ],
    ],
    [
      'a deadline that comes too early',
      { minReadySeconds: 5, progressDeadlineSeconds: 5, revisionHistoryLimit: -1 },
      [
        'spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
        'spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds',
      ],
    ],
    [
      'requests above limits',
      template({
        containers: [container({ resources: { requests: { cpu: '10m' }, limits: { cpu: '5m' } } })],
      }),
      [
        'spec.template.spec.containers[0].resources.requests: Invalid value: "10m": must be less than or equal to cpu limit of 5m',
      ],
    ],
    [
      'no containers',
      template({ containers: [] }),
      ['spec.template.spec.containers: Required value'],
    ],
  ]
  it.each(cases)('%s', (_name, spec, expected) => {
    expect(refusals(spec)).toEqual(expected)
  })

  it('looks at a frozen template once and still sees another one', () => {
    const good = freeze(defaultDeployment(deployment()))
    expect(validateDeployment(good)).toEqual([])
    expect(validateDeployment(good)).toEqual([])
    expect(refusals(template({ containers: [container({ image: '' })] }))).toHaveLength(1)
  })
})

describe('validateDeploymentUpdate()', () => {
  it('keeps the selector', () => {
    const old = defaultDeployment(deployment())
    const selector = { matchLabels: { app: 'other' } }
    const now = { ...old, spec: { ...old.spec, selector } }
    expect(validateDeploymentUpdate(now, old).map(errorText)).toEqual([
      'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`',
      'spec.selector: Invalid value: {"matchLabels":{"app":"other"}}: field is immutable',
    ])
  })
})

describe('validateReplicaSet()', () => {
  it('checks replicas, selector and template', () => {
    const object = replicaSet({ replicas: -1, minReadySeconds: -1, selector: {} })
    expect(validateReplicaSet(defaultReplicaSet(object)).map(errorText)).toEqual([
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      'spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.selector: Invalid value: {}: empty selector is invalid for deployment',
    ])
  })
})

describe('deploymentStrategy', () => {
  it('warns of names that are no labels', () => {
    const object = defaultDeployment(deployment({}, 'a.b'))
    expect(deploymentStrategy.warningsOnCreate!(object, undefined as never)).toEqual([
      'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]',
    ])
  })

  it('prints a row', () => {
    const object = {
      ...defaultDeployment(deployment({ replicas: 3 })),
      status: { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 1 },
    }
    expect(deploymentRow(object, { now: 0 })).toEqual([
      'web',
      '2/3',
      3,
      1,
      '<unknown>',
      'c',
      'nginx',
      'app=a',
    ])
  })

  it('scales', () => {
    const object = defaultDeployment(deployment())
    const scale = deploymentStrategy.scale!
    expect(scale.replicas(scale.withReplicas(object, 4))).toBe(4)
    expect(scale.withReplicas(object, 1)).toBe(object)
    expect(scale.selector(object)).toBe('app=a')
  })
})
