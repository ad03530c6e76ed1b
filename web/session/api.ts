/** What the page's own address lets it do. The key stands in the fragment, which no server sees. */
export interface Access {
  /** A session's; a snapshot's is its hash. */
  readonly id: string
  readonly key: string | undefined
  /** The revision that is looked at; undefined: the cluster as it is now. */
  readonly at: number | undefined
}

export interface Session {
  readonly title: string
  readonly description: string
}

/** What the session says when it is asked once. */
export interface Description extends Session {
  readonly revision: number
  readonly clock: { readonly running: boolean; readonly speed: number; readonly now: string }
}

/** RFC 9457. */
interface Problem {
  readonly detail?: string
  readonly oldest?: number
  readonly newest?: number
}

/** The server has an answer, and it is no. */
export class Refused extends Error {
  override readonly name: string = 'Refused'
  readonly status: number
  readonly problem: Problem

  constructor(status: number, problem: Problem = {}) {
    super(problem.detail ?? `The server answered with ${status}.`)
    this.status = status
    this.problem = problem
  }
}

/** What went wrong, for people. */
export const wordsOf = (error: unknown): string =>
  error instanceof TypeError
    ? 'The server does not answer. Try again in a moment.'
    : (error as Error).message

export const accessOf = ({ pathname, hash }: Pick<Location, 'pathname' | 'hash'>): Access => {
  const text = /^\/[sp]\/([^/]+)/.exec(pathname)?.[1] ?? ''
  // what is nothing of this is no session: the server says so
  const [, id = text, inPath, at] =
    /^([a-z2-7]+)(?:\.([a-z2-7]+))?(?:@(\d{1,15}))?$/.exec(text) ?? []
  return {
    id,
    key: /^#:(.+)/.exec(hash)?.[1] ?? inPath,
    at: at === undefined ? undefined : Number(at),
  }
}

const HASH_LENGTH = 52

export const isSnapshot = ({ id }: Access): boolean => id.length === HASH_LENGTH

/** Where this page shows it. */
export const addressOf = (access: Access): string => {
  const { id, key, at } = access
  const path = isSnapshot(access) ? `/p/${id}` : `/s/${id}${at === undefined ? '' : `@${at}`}`
  return key === undefined ? path : `${path}#:${key}`
}

/** As it stands in the addresses of calls. */
export const pathOf = ({ id, at }: Access): string => (at === undefined ? id : `${id}@${at}`)

/** Throws Refused if asking again cannot help. */
export const request = async (
  { key }: Access,
  path: string,
  { body, ...init }: Omit<RequestInit, 'headers' | 'body'> & { readonly body?: object } = {},
): Promise<Response> => {
  const answer = await fetch(path, {
    ...init,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
  })
  if (answer.ok) return answer
  const problem = (await answer.json().catch(() => ({}))) as Problem
  if (answer.status < 500) throw new Refused(answer.status, problem)
  throw new Error(problem.detail ?? `The server answered with ${answer.status}. Try again.`)
}

/** A call on the session as it is now, or as of the revision that `access` names. */
export const call = async <T>(
  access: Access,
  path = '',
  init?: Parameters<typeof request>[2],
): Promise<T> =>
  (await request(access, `/api/sessions/${pathOf(access)}${path}`, init)).json() as Promise<T>

export const describe = (access: Access, signal?: AbortSignal): Promise<Description> =>
  call(access, '', signal === undefined ? {} : { signal })

interface Forked {
  readonly links: { readonly edit: string }
}

/** Makes a session of what is looked at. Answers where it is. */
export const fork = async (access: Access): Promise<string> =>
  (await call<Forked>(access, '/fork', { method: 'POST' })).links.edit

/** A WebSocket cannot carry a header: the key stands in its address. */
export const linkOf = ({ id, key }: Access): string => (key === undefined ? id : `${id}.${key}`)

export const openLive = (access: Access): WebSocket =>
  new WebSocket(
    `${location.origin.replace('http', 'ws')}/api/sessions/${encodeURIComponent(linkOf(access))}/live`,
  )
