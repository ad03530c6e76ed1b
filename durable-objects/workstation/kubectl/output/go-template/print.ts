// kubernetes: cli-runtime pkg/printers/template.go
import type { JsonObject } from '#apimachinery/object.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { ObjectPrinter } from '#kubectl/output/format.ts'
import { formatArgument } from '#kubectl/output/go/format.ts'
import { noFlags } from '#kubectl/output/go/format-flags.ts'
import { marshalJson } from '#kubectl/output/go/json.ts'
import { quoteText } from '#kubectl/output/go/quote.ts'
import { executeTemplate } from '#kubectl/output/go-template/execute.ts'
import { FUNCTIONS } from '#kubectl/output/go-template/functions.ts'
import { parseTemplate, type Template } from '#kubectl/output/go-template/parse.ts'
import { typedJsonLine } from '#kubectl/output/typed.ts'
import { OutputFailure } from '#kubectl/output/output-failure.ts'
import { TemplateError } from '#kubectl/output/go-template/token-stream.ts'

export interface GoTemplateOptions {
  /** `--allow-missing-template-keys`, true unless it is said otherwise. */
  readonly allowMissingKeys?: boolean
  /** Objects have Go's types: their fields stay in order. */
  readonly isTyped?: boolean
}

/** Prints one object after the other. Throws what kubectl says of a template that it cannot read. */
export const goTemplatePrinter = (
  source: string,
  { allowMissingKeys = true, isTyped = false }: GoTemplateOptions = {},
): ObjectPrinter => {
  const template = parsed(source)
  return (object) => {
    const { output, error } = executeTemplate(template, object, { allowMissingKeys })
    if (error === undefined) return output
    throw new OutputFailure(
      `error executing template ${quoteText(source)}: ${error.message}`,
      output + explanation(source, error.message, object, isTyped),
    )
  }
}

const parsed = (source: string): Template => {
  try {
    return parseTemplate(source, (name) => FUNCTIONS.has(name))
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    throw new KubectlFailure(`error parsing template ${source}, ${error.message}`)
  }
}

const explanation = (
  source: string,
  message: string,
  object: JsonObject,
  isTyped: boolean,
): string =>
  `Error executing template: ${message}. Printing more information for debugging the template:\n` +
  `\ttemplate was:\n\t\t${source}\n` +
  `\traw data was:\n\t\t${isTyped ? typedJsonLine(object) : marshalJson(object)}\n` +
  `\tobject given to template engine was:\n\t\t${formatArgument(object, 'v', { ...noFlags(), plusV: true })}\n\n`
