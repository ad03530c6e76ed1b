// What chance can lead to. The rules are walked once for each way that chance can take; after that only the dice are thrown.
import type { Chance } from '#netfilter/evaluation.ts'

/** Undefined: nobody has gone that way yet. */
type Node<T> = Leaf<T> | Decision<T> | undefined

interface Leaf<T> {
  readonly value: T
}

interface Decision<T> {
  /** How many of 2^31 cases say yes; or, of a choice, how many there are to choose from. */
  readonly kind: 'happens' | 'oneOf'
  readonly parameter: number
  /** By what was decided: 0 or 1, or which. */
  readonly next: Node<T>[]
}

interface Decided {
  readonly kind: Decision<unknown>['kind']
  readonly parameter: number
  readonly result: number
}

export interface Outcome<T> {
  readonly value: T
  /** What the same decisions would lead to again. */
  readonly isRepeatable: boolean
}

export class DecisionTree<T> {
  readonly #chance: Chance
  #root: Node<T>

  constructor(chance: Chance) {
    this.#chance = chance
  }

  /** What chance leads to this time. `evaluate` is asked where chance takes a way for the first time. */
  draw(evaluate: (chance: Chance) => Outcome<T>): T {
    const decided: Decided[] = []
    let node = this.#root
    while (node !== undefined && 'next' in node) {
      const { kind, parameter } = node
      const result = this.#throw(kind, parameter)
      decided.push({ kind, parameter, result })
      node = node.next[result]
    }
    return node === undefined ? this.#explore(decided, evaluate) : node.value
  }

  /** Goes where the dice led, throwing more of them on the way. */
  #explore(decided: Decided[], evaluate: (chance: Chance) => Outcome<T>): T {
    let at = 0
    const decide = (kind: Decided['kind'], parameter: number): number => {
      let decision = decided[at]
      if (decision === undefined || decision.kind !== kind || decision.parameter !== parameter) {
        decided.length = at
        decision = { kind, parameter, result: this.#throw(kind, parameter) }
        decided.push(decision)
      }
      at++
      return decision.result
    }
    const { value, isRepeatable } = evaluate({
      happens: (threshold) => decide('happens', threshold) === 1,
      oneOf: (count) => decide('oneOf', count),
    })
    decided.length = at
    if (isRepeatable) this.#remember(decided, value)
    return value
  }

  #throw(kind: Decided['kind'], parameter: number): number {
    return kind === 'happens'
      ? Number(this.#chance.happens(parameter))
      : this.#chance.oneOf(parameter)
  }

  #remember(decided: readonly Decided[], value: T): void {
    let place: { next: Node<T>[]; at: number } = { next: [this.#root], at: 0 }
    const top = place.next
    for (const { kind, parameter, result } of decided) {
      const known = place.next[place.at]
      const isSame =
        known !== undefined &&
        'next' in known &&
        known.kind === kind &&
        known.parameter === parameter
      const decision = isSame ? known : { kind, parameter, next: [] }
      place.next[place.at] = decision
      place = { next: decision.next, at: result }
    }
    place.next[place.at] = { value }
    this.#root = top[0]
  }
}
