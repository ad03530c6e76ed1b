import type { KubeObject } from '#apimachinery/object.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import { printYaml } from '#apimachinery/yaml/print.ts'
import { internalPackage } from '#kube-apiserver/endpoints/body.ts'
import type { Answer } from '#kube-apiserver/endpoints/http.ts'
import type { Form } from '#kube-apiserver/endpoints/negotiate.ts'
import {
  customJson,
  itemBody,
  objectJson,
  partialJson,
} from '#kube-apiserver/endpoints/serialize.ts'
import { tableJson, type IncludeObject } from '#kube-apiserver/endpoints/table.ts'
import { apiVersionOf, fromStored, type Resource } from '#kube-apiserver/resources.ts'

export interface ListMeta {
  readonly resourceVersion?: string
  readonly continue?: string
  readonly remainingItemCount?: number
}

export interface View {
  readonly resource: Resource
  readonly form: Form
  readonly include: IncludeObject
  readonly now: number
}

const answer = (view: View, status: number, json: readonly string[]): Answer => ({
  status,
  contentType: view.form.contentType,
  // Go's encoder ends every document with a line break
  body: view.form.yaml ? [printYaml(JSON.parse(json.join('')))] : [...json, '\n'],
})

/** What Go calls the type. */
const goType = ({ group, kind, custom }: Resource, isList: boolean): string => {
  const list = isList ? 'List' : ''
  return custom === undefined
    ? `*${internalPackage(group)}.${kind}${list}`
    : `*unstructured.Unstructured${list}`
}

const otherForm = ({ form, resource }: View, isList: boolean): StatusError =>
  new StatusError(
    406,
    'NotAcceptable',
    `you requested ${form.as}, but the requested object is ${isList ? '' : 'not '}a list (${goType(resource, isList)})`,
  )

/** One object in the form that the client asked for. Throws NotAcceptable if that is a list's. */
export const objectAnswer = (view: View, object: KubeObject, status = 200): Answer => {
  if (view.form.as === 'PartialObjectMetadataList') throw otherForm(view, false)
  return answer(view, status, objectParts(view, object, true))
}

/** The same, for a watch event: the columns of a table are sent once, and in a list's form it stays as it is. */
export const objectParts = (
  view: View,
  object: KubeObject,
  withColumns: boolean,
): readonly string[] => {
  const { resource, form, include, now } = view
  switch (form.as) {
    case 'Table':
      return tableJson(resource, [object], {
        now,
        include,
        metadata: { resourceVersion: object.metadata.resourceVersion },
        withColumns,
      })
    case 'PartialObjectMetadata':
      return [partialJson(fromStored(resource, object))]
    case 'PartialObjectMetadataList':
    case 'object':
      return [
        resource.custom === undefined
          ? objectJson(fromStored(resource, object))
          : customJson(object),
      ]
  }
}

/** A list of custom objects, like these a map to Go. */
const customList = (
  resource: Resource,
  kind: string,
  objects: readonly KubeObject[],
  metadata: ListMeta,
): readonly string[] => {
  const { continue: next = '', remainingItemCount: rest, resourceVersion = '' } = metadata
  const ordered = {
    continue: next,
    ...(rest === undefined ? {} : { remainingItemCount: rest }),
    resourceVersion,
  }
  const parts = [`{"apiVersion":"${apiVersionOf(resource)}","items":[`]
  for (const [index, object] of objects.entries())
    parts.push((index === 0 ? '' : ',') + customJson(object))
  parts.push(`],"kind":"${kind}","metadata":${JSON.stringify(ordered)}}`)
  return parts
}

/** A list in the form that the client asked for. Throws NotAcceptable if that is one object's. */
export const listAnswer = (
  view: View,
  objects: readonly KubeObject[],
  metadata: ListMeta,
): Answer => {
  const { resource, form, include, now } = view
  if (form.as === 'PartialObjectMetadata') throw otherForm(view, true)
  if (form.as === 'Table')
    return answer(
      view,
      200,
      tableJson(resource, objects, { now, include, metadata, withColumns: true }),
    )
  const isPartial = form.as !== 'object'
  if (!isPartial && resource.custom !== undefined)
    return answer(view, 200, customList(resource, resource.custom.listKind, objects, metadata))
  const [kind, apiVersion] = isPartial
    ? ['PartialObjectMetadataList', 'meta.k8s.io/v1']
    : [`${resource.kind}List`, apiVersionOf(resource)]
  const parts = [
    `{"kind":"${kind}","apiVersion":"${apiVersion}","metadata":${JSON.stringify(metadata)},"items":[`,
  ]
  let before = isPartial ? '' : '{'
  for (const object of objects) {
    const shown = fromStored(resource, object)
    parts.push(before, isPartial ? partialJson(shown) : itemBody(shown))
    before = isPartial ? ',' : ',{'
  }
  parts.push(']}')
  return answer(view, 200, parts)
}
