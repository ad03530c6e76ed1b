import type { KubeObject } from '#apimachinery/object.ts'

/** The read half of the store, as the API server's own parts need it. Resources are named as `pods`, `deployments.apps`. */
export interface Reader {
  get(resource: string, namespace: string, name: string): KubeObject | undefined
  list(resource: string, filter?: { readonly namespace?: string }): readonly KubeObject[]
}
