import type { Route } from './session-route.ts'

/** Where a session is found; without a key only by who looks. */
export const linksOf = (context: Route, id: string, key: string | undefined) => {
  const { origin } = new URL(context.req.url)
  const self = `${origin}/api/sessions/${id}`
  return {
    view: `${origin}/s/${id}`,
    ...(key === undefined ? {} : { edit: `${origin}/s/${id}#:${key}` }),
    embed: `${origin}/embed/${id}`,
    kubernetes: `${origin}/k8s/${key === undefined ? id : `${id}.${key}`}`,
    kubeconfig: `${self}/kubeconfig`,
    self,
  }
}
