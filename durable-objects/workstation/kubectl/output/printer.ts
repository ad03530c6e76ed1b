// Finds the printer that `-o` names. kubernetes: cli-runtime pkg/genericclioptions/{json_yaml,kube_template,…}_flags.go
import { isFailure } from '#shell/files/failure.ts'
import { givenPath } from '#shell/files/path.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { customColumnsFilePrinter, customColumnsPrinter } from '#kubectl/output/custom-columns.ts'
import {
  ALLOWED_FORMATS,
  noPrinter,
  type ObjectPrinter,
  printJson,
  yamlPrinter,
} from '#kubectl/output/format.ts'
import { goTemplatePrinter } from '#kubectl/output/go-template/print.ts'
import { jsonPathPrinter } from '#kubectl/output/jsonpath/print.ts'
import { printKyaml, printTypedKyaml } from '#kubectl/output/kyaml.ts'
import { printNames } from '#kubectl/output/objects.ts'
import { OutputFailure } from '#kubectl/output/output-failure.ts'
import { printTypedJson } from '#kubectl/output/typed.ts'

/** Throws what is said of formats that do not exist. `allowed`: those that the command knows. */
export const printerFor = (
  run: Invocation,
  format: string,
  allowed: readonly string[] = ALLOWED_FORMATS,
  isTyped = false,
): ObjectPrinter => {
  const simple = simplePrinter(format.toLowerCase(), allowed)
  if (simple !== undefined) return simple
  const template = templateOf(run, format, allowed)
  if (template === undefined) throw noPrinter(format, allowed)
  return printingBefore(run, templatePrinter(run, template, isTyped))
}

/** For objects that have Go's types: their fields stay in order. */
export const typedPrinterFor = (run: Invocation, format: string): ObjectPrinter => {
  switch (format.toLowerCase()) {
    case 'json':
      return printTypedJson
    case 'kyaml':
      return printTypedKyaml
    default:
      return printerFor(run, format, ALLOWED_FORMATS, true)
  }
}

const simplePrinter = (format: string, allowed: readonly string[]): ObjectPrinter | undefined => {
  if (!allowed.includes(format)) return undefined
  switch (format) {
    case 'json':
      return printJson
    case 'yaml':
      return yamlPrinter()
    case 'kyaml':
      return printKyaml
    case 'name':
      return printNames
    default:
      return undefined
  }
}

/** What a template printed before it failed is printed all the same. */
const printingBefore =
  (run: Invocation, print: ObjectPrinter): ObjectPrinter =>
  (object) => {
    try {
      return print(object)
    } catch (error) {
      if (error instanceof OutputFailure) run.out(error.output)
      throw error
    }
  }

const TEMPLATE_FORMATS = [
  'template',
  'go-template',
  'go-template-file',
  'templatefile',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
  'custom-columns',
  'custom-columns-file',
] as const

interface GivenTemplate {
  readonly format: (typeof TEMPLATE_FORMATS)[number]
  /** The template itself, or the file that it is in. */
  readonly value: string
}

/** `jsonpath={.kind}`, or `jsonpath` with `--template={.kind}`; undefined: the format is none of these. */
const templateOf = (
  { flags }: Invocation,
  output: string,
  allowed: readonly string[],
): GivenTemplate | undefined => {
  const argument = flags.has('template') ? flags.string('template') : ''
  const equals = output.indexOf('=')
  const name = argument === '' && equals >= 0 ? output.slice(0, equals) : output
  const format = TEMPLATE_FORMATS.find((one) => one === name)
  if (format === undefined || !allowed.includes(format)) return undefined
  const value = argument === '' ? (equals < 0 ? '' : output.slice(equals + 1)) : argument
  if (value !== '') return { format, value }
  throw new KubectlFailure(
    format.startsWith('custom-columns')
      ? 'custom-columns format specified but no custom columns given'
      : 'template format specified but no template given',
  )
}

const templatePrinter = (
  run: Invocation,
  { format, value }: GivenTemplate,
  isTyped: boolean,
): ObjectPrinter => {
  const { flags } = run
  const allowMissingKeys =
    !flags.has('allow-missing-template-keys') || flags.bool('allow-missing-template-keys')
  switch (format) {
    case 'template':
    case 'go-template':
      return goTemplatePrinter(value, { allowMissingKeys, isTyped })
    case 'go-template-file':
    case 'templatefile':
      return goTemplatePrinter(fileText(run, value, '--template'), { allowMissingKeys, isTyped })
    case 'jsonpath':
    case 'jsonpath-as-json':
      return jsonPathPrinter(value, { allowMissingKeys, asJson: format === 'jsonpath-as-json' })
    case 'jsonpath-file':
      return jsonPathPrinter(fileText(run, value, '--template'), { allowMissingKeys })
    case 'custom-columns':
      return customColumnsPrinter(value, {
        noHeaders: flags.has('no-headers') && flags.bool('no-headers'),
      })
    case 'custom-columns-file':
      return customColumnsFilePrinter(fileText(run, value, 'template'))
  }
}

const fileText = ({ call }: Invocation, path: string, what: string): string => {
  const absolute = givenPath(call.cwd, path)
  const text = call.files.read(absolute)
  if (!isFailure(text)) return text
  const reason = text.text.toLowerCase()
  const verb = reason === 'is a directory' ? 'read' : 'open'
  throw new KubectlFailure(`error reading ${what} ${path}, ${verb} ${path}: ${reason}`)
}
