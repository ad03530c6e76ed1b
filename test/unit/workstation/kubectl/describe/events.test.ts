import { describe, expect, test } from 'vitest'
import type { KubeObject } from '#apimachinery/object.ts'
import { describeObject, type DescribeContext } from '#kubectl/describe/describe.ts'

const NOW = Date.parse('2026-01-01T01:00:00Z')

const configMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', namespace: 'default', uid: 'u' },
} satisfies KubeObject

const event = (fields: Readonly<Record<string, unknown>>): KubeObject => {
  const about = { involvedObject: {}, type: 'Normal', reason: 'R', message: 'm' }
  const metadata = { name: 'e', namespace: 'default' }
  const source = { component: 'from' }
  return Object.assign({ apiVersion: 'v1', kind: 'Event', metadata, source }, about, fields)
}

const contextOf = (events: readonly KubeObject[]) => {
  const asked: string[] = []
  const context: DescribeContext = {
    get: () => undefined,
    list: (resource, namespace, { fields = '' } = {}) => {
      asked.push(`${resource} ${namespace} ${fields}`)
      return events
    },
    now: () => NOW,
    showEvents: true,
  }
  return { context, asked }
}

/** The cells of the only Event. */
const cells = (fields: Readonly<Record<string, unknown>>): readonly string[] => {
  const text = describeObject(contextOf([event(fields)]).context, configMap)
  return text.trimEnd().split('\n').at(-1)!.trim().split(/ {2,}/)
}

describe('Events', () => {
  test.each([
    [
      'once',
      { firstTimestamp: '2026-01-01T00:59:57Z', lastTimestamp: '2026-01-01T00:59:57Z', count: 1 },
      '3s',
    ],
    [
      'often',
      { firstTimestamp: '2026-01-01T00:57:00Z', lastTimestamp: '2026-01-01T00:59:57Z', count: 4 },
      '3s (x4 over 3m)',
    ],
    ['without a count', { firstTimestamp: '2026-01-01T00:30:00Z' }, '30m'],
    ['in the newer API', { eventTime: '2026-01-01T00:59:00.123456Z' }, '59s'],
    [
      'in a series',
      {
        eventTime: '2026-01-01T00:00:00.000000Z',
        series: { count: 7, lastObservedTime: '2026-01-01T00:58:00.000000Z' },
      },
      '2m (x7 over 60m)',
    ],
    ['without any time', {}, '<unknown>'],
  ])('that happened %s show their age', (_name, fields, age) => {
    expect(cells(fields)[2]).toBe(age)
  })

  test('name the controller if no component is named', () => {
    expect(cells({ source: {}, reportingComponent: 'kubelet' })[3]).toBe('kubelet')
  })

  test('show the field that they are about, and no space around their message', () => {
    const message = cells({ message: ' hello\n', involvedObject: { fieldPath: 'spec.x' } })[4]
    expect(message).toBe('spec.x: hello')
  })

  test('are asked for by what they are about', () => {
    const { context, asked } = contextOf([])
    expect(describeObject(context, configMap)).toContain('Events:  <none>\n')
    expect(asked).toEqual([
      'events default involvedObject.kind=ConfigMap,involvedObject.name=c,involvedObject.namespace=default,involvedObject.uid=u',
    ])
  })
})
