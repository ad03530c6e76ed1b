// The formats of `-o`, and what they make of objects. kubernetes: cli-runtime pkg/genericclioptions/print_flags.go
import type { JsonObject } from '#apimachinery/object.ts'
import { printYaml } from '#apimachinery/yaml/print.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { marshalJson } from '#kubectl/output/go/json.ts'

/** Prints one object after the other. */
export type ObjectPrinter = (object: JsonObject) => string

/** The formats that most commands know, as errors list them. */
export const ALLOWED_FORMATS = [
  'go-template',
  'go-template-file',
  'json',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
  'kyaml',
  'name',
  'template',
  'templatefile',
  'yaml',
]

export const noPrinter = (format: string, allowed: readonly string[]): KubectlFailure =>
  new KubectlFailure(
    `unable to match a printer suitable for the output format ${JSON.stringify(format)}, allowed formats are: ${allowed.join(',')}`,
  )

/** As Go's encoder writes it, with four spaces for each level. */
export const printJson = (object: JsonObject): string => `${marshalJson(object, '    ')}\n`

/** Documents after the first begin with `---`. */
export const yamlPrinter = (): ObjectPrinter => {
  let count = 0
  return (object) => `${count++ === 0 ? '' : '---\n'}${printYaml(object)}`
}

/** Managed fields are shown only to those who ask. kubernetes: OmitManagedFieldsPrinter */
export const withoutManagedFields = (object: JsonObject): JsonObject => {
  const items = object['items']
  const { metadata } = object
  let result = object
  if (typeof metadata === 'object' && metadata !== null && 'managedFields' in metadata) {
    const { managedFields: _managed, ...rest } = metadata
    result = { ...result, metadata: rest }
  }
  return Array.isArray(items)
    ? { ...result, items: (items as readonly JsonObject[]).map(withoutManagedFields) }
    : result
}

/** What `-o` and `--template` ask for; '' if they ask for nothing. */
export const outputFormat = ({ flags }: Pick<Invocation, 'flags'>): string => {
  const format = flags.has('output') ? flags.string('output') : ''
  return format === '' && flags.has('template') && flags.string('template') !== ''
    ? 'go-template'
    : format
}
