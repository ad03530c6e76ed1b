import { freeze, type KubeObject } from '#apimachinery/object.ts'
import { KeptTexts, keptText, Room } from '#kube-apiserver/endpoints/kept-texts.ts'
import { itemBody, objectJson, partialJson } from '#kube-apiserver/endpoints/serialize.ts'
import { describe, expect, test } from 'vitest'

const objectOf = (name: string, value = ''): KubeObject =>
  freeze({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name }, data: { value } })

const roomFor = (bytes: number): KeptTexts => new KeptTexts(new Room(bytes))

describe('texts that are kept', () => {
  test('are given to everybody who writes the object', () => {
    const texts = roomFor(1000)
    const object = objectOf('a')
    texts.keep(object, objectJson(object))
    const text = keptText(object)
    expect(objectJson(object)).toBe(text)
    expect(`{"kind":"ConfigMap","apiVersion":"v1",${itemBody(object)}`).toBe(text)
  })

  test.each([
    ['Latin-1', 'é', 1],
    ['beyond Latin-1', '漢', 2],
  ])('are counted in bytes: %s', (_name, text, bytes) => {
    const texts = roomFor(1000)
    texts.keep(objectOf('a'), text.repeat(10))
    expect(texts.bytes).toBe(10 * bytes)
  })

  test('take no room once they were dropped', () => {
    const texts = roomFor(10)
    const [first, second] = [objectOf('a'), objectOf('b')]
    texts.keep(first, '1234567890')
    texts.keep(first, '1234567890')
    texts.keep(second, '1')
    expect([texts.bytes, keptText(second)]).toEqual([10, undefined])
    texts.drop(second)
    texts.drop(first)
    texts.drop(first)
    expect([texts.bytes, keptText(first)]).toEqual([0, undefined])
    texts.keep(second, '1234567890')
    expect(keptText(second)).toBe('1234567890')
  })

  test('of a turn last until it ends, even if their object has a successor', () => {
    const texts = roomFor(10)
    const object = objectOf('a')
    texts.keepForTurn(object, '12345')
    texts.drop(object)
    expect(keptText(object)).toBe('12345')
    texts.endTurn()
    expect([texts.bytes, keptText(object)]).toEqual([0, undefined])
  })

  test('of a turn make room for those that stay', () => {
    const texts = roomFor(10)
    const [passing, lasting] = [objectOf('a'), objectOf('b')]
    texts.keepForTurn(passing, '12345')
    texts.keep(lasting, '1234567890')
    expect([keptText(passing), keptText(lasting)]).toEqual([undefined, '1234567890'])
    expect(texts.bytes).toBe(10)
  })

  test('share one room with those of other clusters', () => {
    const room = new Room(10)
    const [texts, others] = [new KeptTexts(room), new KeptTexts(room)]
    const [own, other] = [objectOf('a'), objectOf('b')]
    others.keep(other, '12345')
    texts.keep(own, '123456')
    expect(keptText(own)).toBeUndefined()
    others.drop(other)
    texts.keep(own, '123456')
    expect(keptText(own)).toBe('123456')
  })

  test('are let go of by nobody else than who keeps them', () => {
    const [texts, others] = [roomFor(10), roomFor(10)]
    const object = objectOf('a')
    texts.keep(object, '12345')
    others.keepForTurn(object, '12345')
    others.drop(object)
    others.endTurn()
    expect([texts.bytes, others.bytes, keptText(object)]).toEqual([5, 0, '12345'])
  })
})

describe('the metadata alone', () => {
  test.each([
    ['braces and quotes in names', { name: 'a', labels: { 'a"}{\\': '}"{' } }],
    ['what looks like the rest', { name: 'a', annotations: { a: '},"data":{' } }],
    ['what is nested', { name: 'a', managedFields: [{ fieldsV1: { 'f:data': { '.': {} } } }] }],
    ['what is escaped for HTML', { name: 'a', annotations: { a: '<&>\u2028' } }],
  ])('reads the same out of a text as from the object: %s', (_name, metadata) => {
    const object = freeze({ ...objectOf('a'), metadata })
    const made = partialJson(object)
    roomFor(10_000).keep(object, objectJson(object))
    expect(keptText(object)).toBeDefined()
    expect(partialJson(object)).toBe(made)
    expect(JSON.parse(made)).toMatchObject({ kind: 'PartialObjectMetadata', metadata })
  })
})
