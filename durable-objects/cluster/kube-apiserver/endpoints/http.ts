import type { Pod } from '#api/core/v1/pod/types.ts'
import { badRequest } from '#apimachinery/status-error.ts'
import type { UserInfo } from '#api/strategy.ts'

/** An HTTP request as the edge hands it in. The edge has read the body and decoded text as UTF-8. */
export interface ApiRequest {
  readonly method: string
  /** As sent, percent-encoded, without query: `/api/v1/namespaces/default/pods`. */
  readonly path: string
  /** Decoded names and values, in order. */
  readonly query: readonly (readonly [string, string])[]
  readonly accept: string
  readonly contentType: string
  readonly userAgent: string
  /** The client wants to go on in another protocol: a WebSocket. */
  readonly upgrade?: boolean
  /** All headers, names in small letters: only where they go on to somebody else. */
  readonly headers?: readonly (readonly [string, string])[]
  /** Under which the client finds the API: `/k8s/ID.KEY`. */
  readonly basePath?: string
  readonly impersonate?: {
    readonly user: string
    readonly groups: readonly string[]
    readonly uid?: string
    readonly extra?: Readonly<Record<string, readonly string[]>>
  }
  readonly body: string | Uint8Array
  readonly user: UserInfo
}

/** The client and the Pod go on by themselves. */
export interface Connection {
  readonly kind: 'exec' | 'attach' | 'portforward'
  readonly pod: Pod
  /** '' for portforward. */
  readonly container: string
  readonly command: readonly string[]
  /** For clients that say beforehand which ports they forward. */
  readonly ports: readonly number[]
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly tty: boolean
}

export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly headers?: readonly (readonly [string, string])[]
  /** Joined as they are; a list comes in many parts. */
  readonly body: readonly string[]
  /** Instead of `body`: what is no text. */
  readonly bytes?: Uint8Array
  /** With status 101: what the client goes on with. */
  readonly connection?: Connection
}

/** A stream of events. `start` sends what there is and then whatever happens, until `close`. */
export interface WatchAnswer {
  readonly status: 200
  readonly contentType: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly watch: {
    readonly start: (send: (text: string) => void, end: () => void) => void
    readonly close: () => void
    /** Every byte is the client's: nothing may be written between. */
    readonly isText?: boolean
    /** The client asked for an end after so many seconds of real time. */
    readonly timeoutSeconds?: number
    /** How far the client has seen everything, for those who want to hear of it now and then. */
    readonly bookmark?: () => string
  }
}

export type ApiAnswer = Answer | WatchAnswer

export const queryValue = (request: ApiRequest, name: string): string | undefined =>
  request.query.find(([key]) => key === name)?.[1]

/** A flag counts as set unless it says that it is not. kubernetes: apimachinery pkg/runtime/converter.go Convert_Slice_string_To_bool */
export const isSet = (value: string | undefined): boolean =>
  value !== undefined && value !== '0' && value.toLowerCase() !== 'false'

export const queryFlag = (request: ApiRequest, name: string): boolean =>
  isSet(queryValue(request, name))

/** A port that somebody wrote down. */
export const portNumber = (text: string): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65_535) throw badRequest(`invalid port ${JSON.stringify(text)}`)
  return port
}

const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

/** JSON as Go's encoder writes it: safe to stand in HTML. Such characters stand in strings only. */
export const goJson = (value: unknown, indent?: number): string => {
  const text = JSON.stringify(value, undefined, indent)
  // most texts have none: to look is cheaper than to replace
  return /[<>&\u2028\u2029]/.test(text)
    ? text.replace(/[<>&\u2028\u2029]/g, (character) => ESCAPES[character]!)
    : text
}

export const jsonAnswer = (
  status: number,
  body: unknown,
  contentType = 'application/json',
): Answer => ({
  status,
  contentType,
  // Go's encoder ends every document with a line break
  body: [`${goJson(body)}\n`],
})

/** JSON for people, whoever asks. kubernetes: apiserver pkg/endpoints/handlers/responsewriters/writers.go WriteRawJSON */
export const indentedAnswer = (status: number, body: unknown): Answer => ({
  status,
  contentType: 'application/json',
  body: [goJson(body, 2)],
})

/** Nothing is served under this path, and no group of the API is asked. */
export const pageNotFound = (): Answer => ({
  status: 404,
  contentType: 'text/plain; charset=utf-8',
  headers: [['x-content-type-options', 'nosniff']],
  body: ['404 page not found\n'],
})

/** A Status that says only that it was done. */
export const successAnswer = (code: number): Answer =>
  jsonAnswer(code, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code })
