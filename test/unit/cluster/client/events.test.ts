import { beforeEach, describe, expect, it } from 'vitest'
import type { Event } from '#api/core/v1/event/types.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { eventRecorder } from '#client/events.ts'
import { Random } from '#environment.ts'
import { FakeClient } from '../../../support/fake-client.ts'

const object: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default', uid: 'u' },
}

let client: FakeClient
let record: (
  message: string,
  more?: { readonly component?: string; readonly action?: string },
) => void

beforeEach(() => {
  client = new FakeClient()
  const recorder = eventRecorder(client, new Random(1))
  record = (message, more = {}) =>
    recorder.record({
      object,
      type: 'Warning',
      reason: 'Tried',
      message,
      component: 'tester',
      ...more,
    })
})

const events = (): readonly Event[] =>
  client.list('events').filter(({ involvedObject }) => involvedObject.uid === 'u')
const counts = (): readonly (number | undefined)[] => events().map(({ count }) => count)

describe('an Event', () => {
  it('is named after the nanosecond at which it was written', () => {
    const times = [0, 1, 4295, 1_790_000_000_123, 1_790_000_000_124].map((time, index) => {
      client.time = time
      record(`at ${index}`)
      return BigInt(time)
    })
    const named = events().map(({ metadata }) => BigInt(`0x${metadata.name!.split('.')[1]}`))
    expect(named.map((nanosecond) => nanosecond / 1_000_000n)).toEqual(times)
  })

  it('is counted if it is repeated', () => {
    record('again')
    client.time += 1000
    record('again')
    record('another')
    expect(counts().toSorted()).toEqual([1, 2])
  })

  it('is cut off after 25 at once, whatever it says', () => {
    for (let index = 0; index < 20; index++) record('again')
    for (let index = 0; index < 20; index++) record(`this is ${index}`)
    expect(counts().reduce<number>((sum, count) => sum + count!, 0)).toBe(25)
  })

  it('is let through again every five minutes', () => {
    for (let index = 0; index < 40; index++) record('again')
    expect(counts()).toEqual([25])
    client.time += 300_000
    record('again')
    record('again')
    expect(counts()).toEqual([26])
  })

  it('has a source of its own', () => {
    for (let index = 0; index < 40; index++) record('again')
    record('again', { component: 'another' })
    expect(counts()).toEqual([25, 1])
  })

  it('is a series in the newer API, which goes on', () => {
    for (let index = 0; index < 40; index++) record('again', { action: 'Trying' })
    expect(events().map(({ series }) => series?.count)).toEqual([40])
  })
})
