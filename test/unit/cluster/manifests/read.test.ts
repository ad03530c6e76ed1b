import { ManifestError, readManifests } from '#manifests/read.ts'
import { describe, expect, test } from 'vitest'

const summary = (text: string) =>
  readManifests(text).map(
    ({ object, document, line }) => `${String(object['kind'])} ${document}:${line}`,
  )

const problem = (text: string): ManifestError => {
  try {
    readManifests(text)
  } catch (error) {
    if (error instanceof ManifestError) return error
    throw error
  }
  throw new Error('was read')
}

describe('readManifests()', () => {
  test('reads several documents and tells where each begins', () => {
    expect(summary('kind: A\n---\nkind: B\n---\n# nothing\n---\nkind: C\n')).toEqual([
      'A 1:1',
      'B 2:3',
      'C 4:7',
    ])
  })

  test('reads JSON as well', () => {
    expect(summary('\n {"kind": "A", "metadata": {"name": "x"}}')).toEqual(['A 1:1'])
  })

  test('takes Lists apart, typed ones too, however deep', () => {
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        { apiVersion: 'v1', kind: 'A' },
        { apiVersion: 'v1', kind: 'ServiceList', items: [{ metadata: { name: 'web' } }, 1, null] },
      ],
    }
    expect(readManifests(JSON.stringify(list)).map(({ object }) => object)).toEqual([
      { apiVersion: 'v1', kind: 'A' },
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } },
    ])
  })

  test('has nothing to read in nothing', () => {
    for (const text of ['', '\n', '---\n---\n', '# a comment\n', 'null'])
      expect(readManifests(text)).toEqual([])
  })

  test.each([
    ['kind: A\n---\njust text\n', 2, 3],
    ['- a\n- b\n', 1, 1],
    ['[1]', 1, 1],
    ['{"a": }', 1, 1],
    ['kind: A\n---\nkind: B\n---\na: [\n', 3, 5],
  ])('says where it met something else: %j', (text, document, line) => {
    const { document: at, line: on } = problem(text)
    expect([at, on >= line]).toEqual([document, true])
  })

  test('takes only so many objects', () => {
    expect(readManifests('---\nkind: A\n'.repeat(100))).toHaveLength(100)
    const many = { kind: 'List', apiVersion: 'v1', items: Array.from({ length: 5001 }, () => ({})) }
    expect(problem(JSON.stringify(many)).message).toContain('more than 5000 objects')
  })

  test('a List in a List in a List … is no way to fill the memory', () => {
    const nested = `${'{"kind":"List","items":['.repeat(400)}{"kind":"A"}${']}'.repeat(400)}`
    expect(summary(nested)).toEqual(['A 1:1'])
  })
})
