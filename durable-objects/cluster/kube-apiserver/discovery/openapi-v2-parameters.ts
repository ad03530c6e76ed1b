// The parameters of operations in the older OpenAPI document.

export interface Parameter {
  readonly in: 'body' | 'path' | 'query'
  readonly name: string
  readonly required?: boolean
  readonly type?: string
  readonly uniqueItems?: boolean
  readonly schema?: object
}

export interface Reference {
  readonly $ref: string
}

export interface Operation {
  readonly description?: string
  readonly operationId: string
  readonly parameters?: readonly (Parameter | Reference)[]
  readonly responses: Readonly<
    Record<string, { readonly description?: string; readonly schema?: object }>
  >
  readonly schemes: readonly string[]
  readonly tags: readonly string[]
  readonly 'x-kubernetes-action'?: string
  readonly 'x-kubernetes-group-version-kind'?: object
}

export interface PathItem {
  readonly get?: Operation
  readonly put?: Operation
  readonly post?: Operation
  readonly delete?: Operation
  readonly patch?: Operation
  readonly parameters?: readonly (Parameter | Reference)[]
}

export const query = (name: string, type: string): Parameter => ({
  in: 'query',
  name,
  type,
  uniqueItems: true,
})

const LISTED = [
  query('allowWatchBookmarks', 'boolean'),
  query('continue', 'string'),
  query('fieldSelector', 'string'),
  query('labelSelector', 'string'),
  query('limit', 'integer'),
  query('resourceVersion', 'string'),
  query('resourceVersionMatch', 'string'),
  query('sendInitialEvents', 'boolean'),
  query('timeoutSeconds', 'integer'),
  query('watch', 'boolean'),
]

const PLACES = ['name', 'namespace'].map((name): Parameter => ({
  in: 'path',
  name,
  required: true,
  type: 'string',
  uniqueItems: true,
}))

/** What operations refer to by its name. */
export const references: Readonly<Record<string, Parameter>> = Object.fromEntries(
  [...LISTED, ...PLACES, query('pretty', 'string')].map((one) => [one.name, one]),
)

export const parameterNamed = (name: string): Reference => ({ $ref: `#/parameters/${name}` })

export const LIST_PARAMETERS: readonly Reference[] = LISTED.map(({ name }) => parameterNamed(name))

// older kubectls look for these by name before they ask for a dry run, and follow no reference
export const WRITE_PARAMETERS: readonly Parameter[] = [
  query('dryRun', 'string'),
  query('fieldManager', 'string'),
  query('fieldValidation', 'string'),
]

export const DELETE_PARAMETERS: readonly Parameter[] = [
  query('dryRun', 'string'),
  query('gracePeriodSeconds', 'integer'),
  query('orphanDependents', 'boolean'),
  query('propagationPolicy', 'string'),
]
