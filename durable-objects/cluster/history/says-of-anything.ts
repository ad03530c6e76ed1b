// What happens to objects of many kinds.
import type { KubeObject, StringMap } from '#apimachinery/object.ts'

/** The facts of a change: predicates (`became Ready`), and with an arrow what is other (`replicas 2 → 3`). */
export interface Says<T extends KubeObject = KubeObject> {
  /** What follows on `… was created`; after a `=` the whole sentence. */
  readonly created?: (object: T) => string
  readonly updated: (before: T, after: T) => readonly string[]
}

export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
}

type Moods = Readonly<Record<string, readonly [string, string]>>

/** By the type of a condition: what is said when it comes to hold, and when it ceases to. */
export const conditionFacts = (
  before: readonly Condition[] | undefined,
  after: readonly Condition[] | undefined,
  moods: Moods,
): string[] =>
  Object.entries(moods).flatMap(([type, [holds, ceases]]) => {
    const find = (conditions: readonly Condition[] = []) =>
      conditions.find((condition) => condition.type === type)
    const [old, now] = [find(before), find(after)]
    if (now === undefined || now.status === old?.status) return []
    if (now.status === 'True') return [holds]
    const why = now.reason === undefined ? '' : ` (${now.reason})`
    return old?.status === 'True' ? [`${ceases}${why}`] : []
  })

/** `replicas 2 → 3` */
export const numberFacts = (
  names: Readonly<Record<string, string>>,
  before: object | undefined,
  after: object | undefined,
): string[] =>
  Object.entries(names).flatMap(([field, name]) => {
    const read = (of: object = {}) =>
      (of as Readonly<Record<string, number | undefined>>)[field] ?? 0
    const [old, now] = [read(before), read(after)]
    return old === now ? [] : [`${name} ${old} → ${now}`]
  })

export const mapFacts = (name: string, before: StringMap = {}, after: StringMap = {}): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => {
    const [old, now] = [
      Object.hasOwn(before, key) ? before[key] : undefined,
      Object.hasOwn(after, key) ? after[key] : undefined,
    ]
    if (old === now) return []
    if (old === undefined) return [`got the ${name} ${key}=${now}`]
    return now === undefined ? [`lost the ${name} ${key}`] : [`${name} ${key} ${old} → ${now}`]
  })

export const labelFacts = (before: KubeObject, after: KubeObject): string[] =>
  before.metadata.labels === after.metadata.labels
    ? []
    : mapFacts('label', before.metadata.labels, after.metadata.labels)

interface WithTemplate {
  readonly template: {
    readonly spec?: {
      readonly containers?: readonly { readonly name: string; readonly image?: string }[]
    }
  }
}

/** `image of container main nginx:1 → nginx:2` */
export const templateFacts = (before: WithTemplate, after: WithTemplate): string[] => {
  if (before.template === after.template) return []
  const old = new Map(before.template.spec?.containers?.map(({ name, image }) => [name, image]))
  return (after.template.spec?.containers ?? []).flatMap(({ name, image }) =>
    image === old.get(name) ? [] : [`image of container ${name} ${old.get(name)} → ${image}`],
  )
}

/** Objects that only have a phase. */
export const saysOfPhases: Says = {
  updated: (before, after) => {
    const phase = (object: KubeObject) =>
      (object as { readonly status?: { readonly phase?: string } }).status?.phase
    const now = phase(after)
    return now === undefined || now === phase(before) ? [] : [`is now ${now}`]
  },
}
