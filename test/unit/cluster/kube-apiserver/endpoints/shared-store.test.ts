import type { JsonObject } from '#apimachinery/object.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'

const V1 = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers'
const V2 = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers'
const CORE = '/api/v1/namespaces/default/events'
const NEWER = '/apis/events.k8s.io/v1/namespaces/default/events'

const SCALE_TARGET = { kind: 'Deployment', name: 'web' }
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io'

const specOf = (body: JsonObject): JsonObject => body['spec'] as JsonObject

let api: RawApi

beforeEach(() => {
  api = new RawApi()
})

describe('an autoscaler of autoscaling/v1', () => {
  const create = (): JsonObject =>
    api.send('POST', V1, {
      metadata: { name: 'web' },
      spec: { scaleTargetRef: SCALE_TARGET, maxReplicas: 5, targetCPUUtilizationPercentage: 40 },
    }).body

  test('is the same object in autoscaling/v2', () => {
    const created = create()
    expect(created).toMatchObject({ apiVersion: 'autoscaling/v1', spec: { minReplicas: 1 } })
    const seen = api.send('GET', `${V2}/web`).body
    expect(seen).toMatchObject({
      apiVersion: 'autoscaling/v2',
      metadata: { uid: (created['metadata'] as JsonObject)['uid'] },
      spec: {
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 40 } },
          },
        ],
      },
    })
  })

  test('is changed in its own words by every kind of patch and by PUT', () => {
    create()
    const patched = (type: string, body: object) =>
      specOf(
        api.send('PATCH', `${V1}/web?fieldManager=me`, body, { contentType: `application/${type}` })
          .body,
      )['targetCPUUtilizationPercentage']
    const spec = (value: number) => ({ spec: { targetCPUUtilizationPercentage: value } })
    expect(patched('merge-patch+json', spec(41))).toBe(41)
    expect(patched('strategic-merge-patch+json', spec(42))).toBe(42)
    const path = '/spec/targetCPUUtilizationPercentage'
    expect(patched('json-patch+json', [{ op: 'replace', path, value: 43 }])).toBe(43)
    const applied = {
      apiVersion: 'autoscaling/v1',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'applied' },
      spec: { scaleTargetRef: SCALE_TARGET, maxReplicas: 2, targetCPUUtilizationPercentage: 44 },
    }
    const apply = { contentType: 'application/apply-patch+yaml' }
    expect(
      api.send('PATCH', `${V1}/applied?fieldManager=me`, applied, apply).body['spec'],
    ).toMatchObject(spec(44).spec)
    const live = api.send('GET', `${V1}/web`).body
    const put = { ...live, spec: { ...specOf(live), targetCPUUtilizationPercentage: 45 } }
    expect(specOf(api.send('PUT', `${V1}/web`, put).body)).toMatchObject(spec(45).spec)
    expect(api.send('GET', `${V2}/web`).text).toContain('"averageUtilization":45')
  })

  test('that is written as it is keeps its revision', () => {
    create()
    const live = api.send('GET', `${V1}/web`).body
    expect(api.send('PUT', `${V1}/web`, live).body).toEqual(live)
  })

  test('owns the fields of the version that it was written in', () => {
    create()
    const { managedFields } = api.send('GET', `${V2}/web`).body['metadata'] as JsonObject
    const text = JSON.stringify(managedFields)
    expect(text).toContain('"apiVersion":"autoscaling/v1"')
    expect(text).toContain('f:targetCPUUtilizationPercentage')
  })

  test('is listed, watched, printed and deleted in either version', () => {
    create()
    for (const version of [V1, V2]) {
      const apiVersion = version === V1 ? 'autoscaling/v1' : 'autoscaling/v2'
      expect(api.send('GET', version).body).toMatchObject({
        apiVersion,
        kind: 'HorizontalPodAutoscalerList',
        items: [{ metadata: { name: 'web' } }],
      })
      expect(api.watch(`${version}?watch=1`)).toMatchObject([
        { type: 'ADDED', object: { apiVersion, metadata: { name: 'web' } } },
      ])
      const table = api.send('GET', `${version}?includeObject=Object`, '', { accept: TABLE }).body
      expect(table['rows']).toMatchObject([
        {
          cells: ['web', 'Deployment/web', 'cpu: <unknown>/40%', '1', 5, 0, '0s'],
          object: { apiVersion },
        },
      ])
    }
    expect(api.send('DELETE', `${V1}/web`).body).toMatchObject({
      details: { name: 'web', group: 'autoscaling', kind: 'horizontalpodautoscalers' },
    })
    expect(api.send('GET', `${V2}/web`).status).toBe(404)
  })
})

describe('an event', () => {
  const event = (name: string) => ({
    metadata: { name },
    regarding: { kind: 'Pod', namespace: 'default', name: 'web' },
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: 'example.com/me',
    reportingInstance: 'me-1',
    action: 'Look',
    reason: 'Looked',
    note: 'hello',
    type: 'Normal',
  })

  test('of the newer API is one of the older', () => {
    expect(api.send('POST', NEWER, event('a')).body).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      note: 'hello',
      regarding: { name: 'web' },
      deprecatedFirstTimestamp: null,
    })
    expect(api.send('GET', `${CORE}/a`).body).toMatchObject({
      apiVersion: 'v1',
      kind: 'Event',
      message: 'hello',
      involvedObject: { name: 'web' },
      reportingComponent: 'example.com/me',
      source: {},
      firstTimestamp: null,
    })
  })

  test('of the older API is one of the newer', () => {
    const involvedObject = { kind: 'Pod', namespace: 'default', name: 'web' }
    api.send('POST', CORE, { metadata: { name: 'b' }, involvedObject, message: 'hi', reason: 'R' })
    const { body } = api.send('GET', `${NEWER}/b`)
    expect(body).toMatchObject({ note: 'hi', regarding: involvedObject, eventTime: null })
    expect(Object.keys(body)).not.toContain('reportingController')
    expect(Object.keys(body)).not.toContain('message')
  })

  test('is selected by the words of its version', () => {
    api.send('POST', NEWER, event('a'))
    const names = (url: string) =>
      (api.send('GET', url).body['items'] as readonly { metadata: { name: string } }[]).map(
        ({ metadata }) => metadata.name,
      )
    expect(names(`${NEWER}?fieldSelector=regarding.name=web`)).toEqual(['a'])
    expect(names(`${CORE}?fieldSelector=involvedObject.name=web`)).toEqual(['a'])
    expect(names(`${NEWER}?fieldSelector=reportingController=other`)).toEqual([])
    expect(api.send('GET', `${NEWER}?fieldSelector=involvedObject.name=web`).body).toMatchObject({
      code: 400,
      message: 'field label not supported: involvedObject.name',
    })
  })

  test('is asked for more in the newer API', () => {
    const { eventTime: _eventTime, ...late } = event('a')
    expect(
      api.send('POST', NEWER, { ...late, type: 'Odd', deprecatedCount: 2 }).body,
    ).toMatchObject({
      message:
        'Event "a" is invalid: [eventTime: Required value, type: Invalid value: "": has invalid value: Odd, count: Invalid value: "": needs to be unset]',
    })
    expect(
      api.send('POST', CORE, { metadata: { name: 'old' }, type: 'Odd', count: 2 }).status,
    ).toBe(201)
  })

  test('may only be counted in the newer API', () => {
    const created = api.send('POST', NEWER, event('a')).body
    const series = { count: 2, lastObservedTime: '2026-01-01T00:00:01.000000Z' }
    expect(api.send('PUT', `${NEWER}/a`, { ...created, series }).body).toMatchObject({ series })
    expect(
      api.send(
        'PATCH',
        `${NEWER}/a`,
        { note: 'x' },
        { contentType: 'application/merge-patch+json' },
      ).body,
    ).toMatchObject({
      message: 'Event "a" is invalid: message: Invalid value: "x": field is immutable',
    })
  })

  test('that is not there is spoken of as the stored one', () => {
    expect(api.send('GET', `${NEWER}/x`).body['message']).toBe('events "x" not found')
  })

  test('written by a component is seen in both', () => {
    api.send('POST', '/api/v1/namespaces/default/pods', {
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    })
    const count = (url: string) => (api.send('GET', url).body['items'] as readonly object[]).length
    expect(count(CORE)).toBeGreaterThan(0)
    expect(count(NEWER)).toBe(count(CORE))
  })
})
