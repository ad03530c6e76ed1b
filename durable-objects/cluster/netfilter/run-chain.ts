// The way of one packet through a base chain and the chains that it leads to.
import type { NatChoice } from './evaluation.ts'
import type { Rule } from './rule.ts'
import { nextRule } from './rule-index.ts'
import type { Chain } from './ruleset.ts'
import type { Deed } from './step.ts'
import { type Ending, type Trial, tryRule } from './try-rule.ts'
import type { Place, Walk } from './walk.ts'

/** How a base chain ends. */
export type RunEnd = NatChoice | Extract<Deed, { kind: 'accept' | 'drop' | 'reject' }>

interface Frame {
  readonly chain: Chain
  next: number
  /** How probable it was that chance let the packet come this far in the chain. */
  passed: number
}

/** Chains that lead on, one after the other. No ruleset that came out of a transaction has so many on one way. */
const MAX_CHAINS = 100_000

export const runBase = (walk: Walk, place: Place): RunEnd => {
  const frames: Frame[] = [frameOf(place.chain)]
  let chains = 0
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const ending = runChain(walk, place, frame)
    if (ending === undefined || ending.kind === 'return') frames.pop()
    else if (ending.kind === 'jump' || ending.kind === 'goto') {
      // at its end, the chain that is gone to comes back to where this one would have
      if (ending.kind === 'goto') frames.pop()
      frames.push(frameOf(chainOf(place, ending.chain)))
      if (++chains > MAX_CHAINS) throw new Error(`${place.key}: chains lead on without end`)
    } else return ending
  }
  return policyOf(walk, place)
}

const frameOf = (chain: Chain): Frame => ({ chain, next: 0, passed: 1 })

const chainOf = ({ key, table }: Place, name: string): Chain => {
  const chain = table.chains.get(name)
  if (chain === undefined) throw new Error(`${key} has no chain ${name}`)
  return chain
}

/** Goes on until a rule sends the packet elsewhere; undefined at the end of the chain. */
const runChain = (walk: Walk, place: Place, frame: Frame): Ending | undefined => {
  const { rules } = frame.chain
  while (frame.next < rules.length) {
    const index = nextRule(rules, frame.next, walk.packet)
    // those in between were tried as well: they did not match
    walk.tried += Math.min(index + 1, rules.length) - frame.next
    frame.next = index + 1
    const rule = rules[index]
    if (rule === undefined) return undefined
    const trial = tryRule(walk, place, rule)
    if (trial === undefined) continue
    tell(walk, place, frame, { rule, index, trial })
    if (trial.ending !== undefined) return trial.ending
  }
  return undefined
}

interface Tried {
  readonly rule: Rule
  readonly index: number
  readonly trial: Trial
}

const tell = (walk: Walk, place: Place, frame: Frame, { rule, index, trial }: Tried): void => {
  const { probability, isTaken } = trial
  const isChance = isTaken && probability !== undefined
  if (probability !== undefined) frame.passed *= isTaken ? probability : 1 - probability
  // a rule that did not match in the end is told if it left something behind
  const did = isTaken ? trial.did : trial.did.filter(matters)
  if (did.length === 0) return
  walk.steps.push({
    hook: walk.hook,
    table: place.key,
    chain: frame.chain.name,
    index,
    rule,
    did,
    ...(isChance ? { probability } : {}),
    ...(isChance || frame.passed < 1 ? { share: frame.passed } : {}),
    tried: walk.tried,
  })
}

/** That a map has nothing for a packet is worth knowing; that a set has something is so only where the rule goes on. */
const matters = (deed: Deed): boolean =>
  deed.kind !== 'recall' && (deed.kind !== 'lookup' || deed.isMap)

const policyOf = (walk: Walk, place: Place): RunEnd => {
  const { policy: kind } = place.base
  // that no rule decided is told only where it decides
  if (kind === 'drop')
    walk.steps.push({
      hook: walk.hook,
      table: place.key,
      chain: place.chain.name,
      index: -1,
      did: [{ kind }],
      tried: walk.tried,
    })
  return { kind }
}
