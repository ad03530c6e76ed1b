// Names of objects, and what is in lists. kubernetes: cli-runtime pkg/printers/name.go, apimachinery pkg/api/meta/help.go
import { own, type JsonObject } from '#apimachinery/object.ts'
import { isMap } from '#kubectl/output/go/value.ts'

/** Whether an object is a list of others. kubernetes: meta.IsListType of something unstructured */
export const isListObject = (object: JsonObject): boolean => Array.isArray(own(object, 'items'))

export const itemsOf = (list: JsonObject): readonly JsonObject[] => {
  const items = own(list, 'items')
  return Array.isArray(items) ? (items as readonly JsonObject[]).filter(isMap) : []
}

/** `pod/web`, `deployment.apps/web` */
export const objectName = (object: JsonObject): string => {
  const [apiVersion, kind, metadata] = ['apiVersion', 'kind', 'metadata'].map((key) =>
    own(object, key),
  )
  const group =
    typeof apiVersion === 'string' && apiVersion.includes('/') ? apiVersion.split('/')[0]! : ''
  const name = isMap(metadata) ? own(metadata, 'name') : undefined
  const shown = typeof name === 'string' && name !== '' ? name : '<unknown>'
  if (typeof kind !== 'string' || kind === '') return `<unknown>/${shown}`
  return `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${shown}`
}

/** `-o name`: a list's items one by one. */
export const printNames = (object: JsonObject): string =>
  (isListObject(object) ? itemsOf(object) : [object])
    .map((item) => `${objectName(item)}\n`)
    .join('')
