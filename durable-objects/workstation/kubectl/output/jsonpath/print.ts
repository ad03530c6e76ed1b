// kubernetes: client-go util/jsonpath/jsonpath.go PrintResults, cli-runtime pkg/printers/jsonpath.go
import type { JsonObject } from '#apimachinery/object.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { ObjectPrinter } from '#kubectl/output/format.ts'
import { goSyntax, sprint } from '#kubectl/output/go/format.ts'
import { marshalJson, toJsonValue } from '#kubectl/output/go/json.ts'
import { quoteText } from '#kubectl/output/go/quote.ts'
import { isList, isMap, type GoValue } from '#kubectl/output/go/value.ts'
import { killed } from '#kubectl/output/limits.ts'
import { findResults, type Results } from '#kubectl/output/jsonpath/evaluate.ts'
import {
  JsonPathError,
  parseJsonPath,
  type JsonPathTemplate,
} from '#kubectl/output/jsonpath/parse.ts'

const resultText = (value: GoValue): string => {
  if (value === null) return 'null'
  return isList(value) || isMap(value) ? marshalJson(toJsonValue(value)) : sprint(value)
}

const textOf = (results: Results): string => results.map(resultText).join(' ')

const jsonOf = (results: Results): string => `${marshalJson(results.map(toJsonValue), '    ')}\n`

export interface JsonPathPrinterOptions {
  /** `-o jsonpath-as-json` */
  readonly asJson?: boolean
  /** `--allow-missing-template-keys`, true unless it is said otherwise. */
  readonly allowMissingKeys?: boolean
}

/** Throws what kubectl says of a template that it cannot read. */
export const jsonPathPrinter = (
  source: string,
  { asJson = false, allowMissingKeys = true }: JsonPathPrinterOptions = {},
): ObjectPrinter => {
  const template = parsed(source)
  return (object) => {
    try {
      const results = findResults(template, object, { allowMissingKeys })
      return bounded(results, asJson ? jsonOf : textOf)
    } catch (error) {
      if (!(error instanceof JsonPathError)) throw error
      throw new KubectlFailure(executionMessage(source, error.message, object))
    }
  }
}

/** differs: upstream prints on. The product of a few `..` is soon larger than any memory. */
const MAX_OUTPUT = 8 * 1024 * 1024

const bounded = (all: readonly Results[], print: (results: Results) => string): string => {
  let output = ''
  for (const results of all) {
    output += print(results)
    if (output.length > MAX_OUTPUT) throw killed()
  }
  return output
}

const parsed = (source: string): JsonPathTemplate => {
  try {
    return parseJsonPath(source)
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error
    throw new KubectlFailure(`error parsing jsonpath ${source}, ${error.message}`)
  }
}

const executionMessage = (source: string, message: string, object: JsonObject): string =>
  `error executing jsonpath ${quoteText(source)}: Error executing template: ${message}. ` +
  'Printing more information for debugging the template:\n' +
  `\ttemplate was:\n\t\t${source}\n` +
  `\tobject given to jsonpath engine was:\n\t\t${goSyntax(object)}\n\n\n`
