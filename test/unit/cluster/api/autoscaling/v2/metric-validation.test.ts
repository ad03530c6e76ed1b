import { describe, expect, test } from 'vitest'
import { validateMetric } from '#api/autoscaling/v2/horizontal-pod-autoscaler/metric-validation.ts'
import { errorText } from '#apimachinery/field-error.ts'

const errors = (metric: object): readonly string[] =>
  validateMetric(metric as never, 'm').map(errorText)

const UTILIZATION = { type: 'Utilization', averageUtilization: 50 }

describe('a metric', () => {
  test.each([
    ['of the CPU', { type: 'Resource', resource: { name: 'cpu', target: UTILIZATION } }],
    [
      'of pods',
      {
        type: 'Pods',
        pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '10' } },
      },
    ],
  ])('%s is taken', (_name, metric) => {
    expect(errors(metric)).toEqual([])
  })

  test.each([
    [
      'of no type',
      {},
      [
        'm.type: Required value: must specify a metric source type',
        'm.type: Unsupported value: "": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"',
      ],
    ],
    [
      'without its source',
      { type: 'Pods' },
      ['m.pods: Required value: must populate information for the given metric source'],
    ],
    [
      'with two sources',
      {
        type: 'Resource',
        pods: { metric: { name: 'a/b' }, target: { type: 'AverageValue', averageValue: '0' } },
        resource: { name: '' },
      },
      [
        `m.pods.metric.name: Invalid value: "a/b": may not contain '/'`,
        'm.pods.target.averageValue: Invalid value: "0": must be positive',
        'm.pods.target.averageValue: Required value: must specify a positive target averageValue',
        'm.pods: Forbidden: must populate the given metric source only',
      ],
    ],
    [
      'of a resource without name',
      { type: 'Resource', resource: { name: '', target: { type: 'Odd', averageUtilization: 0 } } },
      [
        'm.resource.name: Required value: must specify a resource name',
        'm.resource.target.type: Invalid value: "Odd": must be either Utilization, Value, or AverageValue',
        'm.resource.target.averageUtilization: Invalid value: 0: must be greater than 0',
      ],
    ],
    [
      'of a container',
      {
        type: 'ContainerResource',
        containerResource: { name: 'cpu', target: { ...UTILIZATION, averageValue: '1' } },
      },
      [
        'm.containerResource.container: Required value: must specify a container',
        'm.containerResource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization',
      ],
    ],
    [
      'of an object',
      { type: 'Object', object: { metric: {}, target: {} } },
      [
        'm.object.describedObject.kind: Required value',
        'm.object.describedObject.name: Required value',
        'm.object.metric.name: Required value: must specify a metric name',
        'm.object.target.type: Required value: must specify a metric target type',
        'm.object.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue',
        'm.object.target.averageValue: Required value: must set either a target value or averageValue',
      ],
    ],
    [
      'from outside',
      {
        type: 'External',
        external: {
          metric: { name: 'q' },
          target: { type: 'Value', value: '1', averageValue: '1' },
        },
      },
      [
        'm.external.target.value: Forbidden: may not set both a target value for metric and a per-pod target',
      ],
    ],
  ])('%s is refused', (_name, metric, expected) => {
    expect(errors(metric)).toEqual(expected)
  })
})
