import { negotiate, parseAccept } from '#kube-apiserver/endpoints/negotiate.ts'
import { describe, expect, test } from 'vitest'

const JSON_OBJECT = { as: 'object', yaml: false, contentType: 'application/json' }
const TABLE = { ...JSON_OBJECT, as: 'Table' }

describe('negotiate()', () => {
  test.each([
    ['', JSON_OBJECT],
    ['*/*', JSON_OBJECT],
    ['application/*', JSON_OBJECT],
    ['application/json', JSON_OBJECT],
    ['APPLICATION/JSON; charset=utf-8', JSON_OBJECT],
    ['application/yaml', { as: 'object', yaml: true, contentType: 'application/yaml' }],
    ['application/vnd.kubernetes.protobuf, application/json', JSON_OBJECT],
    [
      'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json',
      TABLE,
    ],
    [
      'application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
      { ...JSON_OBJECT, as: 'PartialObjectMetadataList' },
    ],
    // what it does not know it passes over
    ['application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json', JSON_OBJECT],
    ['application/json;as=constructor;v=v1;g=meta.k8s.io,application/json', JSON_OBJECT],
    ['text/html,application/xhtml+xml,*/*;q=0.8', JSON_OBJECT],
  ])('%s', (accept, expected) => {
    expect(negotiate(accept)).toEqual(expected)
  })

  test.each([
    'text/html',
    'application/vnd.kubernetes.protobuf',
    'application/json;as=Table;v=v2;g=meta.k8s.io',
    'application/json;as=Nothing;v=v1;g=meta.k8s.io',
  ])('has nothing for %s', (accept) => {
    expect(negotiate(accept)).toBeUndefined()
  })

  test('reads only so many types', () => {
    expect(parseAccept('a/b,'.repeat(100_000))).toHaveLength(32)
  })
})
