/** The group's entry in the aggregated discovery document. */
export const kubariumDiscovery = {
  metadata: { name: 'kubarium.dev' },
  versions: [
    {
      version: 'v1',
      resources: [
        {
          resource: 'externalhosts',
          responseKind: { group: '', version: '', kind: 'ExternalHost' },
          scope: 'Cluster',
          singularResource: 'externalhost',
          verbs: [
            'create',
            'delete',
            'deletecollection',
            'get',
            'list',
            'patch',
            'update',
            'watch',
          ],
          categories: ['kubarium'],
        },
        {
          resource: 'images',
          responseKind: { group: '', version: '', kind: 'Image' },
          scope: 'Cluster',
          singularResource: 'image',
          verbs: [
            'create',
            'delete',
            'deletecollection',
            'get',
            'list',
            'patch',
            'update',
            'watch',
          ],
          categories: ['kubarium'],
        },
        {
          resource: 'machines',
          responseKind: { group: '', version: '', kind: 'Machine' },
          scope: 'Cluster',
          singularResource: 'machine',
          verbs: [
            'create',
            'delete',
            'deletecollection',
            'get',
            'list',
            'patch',
            'update',
            'watch',
          ],
          categories: ['kubarium'],
          subresources: [
            {
              subresource: 'status',
              responseKind: { group: '', version: '', kind: 'Machine' },
              verbs: ['get', 'patch', 'update'],
            },
          ],
        },
        {
          resource: 'traces',
          responseKind: { group: '', version: '', kind: 'Trace' },
          scope: 'Namespaced',
          singularResource: 'trace',
          verbs: [
            'create',
            'delete',
            'deletecollection',
            'get',
            'list',
            'patch',
            'update',
            'watch',
          ],
          categories: ['kubarium'],
          subresources: [
            {
              subresource: 'status',
              responseKind: { group: '', version: '', kind: 'Trace' },
              verbs: ['get', 'patch', 'update'],
            },
          ],
        },
      ],
      freshness: 'Current',
    },
  ],
} as const
