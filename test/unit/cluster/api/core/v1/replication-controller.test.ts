import { describe, expect, it } from 'vitest'
import { podTemplateStrategy } from '#api/core/v1/pod-template/strategy.ts'
import type { PodTemplate } from '#api/core/v1/pod-template/types.ts'
import { replicationControllerRow } from '#api/core/v1/replication-controller/columns.ts'
import { defaultReplicationController } from '#api/core/v1/replication-controller/defaults.ts'
import { replicationControllerStrategy } from '#api/core/v1/replication-controller/strategy.ts'
import type { ReplicationController } from '#api/core/v1/replication-controller/types.ts'
import { validateReplicationController } from '#api/core/v1/replication-controller/validation.ts'
import { errorText } from '#apimachinery/field-error.ts'
import { container } from '../../../../../support/pods.ts'

type Parts = Readonly<Record<string, unknown>>

const controller = (spec: Parts = {}): ReplicationController =>
  ({
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'rc', namespace: 'default' },
    spec: {
      template: { metadata: { labels: { app: 'a' } }, spec: { containers: [container()] } },
      ...spec,
    },
  }) as unknown as ReplicationController

const refusals = (spec: Parts): readonly string[] =>
  validateReplicationController(defaultReplicationController(controller(spec))).map(errorText)

describe('ReplicationController', () => {
  it('takes selector and labels from its template', () => {
    const { metadata, spec } = defaultReplicationController(controller())
    expect(metadata.labels).toEqual({ app: 'a' })
    expect(spec.selector).toEqual({ app: 'a' })
    expect(spec.replicas).toBe(1)
  })

  it.each([
    [{}, []],
    [
      { selector: { app: 'b' }, replicas: -1 },
      [
        'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
        'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`',
      ],
    ],
    [{ template: undefined }, ['spec.selector: Required value', 'spec.template: Required value']],
    [
      {
        template: {
          metadata: { labels: { app: 'a' } },
          spec: { containers: [container()], restartPolicy: 'Never' },
        },
      },
      ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ],
  ])('%j is refused with %j', (spec, expected) => {
    expect(refusals(spec)).toEqual(expected)
  })

  it('prints a row and scales', () => {
    const object = defaultReplicationController(controller())
    expect(replicationControllerRow(object, { now: 0 })).toEqual([
      'rc',
      1,
      0,
      0,
      '<unknown>',
      'c',
      'nginx',
      'app=a',
    ])
    const scale = replicationControllerStrategy.scale!
    expect(scale.replicas(scale.withReplicas(object, 3))).toBe(3)
    expect(scale.selector(object)).toBe('app=a')
  })
})

describe('PodTemplate', () => {
  it('is defaulted and validated as the template it holds', () => {
    const object = podTemplateStrategy.defaults!({
      apiVersion: 'v1',
      kind: 'PodTemplate',
      metadata: { name: 't' },
      template: { spec: { containers: [container({ image: '' })] } },
    } as unknown as PodTemplate)
    expect(object.template.spec.dnsPolicy).toBe('ClusterFirst')
    expect(podTemplateStrategy.validate!(object, undefined as never).map(errorText)).toEqual([
      'template.spec.containers[0].image: Required value',
    ])
  })
})
