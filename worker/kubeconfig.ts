import type { Access } from '../durable-objects/cluster-session.ts'

/**
 * A kubeconfig for a session. kubectl drops credentials on plain http, so there the key is part of the server's path; on https it is a
 * token. Other clients than kubectl take plain http only if they are told that nothing is verified. Without a key the kubeconfig only
 * looks.
 */
export const kubeconfig = (origin: string, id: string, { key, at }: Access): string => {
  const isPlain = origin.startsWith('http:')
  const inPath = isPlain && key !== undefined
  const revision = at === undefined ? '' : `@${at}`
  const server = `${origin}/k8s/${inPath ? `${id}.${key}` : id}${revision}`
  const token = key === undefined || inPath ? '{}' : `\n    token: ${key}`
  return `apiVersion: v1
kind: Config
clusters:
- cluster:
    server: ${server}${isPlain ? '\n    insecure-skip-tls-verify: true' : ''}
  name: kubarium
contexts:
- context:
    cluster: kubarium
    user: ${key === undefined ? 'viewer' : 'admin'}
  name: kubarium
current-context: kubarium
users:
- name: ${key === undefined ? 'viewer' : 'admin'}
  user:${token === '{}' ? ' {}' : token}
`
}
