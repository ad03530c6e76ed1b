import { describe, expect, test } from 'vitest'
import type { JsonObject } from '#apimachinery/object.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import { customColumnsPrinter } from '#kubectl/output/custom-columns.ts'
import { printJson } from '#kubectl/output/format.ts'
import { goTemplatePrinter } from '#kubectl/output/go-template/print.ts'
import { jsonPathPrinter } from '#kubectl/output/jsonpath/print.ts'
import { printKyaml } from '#kubectl/output/kyaml.ts'

const nested = (depth: number): JsonObject => {
  let object: JsonObject = {}
  for (let level = 0; level < depth; level++) object = { a: object }
  return object
}

const object: JsonObject = {
  kind: 'Thing',
  list: Array.from({ length: 200 }, (_, index) => index),
  deep: nested(900),
}

const thrown = (run: () => unknown): Error => {
  try {
    run()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}

const opened = (count: number, open: string, close: string, middle = '1'): string =>
  open.repeat(count) + middle + close.repeat(count)

describe('a Go template', () => {
  test.each([
    ['loops for ever', '{{range 1000000000000}}{{end}}', 'Killed'],
    ['loops in loops', '{{range 100000}}{{range 100000}}x{{end}}{{end}}', 'Killed'],
    ['prints without end', '{{range 100000}}{{$}}{{end}}', 'Killed'],
    ['pads texts to millions', '{{range 100}}{{printf "%10000000d" 1}}{{end}}', 'Killed'],
    [
      'doubles a text',
      '{{$x := printf "%1000000d" 1}}{{range 60}}{{$x = printf "%s%s" $x $x}}{{end}}',
      'Killed',
    ],
    [
      'calls itself',
      '{{define "T"}}{{template "T"}}{{end}}{{template "T"}}',
      'maximum template depth',
    ],
    [
      'calls itself from deep inside',
      '{{define "T"}}{{with 1}}{{if 1}}{{range 1}}{{template "T"}}{{end}}{{end}}{{end}}{{end}}{{template "T"}}',
      'maximum template depth',
    ],
    ['nests parentheses', `{{${opened(20_000, '(', ')')}}}`, 'max expression depth exceeded'],
    ['nests branches', opened(20_000, '{{if 1}}', '{{end}}'), 'max expression depth exceeded'],
    ['chains branches', `{{if 0}}${'{{else if 0}}'.repeat(20_000)}{{end}}`, 'max expression depth'],
    ['nests blocks', '{{block "a" 1}}'.repeat(20_000), 'max expression depth exceeded'],
  ])('that %s is stopped', (_name, template, message) => {
    const error = thrown(() => goTemplatePrinter(template)(object))
    expect(error).toBeInstanceOf(KubectlFailure)
    expect(error.message).toContain(message)
  })

  test('knows no keys but the object has them', () => {
    const hostile = JSON.parse('{"__proto__":{"x":1},"constructor":null}') as JsonObject
    const print = goTemplatePrinter('{{.toString}} {{.constructor}} {{.__proto__}} {{len .}}')
    expect(print(hostile)).toBe('<no value> <no value> map[x:1] 2')
    expect(() => goTemplatePrinter('{{constructor}}')).toThrow('function "constructor" not defined')
  })

  test('of ten thousand lines is read in one go', () => {
    expect(goTemplatePrinter('{{.kind}}\n'.repeat(10_000))(object)).toBe('Thing\n'.repeat(10_000))
  })
})

describe('a JSONPath', () => {
  test.each([
    ['multiplies', '{..}'.repeat(50)],
    ['multiplies in unions', `{['deep','deep']${"['a','a']".repeat(40)}}`],
    ['loops in loops', '{range .nope}'.repeat(3000)],
  ])('that %s is stopped', (_name, template) => {
    expect(() => jsonPathPrinter(template)(object)).toThrow('Killed')
  })

  test('finds no more in an object than it has', () => {
    const hostile = JSON.parse('{"__proto__":{"x":1}}') as JsonObject
    expect(jsonPathPrinter('{.constructor}|{.__proto__}|{.toString}')(hostile)).toBe('|{"x":1}|')
    expect(customColumnsPrinter('A:.constructor,B:.__proto__.x')(hostile)).toBe(
      'A        B\n<none>   1\n',
    )
  })

  test.each([
    ['filters', `{.l[?(${'@[?('.repeat(20_000)}`],
    ['braces', '{'.repeat(100_000)],
    ['unions', `{[${"['a',".repeat(5000)}]}`],
  ])('of many %s is refused', (_name, template) => {
    expect(() => jsonPathPrinter(template)).toThrow('error parsing jsonpath')
  })
})

test('deep objects are printed whole', () => {
  expect(printJson(object)).toContain(`${'    '.repeat(900)}"a": {}`)
  expect(printKyaml(object)).toContain(`${'  '.repeat(900)}  a: {}`)
})
