// A state for who may not see what Secrets hold: their entries are there, and empty, and so is what containers were given of them. What a
// program wrote itself stays: whoever looks reads it in the log.
import type { KubeObject } from '../cluster/apimachinery/object.ts'
import type { State } from './state-source.ts'

interface SecretObject extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
/** What a kubelet remembers of a Pod. */
const POD = 'kubelet/pod/'
/** A shorter value may stand in a longer text by chance. */
const SHORTEST_PART = 4

const withoutValues = (secret: SecretObject): KubeObject => {
  const { data, metadata } = secret
  const { annotations } = metadata
  const blanked = { ...secret }
  if (data !== undefined)
    blanked.data = Object.fromEntries(Object.keys(data).map((name) => [name, '']))
  // what was applied names the values as well
  if (annotations !== undefined && Object.hasOwn(annotations, LAST_APPLIED)) {
    const { [LAST_APPLIED]: _values, ...others } = annotations
    blanked.metadata = { ...metadata, annotations: others }
  }
  return blanked
}

/** The values of all Secrets, by Namespace. */
const valuesOf = (objects: State['objects']): ReadonlyMap<string, ReadonlySet<string>> => {
  const values = new Map<string, Set<string>>()
  for (const { resource, object } of objects) {
    if (resource !== 'secrets') continue
    const { namespace = '' } = object.metadata
    const known = values.get(namespace) ?? new Set()
    for (const value of Object.values((object as SecretObject).data ?? {}))
      if (value !== '') known.add(Buffer.from(value, 'base64').toString())
    values.set(namespace, known)
  }
  return values
}

const isOf = (values: ReadonlySet<string>, text: string): boolean => {
  if (values.has(text)) return true
  for (const value of values) if (value.length >= SHORTEST_PART && text.includes(value)) return true
  return false
}

/** Environments are maps of texts, files of volumes have their text under that name. */
const withoutGiven = (entry: string, values: ReadonlySet<string>): string => {
  const { env, volumes, ...others } = JSON.parse(entry) as Readonly<Record<string, unknown>>
  const blank = (value: unknown): unknown =>
    typeof value === 'string' && isOf(values, value) ? '' : value
  const told = (part: unknown, isMeant: (name: string) => boolean): unknown =>
    part === undefined
      ? undefined
      : (JSON.parse(JSON.stringify(part), (name, value: unknown) =>
          isMeant(name) ? blank(value) : value,
        ) as unknown)
  return JSON.stringify({
    ...others,
    env: told(env, () => true),
    volumes: told(volumes, (name) => name === 'text'),
  })
}

export const stateForViewers = (state: State): State => {
  const values = valuesOf(state.objects)
  return {
    ...state,
    objects: state.objects.map((stored) =>
      stored.resource === 'secrets'
        ? { resource: stored.resource, object: withoutValues(stored.object) }
        : stored,
    ),
    memory: state.memory.map(([key, value]) => {
      if (!key.startsWith(POD)) return [key, value]
      const given = values.get(key.slice(POD.length, key.indexOf('/', POD.length)))
      return given === undefined ? [key, value] : [key, withoutGiven(value, given)]
    }),
  }
}
