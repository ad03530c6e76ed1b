/** What the page's own address lets it do. The key stands in the fragment, which no server sees. */
export interface Access {
  readonly id: string
  readonly key: string | undefined
}

export interface Session {
  readonly title: string
  readonly description: string
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

/** What the session says of itself. Throws Refused if asking again cannot help. */
export const describe = async ({ id, key }: Access): Promise<Session> => {
  const answer = await fetch(`/api/sessions/${id}`, {
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
  })
  if (answer.ok) return answer.json() as Promise<Session>
  if (answer.status < 500) throw new Refused(answer.status)
  throw new Error(`answered with ${answer.status}`)
}

/** A WebSocket cannot carry a header: the key stands in its address. */
export const linkOf = ({ id, key }: Access): string => (key === undefined ? id : `${id}.${key}`)

export const openLive = (access: Access): WebSocket =>
  new WebSocket(
    `${location.origin.replace('http', 'ws')}/api/sessions/${encodeURIComponent(linkOf(access))}/live`,
  )
