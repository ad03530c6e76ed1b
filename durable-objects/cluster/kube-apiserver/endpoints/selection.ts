import { quote } from '#apimachinery/field-error.ts'
import { parseFieldSelector, type FieldRequirement } from '#apimachinery/field-selector.ts'
import { kindText } from '#apimachinery/managed-fields/apply.ts'
import { matches, type Selector } from '#apimachinery/labels.ts'
import { own, type KubeObject } from '#apimachinery/object.ts'
import { parseSelector } from '#apimachinery/selector-parser.ts'
import { badRequest, type StatusError } from '#apimachinery/status-error.ts'
import type { ListOptions } from '#kube-apiserver/endpoints/list-options.ts'
import { apiVersionOf, isBuiltIn, type Resource } from '#kube-apiserver/resources.ts'

/** What a list or watch is narrowed to. */
export interface Selection {
  readonly labels: Selector
  readonly fields: readonly FieldRequirement[]
  readonly matches: (object: KubeObject) => boolean
  readonly isEverything: boolean
}

/** The fields of an object that field selectors may name. Kinds that say nothing of it leave the scope open. */
const fieldsOf = (resource: Resource, object: KubeObject): Readonly<Record<string, string>> => {
  const { selectableFields } = resource.strategy
  const { name = '', namespace = '' } = object.metadata
  const hasNamespace =
    resource.namespaced || (selectableFields === undefined && isBuiltIn(resource))
  return {
    'metadata.name': name,
    ...(hasNamespace ? { 'metadata.namespace': namespace } : {}),
    ...selectableFields?.(object),
  }
}

/** In the words of the kind's conversion, or of those that have none. kubernetes: apimachinery pkg/runtime/conversion.go DefaultMetaV1FieldSelectorConversion */
const unsupported = (resource: Resource, field: string): StatusError => {
  if (resource.name === 'jobs.batch')
    return badRequest(`field label ${quote(field)} not supported for Job`)
  if (resource.name === 'resourceslices.resource.k8s.io')
    return badRequest(
      `field label not supported for ${kindText(apiVersionOf(resource), resource.kind)}: ${field}`,
    )
  return badRequest(
    resource.strategy.selectableFields !== undefined || !isBuiltIn(resource)
      ? `field label not supported: ${field}`
      : `${quote(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
  )
}

const EMPTY = { metadata: {}, spec: {}, status: {}, involvedObject: {}, source: {} }

/** Reads and checks the selectors of a request. Throws BadRequest in upstream's words. */
export const selectionOf = (
  resource: Resource,
  options: Pick<ListOptions, 'labelSelector' | 'fieldSelector'>,
): Selection => {
  const labels = parseSelector(options.labelSelector)
  const fields = parseFieldSelector(options.fieldSelector)
  const supported =
    fields.length === 0 ? {} : fieldsOf(resource, { apiVersion: '', kind: resource.kind, ...EMPTY })
  for (const { field } of fields) {
    if (!Object.hasOwn(supported, field)) throw unsupported(resource, field)
  }
  return {
    labels,
    fields,
    isEverything: labels.length === 0 && fields.length === 0,
    matches: (object) =>
      matches(labels, object.metadata.labels) && matchesFields(resource, fields, object),
  }
}

const matchesFields = (
  resource: Resource,
  fields: readonly FieldRequirement[],
  object: KubeObject,
): boolean => {
  if (fields.length === 0) return true
  const values = fieldsOf(resource, object)
  return fields.every(
    ({ field, operator, value }) => ((own(values, field) ?? '') === value) === (operator === '='),
  )
}

/** The one name that a `metadata.name=x` selector leaves, if there is one. */
export const selectedName = (selection: Selection): string | undefined =>
  selection.fields.find(({ field, operator }) => field === 'metadata.name' && operator === '=')
    ?.value
