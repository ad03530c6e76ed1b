import columns from '#api/facts/columns.json' with { type: 'json' }
import { kubariumColumns } from '#api/kubarium/v1/kinds.ts'
import type { Cell, RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { goJson } from '#kube-apiserver/endpoints/http.ts'
import { objectJson, partialJson } from '#kube-apiserver/endpoints/serialize.ts'
import { fromStored, type Column, type Resource } from '#kube-apiserver/resources.ts'

const DEFAULT_COLUMNS: readonly Column[] = [
  { name: 'Name', type: 'string', format: 'name', priority: 0 },
  { name: 'Created At', type: 'date', format: '', priority: 0 },
]

// kubernetes-sigs/metrics-server pkg/api/table.go
const METRICS_COLUMNS: readonly Column[] = [
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    priority: 0,
    description: 'Name of the resource',
  },
  { name: 'cpu', type: 'string', format: 'quantity', priority: 0 },
  { name: 'memory', type: 'string', format: 'quantity', priority: 0 },
  { name: 'Window', type: 'string', format: 'duration', priority: 0 },
]

const allColumns: Readonly<Record<string, readonly Column[]>> = {
  ...(columns as unknown as Readonly<Record<string, readonly Column[]>>),
  ...kubariumColumns,
  'apis/metrics.k8s.io/v1beta1/nodes': METRICS_COLUMNS,
  'apis/metrics.k8s.io/v1beta1/pods': METRICS_COLUMNS,
  // kubernetes: pkg/printers/internalversion/printers.go scaleColumnDefinitions
  'apis/autoscaling/v1/scales': [
    { name: 'Name', type: 'string', format: 'name', priority: 0 },
    { name: 'Desired', type: 'integer', format: '', priority: 0 },
    { name: 'Available', type: 'integer', format: '', priority: 0 },
    { name: 'Age', type: 'string', format: '', priority: 0 },
  ],
}

const columnsOf = (resource: Resource): readonly Column[] => {
  if (resource.custom !== undefined) return resource.custom.columns
  const key = `${resource.group === '' ? 'api' : `apis/${resource.group}`}/${resource.version}/${resource.plural}`
  return (Object.hasOwn(allColumns, key) ? allColumns[key] : undefined) ?? DEFAULT_COLUMNS
}

// A kind without a printer of its own has its name, its age or its creation, and nothing else.
const defaultRow =
  (definitions: readonly Column[]): RowPrinter =>
  (object, { now }) =>
    definitions.map(({ name, type }): Cell => {
      if (name === 'Name') return object.metadata.name ?? ''
      if (name === 'Age') return age(now, object.metadata.creationTimestamp)
      return type === 'date' ? (object.metadata.creationTimestamp ?? '<unknown>') : '<none>'
    })

export type IncludeObject = 'None' | 'Metadata' | 'Object'

const rowJson = (
  resource: Resource,
  object: KubeObject,
  now: number,
  include: IncludeObject,
): string => {
  const print = resource.behaviour.row ?? defaultRow(columnsOf(resource))
  const cells = goJson(print(object, { now }))
  if (include === 'None') return `{"cells":${cells}}`
  const shown = fromStored(resource, object)
  return `{"cells":${cells},"object":${include === 'Object' ? objectJson(shown) : partialJson(shown)}}`
}

const headJson = (resource: Resource, metadata: object, withColumns: boolean): string => {
  const definitions = withColumns
    ? columnsOf(resource).map((column) => ({ description: '', ...column }))
    : []
  return `{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":${JSON.stringify(metadata)},"columnDefinitions":${goJson(definitions)},"rows":[`
}

/** A meta.k8s.io/v1 Table of the objects, in parts to be joined. kubernetes: apiserver pkg/endpoints/handlers/response.go asTable */
export const tableJson = (
  resource: Resource,
  objects: readonly KubeObject[],
  options: {
    readonly now: number
    readonly include: IncludeObject
    readonly metadata: object
    readonly withColumns: boolean
  },
): readonly string[] => {
  const parts = [headJson(resource, options.metadata, options.withColumns)]
  for (const [index, object] of objects.entries())
    parts.push((index === 0 ? '' : ',') + rowJson(resource, object, options.now, options.include))
  parts.push(']}')
  return parts
}
