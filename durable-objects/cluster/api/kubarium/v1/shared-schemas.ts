// What the schemas of all kinds of the group have.

export const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'
export const LIST_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta'

export const apiVersion = {
  type: 'string',
  description:
    'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources',
} as const

export const kind = {
  type: 'string',
  description:
    'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
} as const

/** The schema of a kind's list. */
export const listSchema = (kindName: string, description: string, items: string) => ({
  type: 'object',
  description,
  required: ['items'],
  properties: {
    apiVersion,
    items: {
      type: 'array',
      items: { default: {}, $ref: `dev.kubarium.v1.${kindName}` },
      description: items,
    },
    kind,
    metadata: { default: {}, $ref: LIST_META, description: 'Standard list metadata.' },
  },
  'x-kubernetes-group-version-kind': [
    { group: 'kubarium.dev', kind: `${kindName}List`, version: 'v1' },
  ],
})
