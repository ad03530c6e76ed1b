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
  readonly impersonate?: { readonly user: string; readonly groups: readonly string[] }
  readonly body: string | Uint8Array
  readonly user: UserInfo
}

export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly headers?: readonly (readonly [string, string])[]
  /** Joined as they are; a list comes in many parts. */
  readonly body: readonly string[]
}

/** A stream of events. `start` sends what there is and then whatever happens, until `close`. */
export interface WatchAnswer {
  readonly status: 200
  readonly contentType: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly watch: {
    readonly start: (send: (text: string) => void, end: () => void) => void
    readonly close: () => void
    /** The client asked for an end after so many seconds of real time. */
    readonly timeoutSeconds?: number
  }
}

export type ApiAnswer = Answer | WatchAnswer

export const queryValue = (request: ApiRequest, name: string): string | undefined =>
  request.query.find(([key]) => key === name)?.[1]

export const queryFlag = (request: ApiRequest, name: string): boolean => {
  const value = queryValue(request, name)
  return value !== undefined && value !== 'false' && value !== '0'
}

export const jsonAnswer = (
  status: number,
  body: unknown,
  contentType = 'application/json',
): Answer => ({
  status,
  contentType,
  // Go's encoder ends every document with a line break
  body: [`${JSON.stringify(body)}\n`],
})
