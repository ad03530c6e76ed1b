import { describe, expect, test } from 'vitest'
import { explainTextV2 } from '#kubectl/explain/plaintext-openapiv2.ts'
import { explainResource, explainText, kindOfResource } from '#kubectl/explain/plaintext.ts'
import { ExplainError } from '#kubectl/explain/schema-node.ts'
import { wordWrap } from '#kubectl/explain/word-wrap.ts'
// Documents as the API server serves them for a custom resource, and what kubectl 1.36 printed of them.
import recorded from '../../../../fixtures/kubectl-explain.json' with { type: 'json' }

const GVK = { group: 'example.com', version: 'v1', kind: 'Widget' }
const GVR = { group: 'example.com', version: 'v1', resource: 'widgets' }

const explained = (run: () => string) => {
  try {
    return { stdout: run(), message: '' }
  } catch (error) {
    if (!(error instanceof ExplainError)) throw error
    return { stdout: error.printed, message: error.message }
  }
}

describe('explain prints what kubectl printed', () => {
  test.each(recorded.cases)('$output widgets.$path recursive $recursive', (one) => {
    const path = one.path === '' ? [] : one.path.split('.')
    if (one.output === 'plaintext') {
      const { stdout, message } = explained(() =>
        explainText(recorded.document, GVK, path, one.recursive),
      )
      expect(stdout).toBe(one.stdout)
      expect(message).toBe(one.stderr.trimEnd())
    } else {
      const { stdout, message } = explained(() =>
        explainTextV2(recorded.documentV2, GVK, path, one.recursive),
      )
      expect(stdout).toBe(one.stdout)
      expect(message).toBe(one.stderr.replace(/^error: /, '').trimEnd())
    }
  })
})

test('the kind of a resource is found in the paths', () => {
  expect(kindOfResource(recorded.document, GVR)).toEqual(GVK)
  expect(kindOfResource(recorded.document, { ...GVR, resource: 'gadgets' })).toBeUndefined()
})

test('a resource that the document does not have is named', () => {
  const { stdout, message } = explained(() =>
    explainResource(recorded.document, { ...GVR, resource: 'gadgets' }, [], false),
  )
  expect(stdout).toBe('')
  expect(message).toBe('error: GVR (example.com/v1, Resource=gadgets) not found in OpenAPI schema')
})

test('a kind without a schema is an error after the head', () => {
  const { stdout, message } = explained(() => explainText({}, GVK, [], false))
  expect(stdout).toBe('GROUP:      example.com\nKIND:       Widget\nVERSION:    v1\n\n')
  expect(message).toBe(
    'error: GVK map[group:example.com kind:Widget version:v1] not found in OpenAPI schema',
  )
})

test('names of the language are no fields', () => {
  for (const name of ['__proto__', 'constructor', 'toString'])
    expect(explained(() => explainText(recorded.document, GVK, [name], false)).message).toBe(
      `error: field "${name}" does not exist`,
    )
})

test.each([
  ['a word that is too long stays whole', 'abcdefgh ij', 5, 'abcdefgh\nij'],
  ['spaces at a break are left out', 'ab   cd', 4, 'ab\ncd'],
  ['lines are kept', 'ab\ncd ef', 5, 'ab\ncd ef'],
  ['without a limit nothing changes', 'ab cd', 0, 'ab cd'],
])('wrapping: %s', (_name, text, limit, expected) => {
  expect(wordWrap(text, limit)).toBe(expected)
})
