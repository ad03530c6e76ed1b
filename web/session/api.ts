/** What the page's own address lets it do. The key stands in the fragment, which no server sees. */
export interface Access {
  readonly id: string
  readonly key: string | undefined
}

export interface Session {
  readonly title: string
}

/** The server has an answer, and it is no. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number) {
    super(`refused with ${status}`)
    this.status = status
  }
}

export const accessOf = ({ pathname, hash }: Location): Access => ({
  id: /^\/s\/([^/]+)/.exec(pathname)?.[1] ?? '',
  key: /^#:(.+)/.exec(hash)?.[1],
})

/** A call of Kubarium's API on the session. Throws Refused if asking again cannot help. */
const call = async ({ id, key }: Access, path: string, signal?: AbortSignal): Promise<Response> => {
  const answer = await fetch(`/api/sessions/${id}${path}`, {
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    ...(signal === undefined ? {} : { signal }),
  })
  if (answer.ok) return answer
  if (answer.status < 500) throw new Refused(answer.status)
  throw new Error(`answered with ${answer.status}`)
}

export const describe = async (access: Access): Promise<Session> =>
  (await call(access, '')).json() as Promise<Session>

/** The cluster's objects and every change of them, as lines of JSON. */
export const openStream = async (
  access: Access,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> => {
  const { body } = await call(access, '/live', signal)
  if (body === null) throw new Error('answered with nothing')
  return body
}
