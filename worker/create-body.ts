// What a session is to be made as: fields in JSON, or manifests as they are, with the fields in the query.
import * as v from 'valibot'
import { MAX_BODY_BYTES } from './body.ts'
import { Description, Title } from './change-session.ts'
import { Delays } from './delays.ts'

/** Texts come from the query. */
const yesOrNo = v.pipe(
  v.union([v.boolean(), v.picklist(['true', 'false'])], 'write true or false'),
  v.transform((value) => value === true || value === 'true'),
)

const Fields = v.strictObject({
  title: v.optional(Title),
  description: v.optional(Description),
  template: v.optional(v.picklist(['default', 'bare', 'synergychat'])),
  nodes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000))),
  delays: v.optional(Delays),
  paused: v.optional(yesOrNo),
  seed: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff))),
  proxyMode: v.optional(v.picklist(['iptables', 'nftables', 'ipvs'])),
  loadBalancer: v.optional(v.picklist(['cloud', 'none'])),
  proxySync: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(600_000))),
  dnsTTL: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3600))),
})

/** Of what fits into a link; GET …/snapshot says as much. */
const MAX_SNAPSHOT = 64 * 1024

const Body = v.strictObject({
  ...Fields.entries,
  // the limit of the body is the limit
  manifests: v.optional(v.pipe(v.string(), v.maxLength(MAX_BODY_BYTES))),
  files: v.optional(v.record(v.string(), v.string())),
  snapshot: v.optional(
    v.pipe(
      v.string('must be base64url'),
      v.maxLength(MAX_SNAPSHOT, 'is longer than a link may be'),
      v.regex(/^[A-Za-z0-9_-]+$/, 'must be base64url'),
    ),
  ),
})

export type CreateBody = v.InferOutput<typeof Body>

type Read = { readonly body: CreateBody } | { readonly problem: string }

const MANIFEST_TYPES = /^(?:application|text)\/(?:x-)?yaml\b/i

/** Reads the body of `POST /api/sessions`. The query counts beside manifests alone. */
export const readCreateBody = (contentType: string, query: URLSearchParams, text: string): Read => {
  if (MANIFEST_TYPES.test(contentType.trim())) return withQuery(text, query)
  if (text.trim() === '') return { body: {} }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return {
      problem: `The body is not JSON: ${(error as Error).message}. Leave it empty for a default cluster, or send {"template": "default", "nodes": 3}. Manifests are sent with content-type: application/yaml.`,
    }
  }
  if (isManifest(value)) return withQuery(text, query)
  return read(Body, value)
}

/** What `kubectl get -o json` prints: no field of ours is called so. */
const isManifest = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  ['apiVersion', 'kind'].every((key) => Object.hasOwn(value, key))

const withQuery = (manifests: string, query: URLSearchParams): Read => {
  const fields = [...query].map(([name, text]) => [
    name,
    /^\d{1,10}$/.test(text) ? Number(text) : text,
  ])
  // a title may be a number
  const titles = ['title', 'description'].flatMap((name) =>
    query.has(name) ? [[name, query.get(name)!]] : [],
  )
  const asked = read(Fields, Object.fromEntries([...fields, ...titles]) as unknown)
  return 'problem' in asked ? asked : { body: { ...asked.body, manifests } }
}

const read = (schema: typeof Fields | typeof Body, given: unknown): Read => {
  // valibot takes a list for an object without fields
  const parsed = v.safeParse(schema, Array.isArray(given) ? null : given)
  if (parsed.success) return { body: parsed.output }
  const issues = parsed.issues.map(
    (issue) => `${v.getDotPath(issue) ?? 'the body'}: ${issue.message}`,
  )
  const names = Object.keys(schema.entries)
  return {
    problem: `${issues.join('; ')}. The fields are ${names.slice(0, -1).join(', ')} and ${names.at(-1)!}.`,
  }
}
