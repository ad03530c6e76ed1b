import { OPENID_PATHS } from '#kube-apiserver/discovery/openid.ts'
import { healthPaths } from '#kube-apiserver/endpoints/health.ts'
import { apiVersionOf, type GroupDiscovery } from '#kube-apiserver/resources.ts'

const pathsOf = ({ metadata: { name = '' }, versions }: GroupDiscovery): readonly string[] => {
  const root = name === '' ? '/api' : `/apis/${name}`
  const group = name === '' ? '/api/' : '/apis/'
  return [root, ...versions.map(({ version }) => group + apiVersionOf({ group: name, version }))]
}

/** What stands at `/`: every path that is served, sorted. */
export const rootPaths = (groups: readonly GroupDiscovery[]): readonly string[] =>
  [
    ...groups.flatMap(pathsOf),
    ...healthPaths(),
    ...OPENID_PATHS,
    '/apis',
    '/apis/',
    '/metrics',
    '/metrics/slis',
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/',
    '/version',
  ].sort()
