import { describe, expect, test } from 'vitest'
import { errorText } from '#apimachinery/field-error.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'
import {
  validateLabelSelector,
  validateObjectMetaCreate,
  validateObjectMetaUpdate,
} from '#apimachinery/validation/metadata.ts'
import { nameIsDnsSubdomain } from '#apimachinery/validation/names.ts'

const create = (meta: ObjectMeta, namespaced = true): string[] =>
  validateObjectMetaCreate(meta, { namespaced, validateName: nameIsDnsSubdomain }).map(errorText)

describe('metadata on create', () => {
  test.each<[ObjectMeta, readonly string[]]>([
    [{ name: 'a', namespace: 'default' }, []],
    [{ namespace: 'default' }, ['metadata.name: Required value: name or generateName is required']],
    [{ name: 'a' }, ['metadata.namespace: Required value']],
    [
      { name: 'a', namespace: 'n', finalizers: ['orphan', 'foregroundDeletion'] },
      [
        'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
      ],
    ],
    [
      {
        name: 'a',
        namespace: 'n',
        ownerReferences: [{ apiVersion: '', kind: 'X', name: 'x', uid: '' }],
      },
      [
        'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
        'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
      ],
    ],
    [
      { name: 'a', namespace: 'n', annotations: { Big: 'x'.repeat(256 * 1024) } },
      ['metadata.annotations: Too long: may not be more than 262144 bytes'],
    ],
  ])('%j', (meta, expected) => {
    expect(create(meta)).toEqual(expected)
  })

  test('a cluster-scoped object has no namespace', () => {
    expect(create({ name: 'a', namespace: 'n' }, false)).toEqual([
      'metadata.namespace: Forbidden: not allowed on this type',
    ])
  })
})

test('metadata that may not change on update', () => {
  const old: ObjectMeta = { name: 'a', uid: '1', resourceVersion: '5', deletionTimestamp: 't' }
  const errors = validateObjectMetaUpdate(
    { name: 'b', uid: '1', finalizers: ['x.y/z'], deletionTimestamp: 't' },
    old,
  )
  expect(errors.map(errorText)).toEqual([
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"x.y/z"}',
    'metadata.resourceVersion: Invalid value: "": must be specified for an update',
    'metadata.name: Invalid value: "b": field is immutable',
  ])
})

test('label selectors in specs', () => {
  const selector = {
    matchExpressions: [
      { key: 'a', operator: 'In' },
      { key: 'b', operator: 'Exists', values: ['x'] },
      { key: '', operator: 'Like' },
    ],
  }
  expect(validateLabelSelector(selector, 'spec.selector').map(errorText).slice(0, 4)).toEqual([
    "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    "spec.selector.matchExpressions[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
    'spec.selector.matchExpressions[2].operator: Invalid value: "Like": not a valid selector operator',
    'spec.selector.matchExpressions[2].key: Invalid value: "": name part must be non-empty',
  ])
})
