import { describe, expect, test } from 'vitest'
import { readCreateBody } from '../../../worker/create-body.ts'

const YAML = 'apiVersion: v1\nkind: List\nitems: []\n'

const read = (text: string, contentType = 'application/json', query = '') =>
  readCreateBody(contentType, new URLSearchParams(query), text)

describe('readCreateBody()', () => {
  test.each([
    ['', 'application/json', '', {}],
    ['{"nodes": 5}', 'application/json', '', { nodes: 5 }],
    ['{"manifests": "kind: A"}', '', '', { manifests: 'kind: A' }],
    [YAML, 'application/yaml', '', { manifests: YAML }],
    [YAML, 'text/x-yaml; charset=utf-8', '', { manifests: YAML }],
    ['', 'application/yaml', '', { manifests: '' }],
    [
      YAML,
      'application/yaml',
      'title=7&template=bare&nodes=1',
      { title: '7', template: 'bare', nodes: 1, manifests: YAML },
    ],
    [
      '{"apiVersion": "v1", "kind": "List"}',
      'application/x-www-form-urlencoded',
      'nodes=2',
      { nodes: 2, manifests: '{"apiVersion": "v1", "kind": "List"}' },
    ],
    ['{"nodes": 5}', '', 'nodes=7', { nodes: 5 }],
  ])('%j as %j with ?%s', (text, contentType, query, body) => {
    expect(read(text, contentType, query)).toEqual({ body })
  })

  test.each([
    [YAML, '', '', 'application/yaml'],
    ['[]', '', '', 'The fields are title'],
    ['{"nods": 1}', '', '', 'nods'],
    [YAML, 'application/yaml', 'nodes=many', 'nodes'],
    [YAML, 'application/yaml', 'manifests=a', 'manifests'],
    [YAML, 'application/yaml', '__proto__=a', 'The fields are'],
    ['{"kind": "List"}', '', '', 'kind'],
  ])('%j as %j with ?%s is refused with words', (text, contentType, query, word) => {
    const outcome = read(text, contentType, query)
    expect('problem' in outcome && outcome.problem).toContain(word)
  })
})
