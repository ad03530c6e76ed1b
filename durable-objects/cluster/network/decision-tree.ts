// What chance can lead to. The rules are walked once for each way that chance can take; after that only the dice are thrown.
import type { Chance } from '#netfilter/evaluation.ts'

/** Undefined: nobody has gone that way yet. */
type Node<T> = Leaf<T> | Decision<T> | undefined

interface Leaf<T> {
  readonly value: T
}

/** `happens`: how many of 2^31 cases say yes; otherwise how many there are to choose from. */
interface Question {
  readonly kind: keyof Chance
  readonly parameter: number
  /** Throws the dice, or takes the next turn. */
  readonly decide: () => number
}

interface Decision<T> extends Question {
  /** By what was decided: 0 or 1, or which. */
  readonly next: Node<T>[]
}

interface Decided {
  readonly question: Question
  readonly result: number
}

const isSame = (a: Question, b: Question): boolean =>
  a.kind === b.kind && a.parameter === b.parameter

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

  /** What it always comes to, if chance has no part in it; undefined if that is not known. */
  get certain(): T | undefined {
    return this.#root !== undefined && 'value' in this.#root ? this.#root.value : undefined
  }

  /** What chance leads to this time. `evaluate` is asked where chance takes a way for the first time. */
  draw(evaluate: (chance: Chance) => Outcome<T>): T {
    const decided: Decided[] = []
    let node = this.#root
    while (node !== undefined && 'next' in node) {
      const result = node.decide()
      decided.push({ question: node, result })
      node = node.next[result]
    }
    return node === undefined ? this.#explore(decided, evaluate) : node.value
  }

  /** Goes where the dice led, throwing more of them on the way. */
  #explore(decided: Decided[], evaluate: (chance: Chance) => Outcome<T>): T {
    let at = 0
    const answer = (question: Question): number => {
      let decision = decided[at]
      if (decision === undefined || !isSame(decision.question, question)) {
        decided.length = at
        decision = { question, result: question.decide() }
        decided.push(decision)
      }
      at++
      return decision.result
    }
    const chance = this.#chance
    const { value, isRepeatable } = evaluate({
      happens: (parameter) =>
        answer({
          kind: 'happens',
          parameter,
          decide: () => Number(chance.happens(parameter)),
        }) === 1,
      oneOf: (parameter) =>
        answer({ kind: 'oneOf', parameter, decide: () => chance.oneOf(parameter) }),
      turn: (parameter, take) =>
        answer({ kind: 'turn', parameter, decide: () => chance.turn(parameter, take) }),
    })
    decided.length = at
    if (isRepeatable) this.#remember(decided, value)
    return value
  }

  #remember(decided: readonly Decided[], value: T): void {
    let place: { next: Node<T>[]; at: number } = { next: [this.#root], at: 0 }
    const top = place.next
    for (const { question, result } of decided) {
      const known = place.next[place.at]
      const isKnown = known !== undefined && 'next' in known && isSame(known, question)
      const decision = isKnown ? known : { ...question, next: [] }
      place.next[place.at] = decision
      place = { next: decision.next, at: result }
    }
    place.next[place.at] = { value }
    this.#root = top[0]
  }
}
