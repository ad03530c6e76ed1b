// The texts are those of the real kubectl v1.36.3.
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '#apimachinery/object.ts'
import { customColumnsPrinter } from '#kubectl/output/custom-columns.ts'
import { goTemplatePrinter } from '#kubectl/output/go-template/print.ts'
import { jsonPathPrinter } from '#kubectl/output/jsonpath/print.ts'
import { printNames } from '#kubectl/output/objects.ts'
import { OutputFailure } from '#kubectl/output/output-failure.ts'
import { sortRows } from '#kubectl/output/sorter.ts'

const object: JsonObject = {
  kind: 'Thing',
  metadata: { name: 'a' },
  spec: { n: 3, f: 1.5, nul: null, list: [1, 'x', true], empty: {} },
}

const thrown = (run: () => unknown): Error => {
  try {
    run()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}

describe('a template that fails', () => {
  test('as JSONPath shows the object as Go writes it in source code', () => {
    expect(thrown(() => jsonPathPrinter('{.spec.n[0]}')(object)).message).toBe(
      'error executing jsonpath "{.spec.n[0]}": Error executing template: int64 is not array or slice. Printing more information for debugging the template:\n' +
        '\ttemplate was:\n\t\t{.spec.n[0]}\n' +
        '\tobject given to jsonpath engine was:\n' +
        '\t\tmap[string]interface {}{"kind":"Thing", "metadata":map[string]interface {}{"name":"a"}, "spec":map[string]interface {}{"empty":map[string]interface {}{}, "f":1.5, "list":[]interface {}{1, "x", true}, "n":3, "nul":interface {}(nil)}}\n\n\n',
    )
  })

  test('as Go template explains itself on standard output, behind what it had printed', () => {
    const error = thrown(() => goTemplatePrinter('{{.kind}} {{.spec.n.x}}')(object))
    const message =
      'template: output:1:17: executing "output" at <.spec.n.x>: can\'t evaluate field x in type interface {}'
    expect(error.message).toBe(`error executing template "{{.kind}} {{.spec.n.x}}": ${message}`)
    expect(error).toBeInstanceOf(OutputFailure)
    expect((error as OutputFailure).output).toBe(
      `Thing Error executing template: ${message}. Printing more information for debugging the template:\n` +
        '\ttemplate was:\n\t\t{{.kind}} {{.spec.n.x}}\n' +
        '\traw data was:\n\t\t{"kind":"Thing","metadata":{"name":"a"},"spec":{"empty":{},"f":1.5,"list":[1,"x",true],"n":3,"nul":null}}\n' +
        '\tobject given to template engine was:\n\t\tmap[kind:Thing metadata:map[name:a] spec:map[empty:map[] f:1.5 list:[1 x true] n:3 nul:<nil>]]\n\n',
    )
  })
})

describe('custom columns', () => {
  test('have their headers again when a watch goes on from a list to objects', () => {
    const print = customColumnsPrinter('NAME:.metadata.name')
    const list = { kind: 'List', items: [{ metadata: { name: 'a-long-name' } }, object] }
    expect(print(list) + print(object) + print(object)).toBe('NAME\na-long-name\na\nNAME\na\na\n')
  })

  test('have none if nobody wants them', () => {
    const print = customColumnsPrinter('NAME:.metadata.name,K:.kind', { noHeaders: true })
    expect(print(object)).toBe('a     Thing\n')
  })
})

describe('names', () => {
  test.each([
    ['of the core group', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }, 'pod/a\n'],
    [
      'of another group',
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } },
      'deployment.apps/a\n',
    ],
    ['of what has none', { apiVersion: 'v1', kind: 'Pod' }, 'pod/<unknown>\n'],
    [
      'of a list',
      { kind: 'List', items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }] },
      'pod/a\n',
    ],
  ])('%s', (_name, one, expected) => {
    expect(printNames(one as JsonObject)).toBe(expected)
  })
})

describe('rows', () => {
  test('without a place to sort by are refused, a single one is not', () => {
    expect(sortRows([{ object }], '.nope')).toEqual([{ object }])
    expect(() => sortRows([{ object }, { object }], '.nope')).toThrow(
      'couldn\'t find any field with path "{.nope}" in the list of objects',
    )
  })

  test('without an order stay as they are', () => {
    const rows = [{ object }, {}]
    expect(sortRows(rows, '')).toBe(rows)
  })
})
