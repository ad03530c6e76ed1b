// How objects are printed whole. kubernetes: cli-runtime pkg/printers/json.go, yaml.go, name.go
import type { JsonObject } from '#apimachinery/object.ts'
import { printYaml } from '#apimachinery/yaml/print.ts'
import { marshalJson } from '#kubectl/output/go/json.ts'
import { isMap } from '#kubectl/output/go/value.ts'
import { printKyamlDocument } from '#kubectl/output/kyaml.ts'

/** Whether an object is a list of others. kubernetes: meta.IsListType of something unstructured */
export const isListObject = (object: JsonObject): boolean => Array.isArray(object['items'])

export const itemsOf = (list: JsonObject): readonly JsonObject[] =>
  Array.isArray(list['items'])
    ? (list['items'] as readonly unknown[]).filter((item): item is JsonObject =>
        isMap(item as never),
      )
    : []

/** Several objects as `kubectl get` hands them to a printer. */
export const listOf = (items: readonly JsonObject[]): JsonObject => ({
  apiVersion: 'v1',
  items,
  kind: 'List',
  metadata: { resourceVersion: '' },
})

/** `-o json` */
export const printJson = (objects: readonly JsonObject[]): string =>
  objects.map((object) => `${marshalJson(object, '    ')}\n`).join('')

/** `-o yaml`: what one printer prints one after the other. */
export const printYamlDocuments = (objects: readonly JsonObject[]): string =>
  objects.map(printYaml).join('---\n')

/** `-o kyaml` */
export const printKyaml = (objects: readonly JsonObject[]): string =>
  objects.map(printKyamlDocument).join('')

/** `pod/web`, `deployment.apps/web`. kubernetes: printObj of name.go */
export const objectName = (object: JsonObject): string => {
  const { apiVersion, kind } = object as { readonly apiVersion?: unknown; readonly kind?: unknown }
  const group =
    typeof apiVersion === 'string' && apiVersion.includes('/') ? apiVersion.split('/')[0]! : ''
  const metadata = object['metadata']
  const name = isMap(metadata) ? metadata['name'] : undefined
  const shown = typeof name === 'string' && name !== '' ? name : '<unknown>'
  if (typeof kind !== 'string' || kind === '') return `<unknown>/${shown}`
  return `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${shown}`
}

/** `-o name`, and the line `pod/web created` with an operation; a list's items one by one. */
export const printNames = (objects: readonly JsonObject[], operation = ''): string =>
  objects
    .flatMap((object) => (isListObject(object) ? itemsOf(object) : [object]))
    .map((object) => `${objectName(object)}${operation === '' ? '' : ` ${operation}`}\n`)
    .join('')
