// kubernetes: kubectl pkg/cmd/get/customcolumn.go, customcolumn_flags.go
import type { JsonObject } from '#apimachinery/object.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import { sprint } from '#kubectl/output/go/format.ts'
import { findResults } from '#kubectl/output/jsonpath/evaluate.ts'
import {
  JsonPathError,
  parseJsonPath,
  type JsonPathTemplate,
} from '#kubectl/output/jsonpath/parse.ts'
import { relaxedJsonPath } from '#kubectl/output/jsonpath/relaxed.ts'
import type { ObjectPrinter } from '#kubectl/output/format.ts'
import { isListObject, itemsOf } from '#kubectl/output/objects.ts'
import { OutputFailure } from '#kubectl/output/output-failure.ts'
import { escapeTerminal } from '#kubectl/output/prefix-writer.ts'
import { TABLE, TabWriter } from '#kubectl/output/tabwriter.ts'

interface Column {
  readonly header: string
  /** `{.metadata.name}` */
  readonly path: string
}

export interface CustomColumnsOptions {
  readonly noHeaders?: boolean
}

/** `-o custom-columns=NAME:.metadata.name,…` */
export const customColumnsPrinter = (
  spec: string,
  { noHeaders = false }: CustomColumnsOptions = {},
): ObjectPrinter => {
  if (spec === '') throw noColumns()
  const columns = spec.split(',').map((part) => {
    const colon = part.indexOf(':')
    if (colon < 0)
      throw new KubectlFailure(
        `unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`,
      )
    return { header: part.slice(0, colon), path: relaxedJsonPath(part.slice(colon + 1)) }
  })
  return printerOf(columns, noHeaders)
}

const noColumns = (): KubectlFailure =>
  new KubectlFailure('custom-columns format specified but no custom columns given')

const SHAPE =
  'Expected format is one line of space separated headers, one line of space separated column specs.'

const words = (line: string): readonly string[] =>
  line.split(/[\s\u0085]+/u).filter((word) => word !== '')

/** `-o custom-columns-file=`: a line of headers and a line of paths. They are always printed. */
export const customColumnsFilePrinter = (content: string): ObjectPrinter => {
  const lines = content.split('\n').map((line) => line.replace(/\r$/, ''))
  if (lines.at(-1) === '') lines.pop()
  const [first, second] = lines
  if (first === undefined)
    throw new KubectlFailure(`invalid template, missing header line. ${SHAPE}`)
  if (second === undefined)
    throw new KubectlFailure(`invalid template, missing spec line. ${SHAPE}`)
  const [headers, paths] = [words(first), words(second)]
  if (headers.length !== paths.length)
    throw new KubectlFailure(
      `number of headers (${headers.length}) and field specifications (${paths.length}) don't match`,
    )
  const columns = headers.map((header, index) => ({
    header,
    path: relaxedJsonPath(paths[index]!),
  }))
  return printerOf(columns, false)
}

/** Prints objects, and lists of them, one after the other; columns never get narrower. */
const printerOf = (columns: readonly Column[], noHeaders: boolean): ObjectPrinter => {
  // Headers are printed again when what is printed changes from lists to objects, as it does in a watch.
  let printedLast: 'list' | 'object' | undefined
  const writer = new TabWriter(TABLE)
  return (object) => {
    const kind = isListObject(object) ? 'list' : 'object'
    if (!noHeaders && printedLast !== kind) {
      writer.write(`${columns.map(({ header }) => header).join('\t')}\n`)
      printedLast = kind
    }
    try {
      const paths = columns.map(({ path }) => parseJsonPath(path))
      for (const item of kind === 'list' ? itemsOf(object) : [object])
        writer.write(`${paths.map((path) => cellOf(item, path)).join('\t')}\n`)
    } catch (error) {
      if (!(error instanceof JsonPathError)) throw error
      throw new OutputFailure(error.message, writer.flush())
    }
    return writer.flush()
  }
}

const cellOf = (object: JsonObject, path: JsonPathTemplate): string => {
  const results = findResults(path, object, { allowMissingKeys: true })
  const values = results.flatMap((list) => list.map((value) => escapeTerminal(sprint(value))))
  if ((results[0]?.length ?? 0) === 0) values.unshift('<none>')
  return values.join(',')
}
