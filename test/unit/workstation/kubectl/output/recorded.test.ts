// What the real kubectl printed is in test/fixtures/kubectl-output.json; test/kubectl/record-output.mjs records it.
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '#apimachinery/object.ts'
import { failureText } from '#kubectl/failure.ts'
import { customColumnsFilePrinter, customColumnsPrinter } from '#kubectl/output/custom-columns.ts'
import { type ObjectPrinter, printJson } from '#kubectl/output/format.ts'
import { goTemplatePrinter } from '#kubectl/output/go-template/print.ts'
import { jsonPathPrinter } from '#kubectl/output/jsonpath/print.ts'
import { printKyaml } from '#kubectl/output/kyaml.ts'
import { OutputFailure } from '#kubectl/output/output-failure.ts'
import { sortObjects, sortRows, UnsortableFailure } from '#kubectl/output/sorter.ts'
import recorded from '../../../../fixtures/kubectl-output.json'

const { thing, things, texts } = recorded

const labelled: JsonObject = {
  ...thing,
  metadata: { ...thing.metadata, labels: { ...thing.metadata.labels, recorded: 'yes' } },
}

const listOf = (items: readonly JsonObject[]): JsonObject => ({
  apiVersion: 'v1',
  items,
  kind: 'List',
  metadata: { resourceVersion: '' },
})

interface Said {
  readonly stdout: string
  readonly stderr: string
}

const said = (makePrinter: () => ObjectPrinter, object: JsonObject): Said => {
  try {
    return { stdout: makePrinter()(object), stderr: '' }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const stdout = error instanceof OutputFailure ? error.output : ''
    return { stdout, stderr: failureText(error) }
  }
}

/** The recordings leave out what stands behind these words. */
const shortened = ({ stdout, stderr }: Said): Said => ({
  stdout: stdout.replace(/(Printing more information)[^]*/, '$1'),
  stderr: stderr.replace(/(Printing more information)[^]*/, '$1'),
})

const withStrictness = (
  template: string,
): { readonly source: string; readonly options: { readonly allowMissingKeys: boolean } } => {
  const isStrict = template.startsWith('!')
  return {
    source: isStrict ? template.slice(1) : template,
    options: { allowMissingKeys: !isStrict },
  }
}

describe('a Go template prints what the real kubectl printed', () => {
  test.each(recorded.goTemplate)('$template', ({ template, stdout, stderr }) => {
    const { source, options } = withStrictness(template)
    const ours = said(() => goTemplatePrinter(source, options), labelled)
    expect(shortened(ours)).toEqual({ stdout, stderr })
  })
})

describe('a JSONPath prints what the real kubectl printed', () => {
  test.each(recorded.jsonPath)('$template', ({ template, stdout, stderr }) => {
    const { source, options } = withStrictness(template)
    const ours = said(() => jsonPathPrinter(source, options), labelled)
    expect(shortened(ours)).toEqual({ stdout, stderr })
  })

  test.each(recorded.jsonPathAsJson)('$template as JSON', ({ template, stdout, stderr }) => {
    const ours = said(() => jsonPathPrinter(template, { asJson: true }), labelled)
    expect(shortened(ours)).toEqual({ stdout, stderr })
  })
})

describe('custom columns are those of the real kubectl', () => {
  test.each(recorded.columns)('$spec', ({ spec, stdout, stderr }) => {
    expect(said(() => customColumnsPrinter(spec), listOf(things))).toEqual({ stdout, stderr })
  })

  test.each(recorded.columnFiles)('in a file: $content', ({ content, stdout, stderr }) => {
    expect(said(() => customColumnsFilePrinter(content), listOf(things))).toEqual({
      stdout,
      stderr,
    })
  })
})

/** A failure of the log begins with the time and the process, which the recordings leave out. */
const sortingSays = (sortBy: string): string => {
  try {
    sortObjects(things, sortBy)
    return ''
  } catch (error) {
    if (error instanceof UnsortableFailure) return `F … ${error.source}] ${error.message}\n`
    return failureText(error as Error)
  }
}

describe('objects are sorted as the real kubectl sorts them', () => {
  test.each(recorded.sorting)('$name', ({ values, order }) => {
    const objects = values.map((value, at) => ({
      metadata: { name: `n${at}` },
      ...(value === '(missing)' ? {} : { spec: { value } }),
    }))
    const names = order.map((position) => `n${position}`)
    const nameOf = (object: JsonObject | undefined): unknown =>
      (object?.['metadata'] as JsonObject | undefined)?.['name']
    expect(sortObjects(objects, '.spec.value').map(nameOf)).toEqual(names)
    const rows = objects.map((object) => ({ object }))
    expect(sortRows(rows, '{.spec.value}').map(({ object }) => nameOf(object))).toEqual(names)
  })

  test.each(recorded.sortErrors)('or refused: $sortBy', ({ sortBy, stderr }) => {
    expect(sortingSays(sortBy)).toBe(stderr)
  })
})

describe('objects as text', () => {
  test('are JSON as the real kubectl writes it', () => {
    expect(printJson(listOf(texts))).toBe(recorded.json)
  })

  test('are KYAML as the real kubectl writes it', () => {
    expect(printKyaml(listOf(texts))).toBe(recorded.kyaml)
  })
})
