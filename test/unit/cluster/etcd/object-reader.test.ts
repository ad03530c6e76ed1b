import { objectReader } from '#etcd/object-reader.ts'
import { describe, expect, test } from 'vitest'

const pod = (name: string, more: object = {}): string =>
  JSON.stringify({
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name, labels: { app: 'web' }, managedFields: [{ time: name }, { time: '' }] },
    spec: { containers: [{ name: 'web' }, { name: 'proxy', ...more }] },
  })

interface Read {
  readonly metadata: { readonly labels: object; readonly managedFields: readonly object[] }
  readonly spec: { readonly containers: readonly object[] }
}

describe('objects that are read one after the other', () => {
  test('share what is the same in both', () => {
    const read = objectReader()
    const [a, b] = [pod('a'), pod('b')].map((text) => read('pods', text) as unknown as Read)
    expect(b!.spec).toBe(a!.spec)
    expect(b!.metadata.labels).toBe(a!.metadata.labels)
    expect(b!.metadata.managedFields[0]).not.toBe(a!.metadata.managedFields[0])
    expect(b!.metadata.managedFields[1]).toBe(a!.metadata.managedFields[1])
  })

  test('share nothing with another resource', () => {
    const read = objectReader()
    const a = read('pods', pod('a')) as unknown as Read
    const b = read('podtemplates', pod('a')) as unknown as Read
    expect(b.metadata.labels).not.toBe(a.metadata.labels)
  })

  test.each([
    ['a field more', pod('a', { image: 'x' })],
    ['a field of another value', pod('a', { image: null })],
    ['a list in place of a map', pod('a').replace('{"app":"web"}', '["web"]')],
    [
      'a map in place of a list',
      pod('a').replace(/"containers":\[(.*?),(.*?)\]/, '"containers":{"0":$1,"1":$2}'),
    ],
    ['a longer list', pod('a').replace('[{"time"', '[{},{"time"')],
    [
      'another order',
      pod('a').replace('"name":"a","labels":{"app":"web"}', '"labels":{"app":"web"},"name":"a"'),
    ],
    ['a number in place of a map', pod('a').replace('{"app":"web"}', '1')],
    ['the name of a prototype', pod('a').replace('"app":"web"', '"__proto__":{"app":"web"}')],
  ])('are what their text says, to the letter, before and after one with %s', (_what, text) => {
    const read = objectReader()
    const texts = [pod('a'), text, pod('a'), text, text]
    const objects = texts.map((each) => read('pods', each))
    // none was changed by those that came later
    expect(objects.map((object) => JSON.stringify(object))).toEqual(texts)
  })
})
