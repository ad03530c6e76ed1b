// ConfigMaps and Secrets made of what lies beside the kustomization. kustomize: api/internal/generators
import { encodeBase64 } from '#apimachinery/base64.ts'
import { encodeUtf8 } from '#apimachinery/utf8.ts'
import { KustomizeError } from '#kubectl/kustomize/failure.ts'
import { keyValues } from '#kubectl/kustomize/key-values.ts'
import type { Generator, GeneratorOptions } from '#kubectl/kustomize/kustomization.ts'
import type { Loader } from '#kubectl/kustomize/loader.ts'
import { fromJson, mapAt, mapNode, textNode, type MapNode } from '#kubectl/kustomize/node.ts'
import { Resource, type Behavior } from '#kubectl/kustomize/resource.ts'

const LINE = 70

/** Base64 in lines, if it is longer than one. */
const wrappedBase64 = (text: string): string => {
  const encoded = encodeBase64(encodeUtf8(text))
  if (encoded.length < LINE) return encoded
  let lines = ''
  for (let at = 0; at < encoded.length; at += LINE) lines += `${encoded.slice(at, at + LINE)}\n`
  return lines
}

const BEHAVIORS: ReadonlySet<string> = new Set(['create', 'merge', 'replace'])

const behaviorOf = (text: string | undefined): Behavior =>
  text !== undefined && BEHAVIORS.has(text) ? (text as Behavior) : 'unspecified'

const withGlobals = (
  local: GeneratorOptions = {},
  globals: GeneratorOptions = {},
): GeneratorOptions => ({
  labels: { ...globals.labels, ...local.labels },
  annotations: { ...globals.annotations, ...local.annotations },
  disableNameSuffixHash:
    globals.disableNameSuffixHash === true || local.disableNameSuffixHash === true,
  immutable: globals.immutable === true || local.immutable === true,
})

const setOptions = (node: MapNode, options: GeneratorOptions): void => {
  for (const field of ['labels', 'annotations'] as const) {
    const texts = Object.entries(options[field] ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [key, text] of texts) mapAt(node, 'metadata', field).fields.set(key, textNode(text))
  }
  if (options.immutable === true) node.fields.set('immutable', fromJson(true))
}

const dataOf = (loader: Loader, generator: Generator, isSecret: boolean): MapNode => {
  const data = new Map<string, string>()
  for (const [key, value] of keyValues(loader, generator)) {
    if (data.has(key))
      throw new KustomizeError(
        `configmap ${generator.name ?? ''} illegally repeats the key \`${key}\``,
      )
    data.set(key, isSecret ? wrappedBase64(value) : value)
  }
  return mapNode([...data].map(([key, text]) => [key, textNode(text)] as const))
}

export const generate = (
  loader: Loader,
  kind: 'ConfigMap' | 'Secret',
  generator: Generator,
  globals: GeneratorOptions | undefined,
): Resource => {
  if ((generator.name ?? '') === '')
    throw new KustomizeError(`a ${kind.toLowerCase()} must have a name`)
  const options = withGlobals(generator.options, globals)
  const node = mapNode([
    ['apiVersion', textNode('v1')],
    ['kind', textNode(kind)],
    ['metadata', mapNode([['name', textNode(generator.name ?? '')]])],
  ])
  if (kind === 'Secret') node.fields.set('type', textNode(generator.type || 'Opaque'))
  if (generator.namespace)
    mapAt(node, 'metadata').fields.set('namespace', textNode(generator.namespace))
  const data = dataOf(loader, generator, kind === 'Secret')
  if (data.fields.size > 0 || kind === 'Secret') node.fields.set('data', data)
  setOptions(node, options)
  const resource = new Resource(node)
  resource.behavior = behaviorOf(generator.behavior)
  resource.needsHash = options.disableNameSuffixHash !== true
  return resource
}
