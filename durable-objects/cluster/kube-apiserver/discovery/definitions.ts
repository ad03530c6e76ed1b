import descriptions from '#api/facts/descriptions.json' with { type: 'json' }
import schemaFacts from '#api/facts/schemas.json' with { type: 'json' }
import { kubariumSchemas } from '#api/kubarium/v1/schemas.ts'
import { own } from '#apimachinery/object.ts'

interface Definition {
  readonly description?: string
  readonly properties?: Readonly<Record<string, object>>
}

export type Definitions = Readonly<Record<string, Definition>>

/** What a definition (the empty name) and its fields say: the text, or the number of one that stands at several places. */
type Texts = Readonly<Record<string, string | number>>

/** Every definition of the built-in API, by name, without what it says. */
export const bareDefinitions = (): Definitions => ({
  ...(schemaFacts as unknown as Definitions),
  ...(kubariumSchemas as Definitions),
})

/** A definition with the description of itself and of every field. */
export const described = (name: string, definition: Definition): Definition => {
  const texts = own(descriptions.definitions as Readonly<Record<string, Texts>>, name)
  if (texts === undefined) return definition
  const textOf = (field: string): { readonly description?: string } => {
    const text = own(texts, field)
    if (text === undefined) return {}
    return { description: typeof text === 'number' ? descriptions.repeated[text]! : text }
  }
  const { properties } = definition
  if (properties === undefined) return { ...textOf(''), ...definition }
  const fields = Object.entries(properties).map(
    ([field, schema]) => [field, { ...textOf(field), ...schema }] as const,
  )
  return { ...textOf(''), ...definition, properties: Object.fromEntries(fields) }
}
