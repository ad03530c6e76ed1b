/** What the page's own address lets it do. The key stands in the fragment, which no server sees. */
export interface Access {
  readonly id: string
  readonly key: string | undefined
}

export const accessOf = (location: Location): Access => {
  const id = /^\/s\/([^/]+)/.exec(location.pathname)?.[1] ?? ''
  const key = /^#:([a-z2-7]+)/.exec(location.hash)?.[1]
  return { id, key }
}

const headersOf = ({ key }: Access): Record<string, string> =>
  key === undefined ? {} : { authorization: `Bearer ${key}` }

export class RequestFailed extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** A call of Kubarium's API on the session. Throws RequestFailed with what the server says. */
export const describe = async (
  access: Access,
): Promise<{ readonly title: string; readonly access: 'view' | 'edit' }> => {
  const answer = await fetch(`/api/sessions/${access.id}`, { headers: headersOf(access) })
  const body = (await answer.json()) as {
    readonly detail?: string
    readonly title: string
    readonly access: 'view' | 'edit'
  }
  if (!answer.ok)
    throw new RequestFailed(answer.status, body.detail ?? 'The session could not be opened.')
  return body
}

/** A request to the session's Kubernetes API. */
export const kubernetes = (access: Access, path: string, signal: AbortSignal): Promise<Response> =>
  fetch(`/k8s/${access.id}${path}`, {
    headers: { ...headersOf(access), accept: 'application/json' },
    signal,
  })
