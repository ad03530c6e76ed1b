// A table while a transaction changes it: what is to stand where instead of what stood there before. What the changes come to is
// worked out once, at the end, so that what came and went again counts for nothing.
import { elementProblem } from './element-types.ts'
import { PersistentMap } from './persistent-map.ts'
import { indexOf } from './references.ts'
import type { Chain, ElementSet, SetElement, Table, TableIndex } from './ruleset.ts'

/** What a name stands for now, and the change that said so. */
interface Written<T> {
  readonly value: T | undefined
  readonly at: number
}

/** A set, and what of its elements is changed. */
interface SetDraft {
  readonly set: ElementSet
  readonly elements: Map<string, Written<SetElement>>
}

export class TableDraft {
  /** undefined: the table is new. */
  readonly before: Table | undefined
  readonly index: TableIndex
  readonly chains = new Map<string, Written<Chain>>()
  readonly sets = new Map<string, Written<SetDraft>>()

  readonly #frame: Pick<Table, 'family' | 'name'>
  #comment: string | undefined

  constructor(frame: Pick<Table, 'family' | 'name'>, before: Table | undefined) {
    this.#frame = frame
    this.before = before
    this.index = indexOf(before)
    this.#comment = before?.comment
  }

  setComment(comment: string | undefined): void {
    this.#comment = comment ?? this.#comment
  }

  chain(name: string): Chain | undefined {
    const written = this.chains.get(name)
    return written ? written.value : this.before?.chains.get(name)
  }

  putChain(name: string, value: Chain | undefined, at: number): void {
    this.chains.set(name, { value, at })
  }

  hasSet(name: string): boolean {
    const written = this.sets.get(name)
    return written ? written.value !== undefined : this.before?.sets.has(name) === true
  }

  deleteSet(name: string, at: number): void {
    this.sets.set(name, { value: undefined, at })
  }

  /** Returns why the set cannot be, if it cannot. */
  putSet(set: ElementSet, at: number): string | undefined {
    this.sets.set(set.name, { value: { set, elements: new Map() }, at })
    if (holdsTheSame(this.before?.sets.get(set.name), set)) return undefined
    for (const [key, element] of set.elements.entries()) {
      const problem = elementProblem(set, key, element)
      if (problem !== undefined) return problem
    }
    return undefined
  }

  /** Returns why the element cannot be, if it cannot. The set exists. */
  putElement(
    name: string,
    key: string,
    value: SetElement | undefined,
    at: number,
  ): string | undefined {
    let draft = this.sets.get(name)?.value
    if (draft === undefined) {
      draft = { set: this.before!.sets.get(name)!, elements: new Map() }
      this.sets.set(name, { value: draft, at })
    }
    const { set, elements } = draft
    const written = elements.get(key)
    if (value === undefined && (written ? written.value : set.elements.get(key)) === undefined)
      return 'the set has no such element'
    elements.set(key, { value, at })
    return value && elementProblem(set, key, value)
  }

  /** The table as it is now; the table before if nothing differs. `index` is what belongs to it. */
  finish(index: TableIndex): Table {
    const chains = this.before?.chains ?? PersistentMap.empty<Chain>()
    const sets = this.before?.sets ?? PersistentMap.empty<ElementSet>()
    const after = {
      chains: chains.withChanges(valuesOf(this.chains)),
      sets: sets.withChanges(setsOf(this.sets)),
    }
    const { before } = this
    const comment = this.#comment
    const isSame =
      before !== undefined &&
      before.chains === after.chains &&
      before.sets === after.sets &&
      before.comment === comment
    if (isSame) return before
    return { ...this.#frame, ...(comment === undefined ? {} : { comment }), ...after, index }
  }
}

/** The elements were checked before. */
const holdsTheSame = (before: ElementSet | undefined, set: ElementSet): boolean =>
  before !== undefined &&
  before.elements === set.elements &&
  before.types.join() === set.types.join() &&
  before.isMap === set.isMap &&
  before.isInterval === set.isInterval

function* valuesOf<T>(
  written: ReadonlyMap<string, Written<T>>,
): Generator<readonly [string, T | undefined], void> {
  for (const [name, { value }] of written) yield [name, value]
}

function* setsOf(
  drafts: ReadonlyMap<string, Written<SetDraft>>,
): Generator<readonly [string, ElementSet | undefined], void> {
  for (const [name, { value }] of drafts) {
    if (value === undefined) yield [name, undefined]
    else {
      const { set } = value
      const elements = set.elements.withChanges(valuesOf(value.elements))
      yield [name, elements === set.elements ? set : { ...set, elements }]
    }
  }
}
