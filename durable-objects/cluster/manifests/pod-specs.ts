// Where objects say what their Pods are to be, and what those need.
import type { JsonObject } from '#apimachinery/object.ts'
import { at, objectOf, objectsOf, textOf, within } from '#manifests/shapes.ts'

const TEMPLATE = ['spec', 'template', 'spec']

const PATHS: Readonly<Record<string, readonly string[]>> = {
  'cronjobs.batch': ['spec', 'jobTemplate', ...TEMPLATE],
  'daemonsets.apps': TEMPLATE,
  'deployments.apps': TEMPLATE,
  'jobs.batch': TEMPLATE,
  pods: ['spec'],
  podtemplates: ['template', 'spec'],
  'replicasets.apps': TEMPLATE,
  replicationcontrollers: TEMPLATE,
  'statefulsets.apps': TEMPLATE,
}

/** The way to the spec of an object's Pods; nothing for what makes none. */
export const podSpecPath = (resource: string): readonly string[] | undefined =>
  Object.hasOwn(PATHS, resource) ? PATHS[resource] : undefined

export const podSpecOf = (resource: string, object: JsonObject): JsonObject | undefined => {
  const path = podSpecPath(resource)
  return path === undefined ? undefined : objectOf(within(object, ...path))
}

/** An object that Pods do not start without. */
export interface Reference {
  readonly resource: 'configmaps' | 'persistentvolumeclaims' | 'secrets'
  readonly kind: 'ConfigMap' | 'PersistentVolumeClaim' | 'Secret'
  readonly name: string
}

const configMap = (name: string): Reference => ({
  resource: 'configmaps',
  kind: 'ConfigMap',
  name,
})
const secret = (name: string): Reference => ({ resource: 'secrets', kind: 'Secret', name })

/** Of a volume, a source of one that is projected, an entry of `env` or of `envFrom`: where the name of a kind may stand. */
const ofSource = (source: JsonObject): readonly Reference[] => {
  const named = (
    field: string,
    key: string,
    reference: (name: string) => Reference,
  ): readonly Reference[] => {
    const found = objectOf(at(source, field))
    const name = textOf(at(found, key))
    return name === '' || at(found, 'optional') === true ? [] : [reference(name)]
  }
  return [
    ...named('configMap', 'name', configMap),
    ...named('secret', 'secretName', secret),
    ...named('secret', 'name', secret),
    ...named('configMapRef', 'name', configMap),
    ...named('secretRef', 'name', secret),
    ...named('configMapKeyRef', 'name', configMap),
    ...named('secretKeyRef', 'name', secret),
    ...named('persistentVolumeClaim', 'claimName', (name) => ({
      resource: 'persistentvolumeclaims',
      kind: 'PersistentVolumeClaim',
      name,
    })),
  ]
}

/** What Pods of this spec wait for until it is there. */
export const referencesOf = (spec: JsonObject): readonly Reference[] => {
  const volumes = objectsOf(at(spec, 'volumes')).flatMap((volume) => [
    volume,
    ...objectsOf(within(volume, 'projected', 'sources')),
  ])
  const containers = [
    ...objectsOf(at(spec, 'initContainers')),
    ...objectsOf(at(spec, 'containers')),
  ]
  const variables = containers.flatMap((container) => [
    ...objectsOf(at(container, 'envFrom')),
    ...objectsOf(at(container, 'env')).map((variable) => objectOf(at(variable, 'valueFrom'))),
  ])
  return [...volumes, ...variables].flatMap(ofSource)
}
