// kubernetes: test/e2e/instrumentation/events.go
import { beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '#apimachinery/object.ts'
import { Framework } from '../../../../support/conformance.ts'

const f = new Framework()
const EVERYWHERE = { namespace: '' }

const newEvent = (name: string, label: string): void => {
  f.ask('POST', pathOf(''), {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name, labels: { [label]: 'true' } },
    regarding: { namespace: f.namespace },
    eventTime: '2017-09-19T13:49:16.000000Z',
    note: `This is ${name}`,
    action: 'Do',
    reason: 'Test',
    type: 'Normal',
    reportingController: 'test-controller',
    reportingInstance: 'test-node',
  })
}

const pathOf = (name: string, query = '', namespace = f.namespace): string =>
  `/apis/events.k8s.io/v1${namespace === '' ? '' : `/namespaces/${namespace}`}/events${name === '' ? '' : `/${name}`}${query === '' ? '' : `?${query}`}`

const names = (path: string): readonly (string | undefined)[] =>
  (f.ask('GET', path) as { readonly items: readonly KubeObject[] }).items.map(
    ({ metadata }) => metadata.name,
  )

/** Without what the control plane sets. */
const bare = (object: unknown): object => {
  const { metadata, ...rest } = object as KubeObject
  const { resourceVersion: _, managedFields: _fields, ...kept } = metadata
  return { ...rest, metadata: kept }
}

describe('[sig-instrumentation] Events API', () => {
  beforeEach(() => f.begin('events'))

  it('should ensure that an event can be fetched, patched, deleted, and listed [Conformance]', () => {
    const name = 'event-test'
    const constant = 'labelSelector=testevent-constant%3Dtrue'
    newEvent(name, 'testevent-constant')
    expect(names(pathOf('', constant, ''))).toEqual([name])
    expect(names(pathOf('', constant))).toEqual([name])
    const bySource = { query: 'fieldSelector=source%3Dtest-controller' }
    expect(f.list('events', bySource).items.map(({ metadata }) => metadata.name)).toEqual([name])
    expect(names(pathOf('', 'fieldSelector=reportingController%3Dtest-controller'))).toEqual([name])
    const before = bare(f.ask('GET', pathOf(name)))
    const first = { count: 2, lastObservedTime: '2017-09-19T13:49:11.000000Z' }
    f.ask('PATCH', pathOf(name), { series: first }, 'application/strategic-merge-patch+json')
    const patched = bare(f.ask('GET', pathOf(name)))
    expect(patched).toEqual({ ...before, series: first })
    const series = { count: 100, lastObservedTime: '2017-09-19T13:49:16.000000Z' }
    const { metadata } = f.ask('GET', pathOf(name)) as KubeObject
    f.ask('PUT', pathOf(name), { ...patched, metadata, series })
    expect(bare(f.ask('GET', pathOf(name)))).toEqual({ ...patched, series })
    f.ask('DELETE', pathOf(name))
    expect(names(pathOf('', constant, ''))).toEqual([])
    expect(f.items('events', 'testevent-constant=true', EVERYWHERE)).toEqual([])
  })

  it('should delete a collection of events [Conformance]', () => {
    const all = ['test-event-1', 'test-event-2', 'test-event-3']
    const set = 'labelSelector=testevent-set%3Dtrue'
    for (const name of all) newEvent(name, 'testevent-set')
    expect(names(pathOf('', set))).toEqual(all)
    f.ask('DELETE', pathOf('', set))
    expect(names(pathOf('', set))).toEqual([])
  })
})
