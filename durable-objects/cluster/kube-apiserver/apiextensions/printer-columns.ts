// kubernetes: apiextensions pkg/registry/customresource/tableconvertor/tableconvertor.go
import type { CustomResourceDefinitionVersion } from '#api/apiextensions/v1/custom-resource-definition/types.ts'
import type { Cell, RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import { JsonPathError, parseJsonPath, type JsonPath } from '#apimachinery/json-path.ts'
import type { JsonValue } from '#apimachinery/object.ts'
import type { Column } from '#kube-apiserver/resources.ts'

type PrinterColumn = NonNullable<
  CustomResourceDefinitionVersion['additionalPrinterColumns']
>[number]

const DESCRIPTIONS = {
  name: 'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
  creationTimestamp:
    'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
}

const AGE: PrinterColumn = {
  name: 'Age',
  type: 'date',
  description: DESCRIPTIONS.creationTimestamp,
  jsonPath: '.metadata.creationTimestamp',
}

const given = ({ additionalPrinterColumns = [] }: CustomResourceDefinitionVersion) =>
  additionalPrinterColumns.length === 0 ? [AGE] : additionalPrinterColumns

/** The columns of a table of the version's objects. */
export const columnsOf = (version: CustomResourceDefinitionVersion): readonly Column[] => [
  { name: 'Name', type: 'string', format: 'name', description: DESCRIPTIONS.name, priority: 0 },
  ...given(version).map(
    ({ name, type, format = '', description = '', priority = 0, jsonPath }): Column => ({
      name,
      type,
      format,
      // what says nothing of itself says where it comes from
      description:
        description === ''
          ? `Custom resource definition column (in JSONPath format): ${jsonPath}`
          : description,
      priority,
    }),
  ),
]

export const rowPrinterOf = (version: CustomResourceDefinitionVersion): RowPrinter => {
  const columns = given(version).map(({ type, jsonPath }) => ({ type, path: pathOf(jsonPath) }))
  return (object, { now }) => [
    object.metadata.name ?? '',
    ...columns.map(({ type, path }) => {
      const [value] = path(object as unknown as JsonValue)
      return value === undefined ? null : cellOf(type, value, now)
    }),
  ]
}

const NOWHERE: JsonPath = () => []

const pathOf = (source: string): JsonPath => {
  try {
    return parseJsonPath(source)
  } catch (error) {
    if (error instanceof JsonPathError) return NOWHERE
    throw error
  }
}

const cellOf = (type: string, value: JsonValue, now: number): Cell => {
  if (type === 'string') return textOf(value)
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null
    case 'number':
      return typeof value === 'number' ? value : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    case 'date':
      return typeof value === 'string' ? ageOf(value, now) : null
    default:
      return null
  }
}

const textOf = (value: JsonValue): string | null => {
  if (value === null) return '<nil>'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const ageOf = (time: string, now: number): string =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/.test(time)
    ? age(now, time)
    : '<invalid>'
