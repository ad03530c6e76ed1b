import { describe, expect, it } from 'vitest'
import { controllerRevisionRow } from '#api/apps/v1/controller-revision/columns.ts'
import { statefulSetRow } from '#api/apps/v1/stateful-set/columns.ts'
import { defaultStatefulSet } from '#api/apps/v1/stateful-set/defaults.ts'
import { statefulSetStrategy } from '#api/apps/v1/stateful-set/strategy.ts'
import {
  validateStatefulSet,
  validateStatefulSetUpdate,
} from '#api/apps/v1/stateful-set/validation.ts'
import { errorText } from '#apimachinery/field-error.ts'
import { container } from '../../../../../support/pods.ts'
import { statefulSet } from '../../../../../support/workloads.ts'

type Parts = Readonly<Record<string, unknown>>

const refusals = (spec: Parts): readonly string[] =>
  validateStatefulSet(defaultStatefulSet(statefulSet(spec))).map(errorText)

const claim = {
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } },
}
const mounting = {
  template: {
    metadata: { labels: { app: 'a' } },
    spec: {
      containers: [container({ volumeMounts: [{ name: 'data', mountPath: '/data' }] })],
    },
  },
}

describe('defaultStatefulSet()', () => {
  it('fills in what a recorded StatefulSet has', () => {
    expect(defaultStatefulSet(statefulSet()).spec).toMatchObject({
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      podManagementPolicy: 'OrderedReady',
      replicas: 1,
      revisionHistoryLimit: 10,
      updateStrategy: { rollingUpdate: { partition: 0 }, type: 'RollingUpdate' },
    })
  })

  it('makes claims of its templates', () => {
    const { volumeClaimTemplates } = defaultStatefulSet(
      statefulSet({ volumeClaimTemplates: [claim] }),
    ).spec
    expect(volumeClaimTemplates).toEqual([
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data' },
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
          volumeMode: 'Filesystem',
        },
        status: { phase: 'Pending' },
      },
    ])
  })
})

describe('validateStatefulSet()', () => {
  const cases: readonly (readonly [string, Parts, readonly string[]])[] = [
    ['nothing', {}, []],
    ['a mounted claim', { ...mounting, volumeClaimTemplates: [claim] }, []],
    [
      'a mount without volume',
      mounting,
      ['spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"'],
    ],
    [
      'an odd policy',
      { podManagementPolicy: 'Odd' },
      ["spec.podManagementPolicy: Invalid value: \"Odd\": must be 'OrderedReady' or 'Parallel'"],
    ],
    [
      'an odd update strategy',
      { updateStrategy: { type: 'Odd' } },
      [
        'spec.updateStrategy: Invalid value: {"Type":"Odd","RollingUpdate":null}: must be \'RollingUpdate\' or \'OnDelete\'',
      ],
    ],
    [
      'a partition for another strategy',
      { updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } },
      [
        'spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: only allowed for updateStrategy \'RollingUpdate\'',
      ],
    ],
    [
      'bad numbers',
      { replicas: -1, updateStrategy: { rollingUpdate: { partition: -1 } } },
      [
        'spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0',
        'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      ],
    ],
    [
      'an odd retention',
      { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Keep' } },
      [
        'spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "Keep": supported values: "Retain", "Delete"',
      ],
    ],
    [
      'an empty selector',
      { selector: {} },
      ['spec.selector: Invalid value: {}: empty selector is invalid for statefulset'],
    ],
  ]
  it.each(cases)('%s', (_name, spec, expected) => {
    expect(refusals(spec)).toEqual(expected)
  })
})

describe('validateStatefulSetUpdate()', () => {
  const old = defaultStatefulSet(statefulSet({ serviceName: 'db' }))
  const update = (spec: Parts): readonly string[] =>
    validateStatefulSetUpdate({ ...old, spec: { ...old.spec, ...spec } }, old).map(errorText)

  it('lets some fields change', () => {
    expect(
      update({ replicas: 3, minReadySeconds: 5, revisionHistoryLimit: 2, ordinals: { start: 1 } }),
    ).toEqual([])
  })

  it.each([{ serviceName: 'other' }, { podManagementPolicy: 'Parallel' }])('refuses %j', (spec) => {
    expect(update(spec)).toEqual([
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ])
  })
})

describe('statefulSetStrategy', () => {
  it('drops maxUnavailable, whose feature gate is off', () => {
    const updateStrategy = { rollingUpdate: { partition: 1, maxUnavailable: 2 } }
    const given = defaultStatefulSet(statefulSet({ updateStrategy }))
    const old = defaultStatefulSet(statefulSet())
    for (const stored of [
      statefulSetStrategy.prepareForCreate!(given, undefined as never),
      statefulSetStrategy.prepareForUpdate!(given, old, undefined as never),
    ])
      expect(stored.spec.updateStrategy).toEqual({
        type: 'RollingUpdate',
        rollingUpdate: { partition: 1 },
      })
  })

  it('takes labels only as names', () => {
    expect(statefulSetStrategy.validateName!('a.b', false)).toEqual(['must not contain dots'])
  })

  it('prints rows', () => {
    const object = { ...defaultStatefulSet(statefulSet({ replicas: 3 })), status: { replicas: 3 } }
    expect(statefulSetRow(object, { now: 0 })).toEqual(['db', '0/3', '<unknown>', 'c', 'nginx'])
    const owner = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      name: 'db',
      uid: 'u',
      controller: true,
    }
    const revision = {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: { name: 'db-1', ownerReferences: [owner] },
      revision: 2,
    } as const
    expect(controllerRevisionRow(revision, { now: 0 })).toEqual([
      'db-1',
      'statefulset.apps/db',
      2,
      '<unknown>',
    ])
  })
})
