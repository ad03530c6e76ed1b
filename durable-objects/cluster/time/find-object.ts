// The object that somebody means: `deployment/web`, as kubectl reads it.
import type { KubeObject } from '#apimachinery/object.ts'
import type { Cluster } from '#cluster.ts'
import { fromStored, readStored, type Resource } from '#kube-apiserver/resources.ts'

/** One that may exist or not. */
export interface MeantObject {
  readonly resource: Resource
  /** '' for what stands outside of namespaces. */
  readonly namespace: string
  readonly name: string
}

/** `deploy`, `deployment`, `Deployments`, `deployments.apps`, `deployments.v1.apps`: the first in the order of discovery. */
export const findResource = (served: readonly Resource[], text: string): Resource | undefined => {
  const [word = '', ...rest] = text.toLowerCase().split('.')
  const suffix = rest.join('.')
  return served.find(({ plural, kind, discovery, group, version }) => {
    const { singularResource, shortNames = [] } = discovery
    const names = [plural, singularResource, kind.toLowerCase(), ...shortNames]
    return names.includes(word) && [``, group, `${version}.${group}`].includes(suffix)
  })
}

/** The text: what is wrong with it. */
export const meantObject = (
  cluster: Cluster,
  text: string,
  namespace: string,
): MeantObject | string => {
  const [type = '', name = '', ...more] = text.split('/')
  if (type === '' || name === '' || more.length > 0)
    return `${JSON.stringify(text)} is no object: write its type and its name, for example deployment/web`
  const resource = findResource(cluster.served(), type)
  if (resource === undefined) return `the cluster has no resource type ${JSON.stringify(type)}`
  return { resource, namespace: resource.namespaced ? namespace : '', name }
}

/** What the store held of it, as a client sees it. */
export const asShown = (resource: Resource, stored: KubeObject): KubeObject =>
  fromStored(resource, readStored(resource, stored))

export const currentObject = (
  cluster: Cluster,
  { resource, namespace, name }: MeantObject,
): KubeObject | undefined => {
  const stored = cluster
    .objects(resource.name)
    .find(({ metadata }) => metadata.name === name && (metadata.namespace ?? '') === namespace)
  return stored === undefined ? undefined : asShown(resource, stored)
}
