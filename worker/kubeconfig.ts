/**
 * A kubeconfig for a session. kubectl drops credentials on plain http, so there the key is part of the server's path; on https it is a
 * token. Without a key the kubeconfig only looks.
 */
export const kubeconfig = (origin: string, id: string, key: string | undefined): string => {
  const inPath = origin.startsWith('http:') && key !== undefined
  const server = `${origin}/k8s/${inPath ? `${id}.${key}` : id}`
  const token = key === undefined || inPath ? '{}' : `\n    token: ${key}`
  return `apiVersion: v1
kind: Config
clusters:
- cluster:
    server: ${server}
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
