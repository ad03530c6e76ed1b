// What a viewer and the session say to each other, a JSON document in each message.
//
//   to the session
//     {"type":"subscribe","resources":["pods"],"after":123}   both may be left out: what the page shows, and all that there is first.
//                                                             A later one takes the place of the one before
//     {"type":"mark","mark":70000}                            the answer to a mark
//     {"type":"ping"}                                         answered with {"type":"pong"} although the session sleeps
//   to the viewer
//     {"type":"hello","version":1,"access":"view"}            first of all; then session, clock and presence
//     {"type":"session","title":"…","description":"…"}        and whenever they change
//     {"type":"clock","running":true,"speed":1,"now":"…"}     and whenever it is paused, set or run at another speed: in between it goes on by itself
//     {"type":"presence","viewers":2,"editors":1}             and whenever it changes
//     {"type":"list","resource":"pods","list":{…}}            a page of what there is, as the API lists it; more follow until
//     {"type":"listed","resource":"pods","revision":123}
//     {"type":"objects","revision":124,"events":[{"resource":"pods","type":"ADDED","object":{…}}]}
//                                                             what happened, in its order; with it everything up to this revision is known
//     {"type":"mark","mark":70000}                            to be sent back when it was read. Who leaves 1 MiB unanswered is told no more until he does
//     {"type":"expired"}                                      what happened after the viewer's revision is not kept: subscribe anew without `after`
//     {"type":"gone","why":"…"}                               last of all
import { isResource, type ResourceName, SHOWN } from './resources.ts'

export const PROTOCOL_VERSION = 1

export const PING = '{"type":"ping"}'
export const PONG = '{"type":"pong"}'

/** Characters in a message to the session. */
const LONGEST_MESSAGE = 1024

/** Codes that a socket is closed with. The last two are HTTP's with 4000 added. */
export const CODES = {
  noText: 1003,
  noJson: 1007,
  refused: 1008,
  tooLarge: 1009,
  defect: 1011,
  wrongKey: 4401,
  noSession: 4404,
} as const

export interface Complaint {
  readonly code: number
  readonly reason: string
}

export type ViewerMessage =
  | {
      readonly type: 'subscribe'
      readonly resources: readonly ResourceName[]
      readonly after: number | undefined
    }
  | { readonly type: 'mark'; readonly mark: number }
  | { readonly type: 'ping' }

const isWholeNumber = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0

const refuse = (reason: string): Complaint => ({ code: CODES.refused, reason })

const subscription = (resources: unknown, after: unknown): ViewerMessage | Complaint => {
  if (after !== undefined && !isWholeNumber(after))
    return refuse('"after" is a revision: a whole number')
  if (resources === undefined) return { type: 'subscribe', resources: SHOWN, after }
  if (!Array.isArray(resources) || !resources.every(isResource))
    return refuse('"resources" is a list of names: the README has them')
  return { type: 'subscribe', resources: [...new Set(resources)], after }
}

/** Reads what a viewer sent; what is wrong with it if it cannot be read. */
export const readMessage = (data: string | ArrayBuffer): ViewerMessage | Complaint => {
  if (typeof data !== 'string') return { code: CODES.noText, reason: 'a message is a text' }
  if (data.length > LONGEST_MESSAGE)
    return { code: CODES.tooLarge, reason: `a message has at most ${LONGEST_MESSAGE} characters` }
  let message: Readonly<Record<string, unknown>>
  try {
    message = Object(JSON.parse(data)) as typeof message
  } catch {
    return { code: CODES.noJson, reason: 'a message is a JSON document' }
  }
  const { type, resources, after, mark } = message
  if (type === 'subscribe') return subscription(resources, after)
  if (type === 'ping') return { type }
  if (type === 'mark' && isWholeNumber(mark)) return { type, mark }
  return refuse('a message is {"type": "subscribe", "mark" or "ping", …}')
}
