import { Cluster, type ClusterOptions } from '#cluster.ts'
import { setKey } from '#apimachinery/object.ts'
import { settingsOf } from '#settings.ts'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Mutable } from '../../support/fuzz/mutations.ts'
import { VALID } from '../../support/fuzz/valid-objects.ts'

/** What of a schema says how a value is empty. */
interface Definition {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Definition>>
  readonly items?: Definition
  readonly additionalProperties?: Definition
  readonly $ref?: string
  readonly allOf?: readonly Definition[]
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group: string
    readonly version: string
    readonly kind: string
  }[]
}

const SCHEMAS = JSON.parse(
  readFileSync(
    path.resolve(import.meta.dirname, '../../../durable-objects/cluster/api/facts/schemas.json'),
    'utf8',
  ),
) as Readonly<Record<string, Definition>>

const OPTIONS: ClusterOptions = {
  seed: 1,
  settings: settingsOf({ template: 'bare', delays: 'instant' }),
  createdAt: 1_760_000_000_000,
}
const newborn = new Cluster(OPTIONS).state()
const USER = { username: 'admin', groups: ['system:masters', 'system:authenticated'] }

const schemaOf = (apiVersion: unknown, kind: unknown): Definition | undefined =>
  Object.values(SCHEMAS).find((schema) =>
    schema['x-kubernetes-group-version-kind']?.some(
      (known) =>
        known.kind === kind &&
        apiVersion === (known.group === '' ? known.version : `${known.group}/${known.version}`),
    ),
  )

type FieldPath = readonly (string | 0)[]

/** All fields below a schema; each definition is gone through where it is first met. */
function* fieldsOf(
  given: Definition,
  at: FieldPath,
  met: Set<string>,
): Generator<readonly [FieldPath, Definition]> {
  const reference = given.$ref ?? given.allOf?.[0]?.$ref
  const schema = reference === undefined ? given : SCHEMAS[reference]!
  if (at.length > 0) yield [at, schema]
  if (reference !== undefined && met.has(reference)) return
  if (reference !== undefined) met.add(reference)
  for (const [name, field] of Object.entries(schema.properties ?? {}))
    if (at.length > 0 || !['apiVersion', 'kind', 'metadata'].includes(name))
      yield* fieldsOf(field, [...at, name], met)
  if (schema.items !== undefined) yield* fieldsOf(schema.items, [...at, 0], met)
  if (schema.additionalProperties !== undefined)
    yield* fieldsOf(schema.additionalProperties, [...at, 'key'], met)
}

const emptyValues = ({ type, items }: Definition): readonly unknown[] => {
  if (type === 'array') return [null, [], [null], [items?.type === 'string' ? '' : {}]]
  if (type === 'object') return [null, {}]
  return type === 'string' ? [null, ''] : [null]
}

/** A copy of the object with this value there; what is above it is made. */
const withValue = (object: unknown, [head, ...rest]: FieldPath, value: unknown): unknown => {
  if (head === undefined) return value
  const given = typeof object === 'object' && object !== null ? object : {}
  if (head === 0) {
    const list: readonly unknown[] = Array.isArray(given) ? given : []
    return [withValue(list[0], rest, value), ...list.slice(1)]
  }
  const copy: Record<string, unknown> = { ...given }
  setKey(copy, head, withValue(copy[head], rest, value))
  return copy
}

describe('a field that says nothing', () => {
  const met = new Set<string>()
  const kinds = VALID.map(([url, object]) => {
    const schema = schemaOf(object['apiVersion'], object['kind'])
    const fields = schema === undefined ? [] : [...fieldsOf(schema, [], met)]
    return [String(object['kind']), url, object, fields] as const
  }).filter(([, , , fields]) => fields.length > 0)

  test.each(kinds)('is stored or refused in a %s', (_kind, url, object: Mutable, fields) => {
    let cluster = new Cluster({ ...OPTIONS, state: newborn })
    const send = (method: string, to: string, body: unknown): number =>
      cluster.handle({
        method,
        path: to,
        query: [],
        accept: '',
        contentType: 'application/json',
        userAgent: 'test',
        user: USER,
        body: JSON.stringify(body),
      }).status
    const name = (object['metadata'] as { readonly name: string }).name
    for (const [at, schema] of fields)
      for (const value of emptyValues(schema)) {
        const body = withValue(object, at, value)
        const what = `${at.join('.')} = ${JSON.stringify(value)}`
        const created = send('POST', url, body)
        const updated = created === 201 ? send('PUT', `${url}/${name}`, body) : undefined
        const answers = [created, updated].filter((status) => status !== undefined && status >= 500)
        expect([what, answers, cluster.faults]).toEqual([what, [], []])
        const isGone =
          created !== 201 || send('DELETE', `${url}/${name}`, { gracePeriodSeconds: 0 }) === 200
        if (!isGone) cluster = new Cluster({ ...OPTIONS, state: newborn })
      }
  })
})
