// A state on its way from one session to another, in texts of about a megabyte. Objects travel as they are stored, so that none is read or
// written anew.
import { RpcTarget } from 'cloudflare:workers'
import type { ObjectRow } from '../revision-store.ts'
import { type State, type StateHead, type StatePart, statePartsOf } from './state-source.ts'

/** No name and no namespace holds a space, and no text a line break. */
const rowLine = ({ revision, resource, namespace, name, text }: ObjectRow): string =>
  `${revision} ${resource} ${namespace} ${name} ${text}`

const textOf = (part: StatePart): string =>
  part.kind === 'rows' ? part.rows.map(rowLine).join('\n') : JSON.stringify(part)

/**
 * Reads a state part by part, from another object: the one that it is of stays in memory meanwhile, and others have their turns between.
 * (A stream would come in pieces of four kilobytes, each of which waits for the one before.)
 */
export class StateReader extends RpcTarget {
  readonly #head: StateHead
  readonly #parts: Iterator<StatePart, void>

  constructor(state: State) {
    super()
    this.#head = state.head
    this.#parts = statePartsOf(state)
  }

  head(): StateHead {
    return this.#head
  }

  /** The next part; undefined: that was all. */
  next(): string | undefined {
    const { done, value } = this.#parts.next()
    return done === true ? undefined : textOf(value)
  }
}

const readRow = (line: string): ObjectRow => {
  const first = line.indexOf(' ')
  const second = line.indexOf(' ', first + 1)
  const third = line.indexOf(' ', second + 1)
  const fourth = line.indexOf(' ', third + 1)
  return {
    revision: Number(line.slice(0, first)),
    resource: line.slice(first + 1, second),
    namespace: line.slice(second + 1, third),
    name: line.slice(third + 1, fourth),
    text: line.slice(fourth + 1),
  }
}

/** Reads what `next` said. */
export const readPart = (text: string): StatePart =>
  text.startsWith('{')
    ? (JSON.parse(text) as StatePart)
    : { kind: 'rows', rows: text.split('\n').map(readRow) }
