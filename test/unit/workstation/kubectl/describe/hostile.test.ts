import { describe, expect, test } from 'vitest'
import type { KubeObject } from '#apimachinery/object.ts'
import { describeObject, type DescribeContext } from '#kubectl/describe/describe.ts'

const context: DescribeContext = {
  get: () => undefined,
  list: () => [],
  now: () => 0,
  showEvents: true,
}

const parsed = (json: string): KubeObject => JSON.parse(json) as KubeObject

describe('hostile objects', () => {
  test('commands to the terminal are shown, not obeyed', () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }
    const data = { a: '\u001b[2Jgone\r' }
    const text = describeObject(context, Object.assign(object, { data }))
    expect(text).toContain('^[[2Jgone\\r\n')
  })

  test('keys that JavaScript knows are keys like any other', () => {
    const map = '{"__proto__": "x", "constructor": "y"}'
    const text = describeObject(
      context,
      parsed(
        `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"labels": ${map}}, "data": ${map}}`,
      ),
    )
    expect(text).toContain('Labels:       __proto__=x\n              constructor=y\n')
    expect(text).toContain('__proto__:\n----\nx\n\nconstructor:\n----\ny\n')
  })

  test('a kind is described by its own name only', () => {
    const text = describeObject(
      context,
      parsed('{"apiVersion": "v1", "kind": "toString", "metadata": {}}'),
    )
    expect(text).toContain('Kind:         toString\n')
  })

  test('nine hundred objects in one another', () => {
    const deep = '{"a":'.repeat(900) + '1' + '}'.repeat(900)
    const text = describeObject(
      context,
      parsed(`{"apiVersion": "x/v1", "kind": "X", "metadata": {}, "a": ${deep}}`),
    )
    expect(text).toContain(`${'  '.repeat(900)}A:`)
  })

  test('indentation of more than memory holds ends kubectl', () => {
    const wide = `{${Array.from({ length: 20_000 }, (_, i) => `"k${i}": 1`).join()}}`
    const deep = '{"a":'.repeat(900) + wide + '}'.repeat(900)
    const object = parsed(`{"apiVersion": "x/v1", "kind": "X", "metadata": {}, "a": ${deep}}`)
    expect(() => describeObject(context, object)).toThrow('Killed')
  })
})
