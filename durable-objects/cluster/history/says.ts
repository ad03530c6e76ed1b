// What a revision did, in one sentence for somebody who learns.
import type { KubeObject } from '#apimachinery/object.ts'
import type { Revision } from '#etcd/etcd.ts'
import { changedPaths, type ChangedPath } from './changed-paths.ts'
import { saysOf } from './says-of-kinds.ts'
import { listed } from './words.ts'

export type Verb = 'created' | 'updated' | 'deleted'

export const verbOf = ({ object, previous }: Revision): Verb => {
  if (object === undefined) return 'deleted'
  return previous === undefined ? 'created' : 'updated'
}

/** `Pod default/web-1` */
export const titleOf = ({ kind, metadata }: KubeObject): string => {
  const { namespace, name = '' } = metadata
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`
}

const MOST_FIELDS = 3
const NOISE = /^metadata\.generation$|observedGeneration$|last[A-Z][a-z]+Time$/
const LONGEST_SHOWN = 40

const shown = (value: unknown): string | undefined => {
  const text = JSON.stringify(value)
  return text === undefined || text.length > LONGEST_SHOWN ? undefined : text
}

/** `data.mode: "a" → "b"`; without values where they are long, or secret. */
const fieldText = ({ path, from, to }: ChangedPath, isSecret: boolean): string => {
  if (isSecret) return `${path} changed`
  if (from === undefined) return `${path} set${shown(to) === undefined ? '' : ` to ${shown(to)}`}`
  if (to === undefined) return `${path} removed`
  const [before, after] = [shown(from), shown(to)]
  return before === undefined || after === undefined
    ? `${path} changed`
    : `${path} ${before} → ${after}`
}

const fieldsText = (before: KubeObject, after: KubeObject): string => {
  const { changes: all, isCut } = changedPaths(before, after, 20)
  // what changes with every change is told only where nothing else did
  const telling = all.filter(({ path }) => !NOISE.test(path))
  const changes = telling.length === 0 ? all : telling
  const told = changes
    .slice(0, MOST_FIELDS)
    .map((change) => fieldText(change, after.kind === 'Secret'))
  if (changes.length === 0) return 'nothing changed that is shown'
  const more = changes.length - told.length
  if (more > 0) told.push(`${more}${isCut ? ' and more' : ''} other field${more === 1 ? '' : 's'}`)
  return listed(told)
}

export const sentenceOf = ({ resource, object, previous }: Revision): string => {
  const subject = (object ?? previous)!
  const title = titleOf(subject)
  const ofKind = saysOf(resource)
  if (object === undefined) return `${title} ${resource === 'pods' ? 'is gone' : 'was deleted'}`
  if (previous === undefined) {
    const more = ofKind?.created?.(object)
    return more?.startsWith('=') === true ? more.slice(1) : `${title} was created${more ?? ''}`
  }
  const { deletionTimestamp } = object.metadata
  if (deletionTimestamp !== undefined && previous.metadata.deletionTimestamp === undefined) {
    const seconds = object.metadata.deletionGracePeriodSeconds ?? 0
    return seconds > 0
      ? `${title} is to end within ${seconds} s`
      : `${title} is being deleted${waitsFor(object)}`
  }
  const facts = ofKind?.updated(previous, object) ?? []
  return facts.length === 0
    ? `${title}: ${fieldsText(previous, object)}`
    : `${title}${factsText(facts.slice(0, MOST_FIELDS + 1))}`
}

/** What it does, then what it is now: ` became available: ready Pods 0 → 2`. */
const factsText = (facts: readonly string[]): string => {
  const isNumber = (fact: string): boolean => fact.includes(' → ')
  const [deeds, numbers] = [facts.filter((fact) => !isNumber(fact)), facts.filter(isNumber)]
  const done = deeds.length === 0 ? '' : ` ${listed(deeds)}`
  return numbers.length === 0 ? done : `${done}: ${listed(numbers)}`
}

const waitsFor = ({ metadata }: KubeObject): string => {
  const { finalizers = [] } = metadata
  return finalizers.length === 0
    ? ''
    : `, once ${listed(finalizers)} let${finalizers.length === 1 ? 's' : ''} go of it`
}
