// A state on its way from one session to another: lines of text. Objects travel as they are stored, so that none is read or written anew.
import type { ObjectRow } from '../revision-store.ts'
import { type State, type StateHead, type StatePart, statePartsOf } from './state-source.ts'

const ENCODER = new TextEncoder()

/** What was cut off on its way has none. */
const END = 'end\n'

/** No name and no namespace holds a space, and no text a line break. */
const rowLine = ({ revision, resource, namespace, name, text }: ObjectRow): string =>
  `${revision} ${resource} ${namespace} ${name} ${text}\n`

const partText = (part: StatePart): string =>
  part.kind === 'rows' ? part.rows.map(rowLine).join('') : `${JSON.stringify(part)}\n`

/** The state as a stream of bytes; each pull makes one part. */
export const streamOfState = (state: State): ReadableStream<Uint8Array> => {
  const parts = statePartsOf(state)
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(ENCODER.encode(`${JSON.stringify(state.head)}\n`)),
      pull: (controller) => {
        const { done, value } = parts.next()
        controller.enqueue(ENCODER.encode(done === true ? END : partText(value)))
        if (done === true) controller.close()
      },
    },
    { highWaterMark: 1 },
  )
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

const readParts = (lines: readonly string[]): readonly StatePart[] => {
  const parts: StatePart[] = []
  const rows: ObjectRow[] = []
  for (const line of lines)
    if (line.startsWith('{')) parts.push(JSON.parse(line) as StatePart)
    else rows.push(readRow(line))
  if (rows.length > 0) parts.push({ kind: 'rows', rows })
  return parts
}

/** Reads what `streamOfState` wrote. `take` is called for each part in its turn. */
export const readState = async (
  stream: ReadableStream<Uint8Array>,
  take: (part: StatePart) => void,
): Promise<StateHead> => {
  let head: StateHead | undefined
  let rest = ''
  let isWhole = false
  const decoder = new TextDecoder()
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop()!
    if (head === undefined && lines.length > 0) head = JSON.parse(lines.shift()!) as StateHead
    isWhole = lines.at(-1) === END.trim()
    for (const part of readParts(isWhole ? lines.slice(0, -1) : lines)) take(part)
  }
  if (head === undefined || !isWhole) throw new Error('the state ended in the middle')
  return head
}
