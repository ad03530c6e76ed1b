import { describe, expect, test } from 'vitest'
import { schemaOf } from '#api/schemas.ts'
import { withRepeatedFields } from '#apimachinery/schema/repeated-fields.ts'

const pod = schemaOf('io.k8s.api.core.v1.Pod')!
const read = (text: string): unknown => withRepeatedFields(text, pod)

describe('a field that stands twice', () => {
  test.each([
    ['is the last of its values', '{"kind":"a","kind":"b"}', { kind: 'b' }],
    [
      'is both its objects in one',
      '{"metadata":{"name":"a","labels":{"a":"1","b":"1"}},"metadata":{"namespace":"n","labels":{"b":"2"}}}',
      { metadata: { name: 'a', namespace: 'n', labels: { a: '1', b: '2' } } },
    ],
    [
      'is a list whose elements hold what stood at their place',
      '{"spec":{"containers":[{"name":"a","image":"i"},{"name":"b"}],"containers":[{"name":"c"}]}}',
      { spec: { containers: [{ name: 'c', image: 'i' }] } },
    ],
    [
      'may take a list or a map away, but no object and no text',
      '{"spec":{"hostname":"h","volumes":[]},"metadata":{"labels":{}},"spec":{"hostname":null,"volumes":null},"metadata":{"labels":null},"metadata":null}',
      { spec: { hostname: 'h', volumes: null }, metadata: { labels: null } },
    ],
    ['may be of another type', '{"spec":[1],"spec":{"hostname":"h"}}', { spec: { hostname: 'h' } }],
    [
      'is replaced where the kind has no such field',
      '{"odd":{"a":1},"odd":{"b":[2,{}]}}',
      { odd: { b: [2, {}] } },
    ],
    [
      'may have a name with a meaning',
      ' { "metadata" : { "labels" : { "__proto__" : "a" , "__proto__" : "b\\"}" } } } ',
      { metadata: { labels: Object.fromEntries([['__proto__', 'b"}']]) } },
    ],
  ])('%s', (_what, text, expected) => {
    expect(read(text)).toEqual(expected)
  })

  test('changes nothing where nothing stands twice', () => {
    const text =
      '{"a":[],"b":{},"metadata":{"name":"x\\u00e9\\n"},"spec":{"containers":[{"name":"c","ports":[{"containerPort":80}]}],"n":-1.5e3,"t":true,"f":null}}'
    expect(read(text)).toEqual(JSON.parse(text))
  })
})
