import { compareKeys } from '#apimachinery/yaml/key-order.ts'
import { ScalarPrinter } from '#apimachinery/yaml/print-scalar.ts'
import { analyze } from '#apimachinery/yaml/text-analysis.ts'
import { utf8Length } from '#apimachinery/utf8.ts'

// The layout restates go-yaml v2's emitter (Apache-2.0, with parts of libyaml under MIT): block style,
// lists not indented in maps, keys sorted.

/** Longer keys are written with `? `. */
const SIMPLE_KEY_BYTES = 128

/** A JSON value as `kubectl -o yaml` prints it, byte for byte. */
export const printYaml = (value: unknown): string => {
  const printer = new ScalarPrinter()
  if (isCollection(value)) printNode(printer, value, 0, false)
  else printer.scalar(value, 0, false)
  return printer.finish()
}

type Collection = readonly unknown[] | Readonly<Record<string, unknown>>

const isCollection = (value: unknown): value is Collection =>
  typeof value === 'object' && value !== null

/** Keys with something behind them; undefined is absence. */
const keysOf = (value: Collection): string[] =>
  Object.keys(value).filter(
    (key) => (value as Readonly<Record<string, unknown>>)[key] !== undefined,
  )

const isEmpty = (value: Collection): boolean =>
  Array.isArray(value) ? value.length === 0 : keysOf(value).length === 0

/** `column` is where the entries stand; `breaks` says whether the first needs a line of its own. */
const printNode = (
  printer: ScalarPrinter,
  value: Collection,
  column: number,
  breaks: boolean,
): void => {
  if (isEmpty(value)) {
    printer.write(Array.isArray(value) ? '[]' : '{}')
    return
  }
  if (!Array.isArray(value))
    return printMap(printer, value as Readonly<Record<string, unknown>>, column, breaks)
  for (const [index, item] of value.entries()) {
    if (index > 0 || breaks) printer.newLine(column)
    printer.write('- ')
    printInline(printer, item, column + 2)
  }
}

const printMap = (
  printer: ScalarPrinter,
  map: Readonly<Record<string, unknown>>,
  column: number,
  breaks: boolean,
): void => {
  for (const [index, key] of keysOf(map).sort(compareKeys).entries()) {
    if (index > 0 || breaks) printer.newLine(column)
    const value = map[key]
    if (!isSimpleKey(key)) {
      printer.write('? ')
      printer.scalar(key, column + 2, false)
      printer.newLine(column)
      printer.write(': ')
      printInline(printer, value, column + 2)
      continue
    }
    printer.scalar(key, column, true)
    printer.write(':')
    if (isCollection(value) && !isEmpty(value))
      printNode(printer, value, Array.isArray(value) ? column : column + 2, true)
    else {
      printer.write(' ')
      printInline(printer, value, column + 2)
    }
  }
}

const printInline = (printer: ScalarPrinter, value: unknown, column: number): void => {
  if (isCollection(value)) printNode(printer, value, column, false)
  else printer.scalar(value, column, false)
}

const SHORT_WORD = /^[A-Za-z0-9_./-]{1,128}$/

const isSimpleKey = (key: string): boolean =>
  SHORT_WORD.test(key) || (utf8Length(key) <= SIMPLE_KEY_BYTES && !analyze(key).multiline)
