import type { Manifest } from './scripted-cluster.ts'
import { ScriptedCluster, type ScriptOptions } from './scripted-cluster.ts'

export const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
export const WIDGETS = '/apis/example.com/v1/namespaces/default/widgets'

export const WIDGET_SCHEMA = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { type: 'integer', minimum: 1, maximum: 10, description: 'How big the widget is.' },
        color: { type: 'string', enum: ['red', 'green'], default: 'red' },
        replicas: { type: 'integer' },
      },
    },
    status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
}

const VERSION = {
  name: 'v1',
  served: true,
  storage: true,
  subresources: {
    status: {},
    scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
  },
  additionalPrinterColumns: [
    { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
}

/** A definition of widgets, with what a test wants otherwise. */
export const widgetDefinition = ({
  schema = WIDGET_SCHEMA,
  version = {},
  spec = {},
}: {
  readonly schema?: unknown
  readonly version?: object
  readonly spec?: object
} = {}): Manifest => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: {
      plural: 'widgets',
      singular: 'widget',
      kind: 'Widget',
      shortNames: ['wd'],
      categories: ['all'],
    },
    versions: [{ ...VERSION, schema: { openAPIV3Schema: schema }, ...version }],
    ...spec,
  },
})

/** A widget with a spec, a name and whatever else. */
export const widget = (spec: unknown, more: object = {}): Manifest => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'w' },
  spec,
  ...more,
})

/** A cluster that serves widgets. */
export const widgetCluster = (
  definition: Manifest = widgetDefinition(),
  options?: ScriptOptions,
): ScriptedCluster => {
  const cluster = new ScriptedCluster(options)
  cluster.request('POST', DEFINITIONS, definition)
  return cluster
}
