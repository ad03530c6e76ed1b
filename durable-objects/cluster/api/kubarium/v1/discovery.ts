const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

const resource = (kind: string, scope: 'Cluster' | 'Namespaced', hasStatus: boolean) => {
  const singularResource = kind.toLowerCase()
  const responseKind = { group: '', version: '', kind }
  return {
    resource: `${singularResource}s`,
    responseKind,
    scope,
    singularResource,
    verbs: VERBS,
    categories: ['kubarium'],
    ...(hasStatus
      ? {
          subresources: [
            { subresource: 'status', responseKind, verbs: ['get', 'patch', 'update'] },
          ],
        }
      : {}),
  }
}

/** The group's entry in the aggregated discovery document. */
export const kubariumDiscovery = {
  metadata: { name: 'kubarium.dev' },
  versions: [
    {
      version: 'v1',
      resources: [
        resource('ExternalHost', 'Cluster', false),
        resource('Image', 'Cluster', false),
        resource('Machine', 'Cluster', true),
        resource('Trace', 'Namespaced', true),
      ],
      freshness: 'Current',
    },
  ],
}
