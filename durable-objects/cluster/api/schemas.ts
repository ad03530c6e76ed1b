import { kubariumSchemas } from '#api/kubarium/v1/schemas.ts'
import type { Schema } from '#apimachinery/schema.ts'
import { compileSchemas } from '#apimachinery/schema/compile.ts'
import protobufFacts from './facts/protobuf.json' with { type: 'json' }
import schemaFacts from './facts/schemas.json' with { type: 'json' }

interface GroupVersionKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

type Definitions = Readonly<
  Record<string, { readonly 'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[] }>
>

let compiled: ReadonlyMap<string, Schema> | undefined
let byKind: ReadonlyMap<string, string> | undefined

const key = (group: string, version: string, kind: string): string => `${group}/${version}/${kind}`

/** Every definition of the built-in API, by name; compiled at the first call. */
export const allSchemas = (): ReadonlyMap<string, Schema> =>
  (compiled ??= compileSchemas({ ...schemaFacts, ...kubariumSchemas }, protobufFacts))

/** The schema of a definition: `io.k8s.api.core.v1.Service`. */
export const schemaOf = (definition: string): Schema | undefined => allSchemas().get(definition)

/** The name of the definition of a built-in kind. */
export const definitionForKind = (
  group: string,
  version: string,
  kind: string,
): string | undefined => {
  byKind ??= indexKinds()
  return byKind.get(key(group, version, kind))
}

/** The schema of a built-in kind; nothing for a custom one. */
export const schemaForKind = (group: string, version: string, kind: string): Schema | undefined => {
  const definition = definitionForKind(group, version, kind)
  return definition === undefined ? undefined : schemaOf(definition)
}

const indexKinds = (): ReadonlyMap<string, string> => {
  const index = new Map<string, string>()
  for (const [name, definition] of Object.entries({
    ...schemaFacts,
    ...kubariumSchemas,
  } as unknown as Definitions)) {
    for (const { group, version, kind } of definition['x-kubernetes-group-version-kind'] ?? [])
      index.set(key(group, version, kind), name)
  }
  return index
}
