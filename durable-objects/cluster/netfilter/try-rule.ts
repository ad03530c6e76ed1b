// One rule and one packet: the parts from left to right, until one does not match.
import { chanceOf, type NatChoice } from './evaluation.ts'
import { elementOf, keyOf } from './lookup.ts'
import { matches, type OtherPart } from './match.ts'
import type { Match, Outcome, Rule, Statement, Verdict } from './rule.ts'
import type { ElementSet } from './ruleset.ts'
import type { Deed } from './step.ts'
import type { Place, Walk } from './walk.ts'

/** Where a rule sends a packet. */
export type Ending =
  | NatChoice
  | Extract<Deed, { kind: 'jump' | 'goto' | 'return' | 'accept' | 'drop' | 'reject' }>

/** What came of a rule that did more than not to match. */
export interface Trial {
  /** In their order. */
  readonly did: Deed[]
  ending?: Ending
  /** Chance was asked: how probable it was that it says yes. */
  probability?: number
  /** All parts matched. */
  isTaken: boolean
}

/** undefined: the first match that did not hold ended it. Most rules of a long chain end here, so that nothing is made for them. */
export const tryRule = (walk: Walk, place: Place, rule: Rule): Trial | undefined => {
  let trial: Trial | undefined
  for (const part of rule.parts) {
    const isMatch = matches(part, walk.packet, walk.context)
    if (isMatch === true) continue
    if (isMatch === false) return trial
    trial ??= { did: [], isTaken: false }
    // what is no plain match
    if (!tryPart(walk, place, part as OtherPart, trial)) return trial
    if (trial.ending !== undefined) break
  }
  trial ??= { did: [], isTaken: false }
  trial.isTaken = true
  return trial
}

/** False: the rule ends here. */
const tryPart = (walk: Walk, place: Place, part: OtherPart, trial: Trial): boolean => {
  switch (part.kind) {
    case 'probability':
      return tryChance(walk, part.probability, trial)
    case 'recent': {
      const { memory, now } = walk.context
      const within = { seconds: part.seconds, now }
      if (!memory.hasSeen(part.list, walk.packet.source.ip, within)) return false
      trial.did.push({ kind: 'recall', list: part.list })
      return true
    }
    case 'lookup':
      return tryLookup(walk, place, part, trial)
    case 'comment':
    case 'account':
    case 'setMark':
    case 'remember':
    case 'update':
      return tryStatement(walk, place, part, trial)
    default:
      return tryOutcome(walk, place, part, trial)
  }
}

/** 31 random bits are compared with the probability in as many. */
const CHANCES = 0x8000_0000

const tryChance = ({ context }: Walk, probability: string, trial: Trial): boolean => {
  const threshold = Math.round(Number(probability) * CHANCES)
  trial.probability = Math.min(1, threshold / CHANCES)
  return (context.chance ?? chanceOf(context.random)).happens(threshold)
}

const tryLookup = (
  walk: Walk,
  place: Place,
  part: Extract<Match, { kind: 'lookup' }>,
  trial: Trial,
): boolean => {
  const key = keyOf(part.fields, walk.packet)
  // a packet that lacks a field fits neither way
  if (key === undefined) return false
  const isFound = find(walk, place, part.set, key) !== undefined
  if (isFound === (part.isNegated ?? false)) return false
  trial.did.push({ kind: 'lookup', set: part.set, key, isFound, isMap: false })
  return true
}

const setOf = ({ key, table }: Place, name: string): ElementSet => {
  const set = table.sets.get(name)
  if (set === undefined) throw new Error(`${key} has no set ${name}`)
  return set
}

/** What the set's elements are kept under that rules add. */
export const memoryKey = (table: string, set: string): string => `${table} ${set}`

const find = ({ context }: Walk, place: Place, name: string, key: string) => {
  const set = { set: setOf(place, name), id: memoryKey(place.key, name) }
  return elementOf(set, key, context.memory, context.now)
}

const tryStatement = (walk: Walk, place: Place, part: Statement, trial: Trial): boolean => {
  const { memory } = walk.context
  switch (part.kind) {
    case 'comment':
      return true
    case 'account':
      memory.count(part.name)
      trial.did.push({ kind: 'account', name: part.name })
      return true
    case 'setMark': {
      const before = walk.packet.mark
      const after = markAfter(before, part)
      walk.packet = { ...walk.packet, mark: after }
      trial.did.push({ kind: 'mark', before, after })
      return true
    }
    case 'remember':
      memory.remember(part.list, walk.packet.source.ip, walk.context.now)
      trial.did.push({ kind: 'remember', list: part.list })
      return true
    case 'update':
      return tryUpdate(walk, place, part, trial)
  }
}

const markAfter = (
  before: number,
  { how, value, mask }: Extract<Statement, { kind: 'setMark' }>,
): number => {
  if (how === 'or') return (before | value) >>> 0
  if (how === 'xor') return (before ^ value) >>> 0
  return ((before & ~mask) ^ value) >>> 0
}

const tryUpdate = (
  { packet, context }: Walk,
  place: Place,
  part: Extract<Statement, { kind: 'update' }>,
  trial: Trial,
): boolean => {
  const key = keyOf(part.fields, packet)
  if (key === undefined) return false
  const { timeoutSeconds: seconds = 0, size } = setOf(place, part.set)
  const id = memoryKey(place.key, part.set)
  const isFull = !context.memory.updateElement(id, key, { now: context.now, seconds, size })
  trial.did.push({ kind: 'update', set: part.set, key, isFull })
  return !isFull
}

const tryOutcome = (walk: Walk, place: Place, part: Outcome, trial: Trial): boolean => {
  switch (part.kind) {
    case 'verdict':
      return end(trial, deedOf(part.verdict))
    case 'dnat':
      return changes(walk, place, 'dnat') && end(trial, { kind: 'dnat', to: part.to })
    case 'masquerade': {
      const ending = { kind: 'masquerade', isRandom: part.isRandom } as const
      return changes(walk, place, 'masquerade') && end(trial, ending)
    }
    case 'vmap': {
      const key = keyOf(part.fields, walk.packet)
      if (key === undefined) return false
      const verdict = find(walk, place, part.map, key)?.verdict
      const isFound = verdict !== undefined
      const deed = { kind: 'lookup', set: part.map, key, isFound, isMap: true } as const
      trial.did.push(isFound ? { ...deed, verdict } : deed)
      return isFound && end(trial, deedOf(verdict))
    }
    case 'spreadVerdicts': {
      const verdict = pick(walk, part.verdicts, trial)
      return verdict !== undefined && end(trial, deedOf(verdict))
    }
    case 'spreadDnat': {
      if (!changes(walk, place, 'dnat')) return false
      const to = pick(walk, part.to, trial)
      return to !== undefined && end(trial, { kind: 'dnat', to })
    }
  }
}

const end = (trial: Trial, ending: Ending): true => {
  trial.ending = ending
  trial.did.push(ending)
  return true
}

const deedOf = (verdict: Verdict): Ending =>
  verdict.kind === 'reject'
    ? { kind: 'reject', with: verdict.with ?? 'icmp-port-unreachable' }
    : verdict

/** The kernel lets only chains of the type nat change addresses, and at these hooks. */
const changes = ({ hook }: Walk, { base }: Place, what: NatChoice['kind']): boolean =>
  base.type === 'nat' &&
  (what === 'masquerade' ? hook === 'postrouting' : hook === 'prerouting' || hook === 'output')

/** `numgen random mod N` */
const pick = <T>({ context }: Walk, all: readonly T[], trial: Trial): T | undefined => {
  if (all.length > 1) trial.probability = 1 / all.length
  return all[(context.chance ?? chanceOf(context.random)).oneOf(all.length)]
}
