// The changes that a kustomization's own fields ask for. kustomize: api/internal/builtins
import { withSortedKeys } from '#apimachinery/object.ts'
import { compilePattern, PatternError } from '#apimachinery/re2.ts'
import { KustomizeError } from '#kubectl/kustomize/failure.ts'
import { applyFieldSpec, type FieldSpec } from '#kubectl/kustomize/field-spec.ts'
import { gvkText, isClusterScoped, isSelected } from '#kubectl/kustomize/gvk.ts'
import { hashOf } from '#kubectl/kustomize/hash.ts'
import type { Image } from '#kubectl/kustomize/kustomization.ts'
import {
  isNull,
  nodeAt,
  setText,
  textAt,
  textNode,
  toJson,
  type MapNode,
  type Node,
} from '#kubectl/kustomize/node.ts'
import type { Transform } from '#kubectl/kustomize/patches.ts'
import type { Resource } from '#kubectl/kustomize/resource.ts'
import { wrongKind } from '#kubectl/kustomize/wrong-kind.ts'

const setScalar =
  (text: string) =>
  (node: Node): void => {
    if (node.kind !== 'scalar') throw wrongKind('scalar', node)
    setText(node, text)
  }

const ROLE_BINDINGS: ReadonlySet<string> = new Set(['RoleBinding', 'ClusterRoleBinding'])

/** Only the account `default` is certain to be in the namespace; names of others are references. */
const setSubjects = (resource: Resource, namespace: string): void => {
  const subjects = nodeAt(resource.node, 'subjects')
  if (subjects?.kind !== 'list') return
  for (const subject of subjects.items)
    if (subject.kind === 'map' && textAt(subject, 'name') === 'default')
      subject.fields.set('namespace', textNode(namespace))
}

/** As kustomize prints it in the middle of its work. */
const shown = (resource: Resource): string => {
  const copy = resource.copy()
  copy.setTexts('annotations', new Map([...copy.annotations, ...copy.buildAnnotations]))
  return JSON.stringify(withSortedKeys(toJson(copy.node)))
}

export const namespaceTransform =
  (namespace: string, specs: readonly FieldSpec[], unsetOnly = false): Transform =>
  (resources) => {
    if (namespace === '') return
    for (const resource of resources.list) {
      if (resource.isEmpty) continue
      resource.storePreviousId()
      const isSet = unsetOnly && resource.namespace !== ''
      if (!isClusterScoped(resource.gvk) && !isSet) resource.setNamespace(namespace)
      if (ROLE_BINDINGS.has(resource.kind)) setSubjects(resource, namespace)
      for (const spec of specs)
        if (spec.path !== 'metadata/namespace')
          applyFieldSpec(resource.node, spec, 'scalar', setScalar(namespace))
      const same = resources.byCurrentId(resource.currentId)
      if (same.length !== 1)
        throw new KustomizeError(
          `namespace transformation produces ID conflict: [${same.map(shown).join(' ')}]`,
        )
    }
  }

const isNeverRenamed = ({ originalId: { gvk } }: Resource): boolean =>
  gvk.kind === 'CustomResourceDefinition' ||
  gvk.kind === 'Namespace' ||
  (gvk.kind === 'APIService' && gvk.group === 'apiregistration.k8s.io')

const affixTransform =
  (
    text: string,
    specs: readonly FieldSpec[],
    record: (resource: Resource) => void,
    change: (name: string) => string,
  ): Transform =>
  (resources) => {
    if (text === '') return
    for (const resource of resources.list) {
      if (isNeverRenamed(resource)) continue
      for (const spec of specs) {
        if (!isSelected(resource.originalId.gvk, spec)) continue
        if (spec.path === 'metadata/name') {
          record(resource)
          resource.storePreviousId()
        }
        applyFieldSpec(resource.node, spec, 'scalar', (node) => {
          if (node.kind === 'scalar') setText(node, change(node.text))
        })
      }
    }
  }

export const prefixTransform = (prefix: string, specs: readonly FieldSpec[]): Transform =>
  affixTransform(
    prefix,
    specs,
    (resource) => resource.prefixes.push(prefix),
    (name) => prefix + name,
  )

export const suffixTransform = (suffix: string, specs: readonly FieldSpec[]): Transform =>
  affixTransform(
    suffix,
    specs,
    (resource) => resource.suffixes.push(suffix),
    (name) => name + suffix,
  )

/** Labels and annotations: maps of texts. */
export const textsTransform =
  (texts: Readonly<Record<string, string>>, specs: readonly FieldSpec[]): Transform =>
  (resources) => {
    const entries = Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1))
    if (entries.length === 0) return
    for (const resource of resources.list)
      for (const spec of specs)
        applyFieldSpec(resource.node, spec, 'map', (node) => {
          if (node.kind !== 'map') throw wrongKind('map', node)
          for (const [key, text] of entries) node.fields.set(key, textNode(text))
        })
  }

export const replicasTransform =
  (name: string, count: number, specs: readonly FieldSpec[]): Transform =>
  (resources) => {
    let isFound = false
    for (const spec of specs)
      for (const resource of resources.list) {
        const ids = [...resource.previousIds, resource.currentId]
        if (!ids.some((id) => id.name === name && isSelected(id.gvk, spec))) continue
        isFound = true
        applyFieldSpec(resource.node, spec, 'scalar', (node) => {
          if (node.kind === 'scalar') setText(node, String(count), 'int')
        })
      }
    if (isFound) return
    const gvks = specs.map(({ group = '', version = '', kind = '' }) =>
      gvkText({ group, version, kind }),
    )
    throw new KustomizeError(
      `resource with name ${name} does not match a config with the following GVK [${gvks.join(' ')}]`,
    )
  }

interface ImageName {
  readonly name: string
  readonly tag: string
  readonly digest: string
}

const splitImage = (image: string): ImageName => {
  const slash = Math.max(0, image.indexOf('/'))
  const rest = image.slice(slash)
  const at = rest.indexOf('@')
  const colon = rest.indexOf(':')
  if (at < 0 && colon < 0) return { name: image, tag: '', digest: '' }
  if (at >= 0 && (at < colon || colon < 0))
    return { name: image.slice(0, slash + at), tag: '', digest: rest.slice(at + 1) }
  const name = image.slice(0, slash + colon)
  return at < 0
    ? { name, tag: rest.slice(colon + 1), digest: '' }
    : { name, tag: rest.slice(colon + 1, at), digest: rest.slice(at + 1) }
}

const newImage = (old: string, image: Image): string => {
  const parts = splitImage(old)
  const { newName = '', newTag = '', digest = '', tagSuffix = '' } = image
  const name = newName === '' ? parts.name : newName
  let tag = parts.tag
  let newDigest = parts.digest
  if (newTag !== '' || digest !== '') {
    tag = newTag
    newDigest = digest
  } else if (tagSuffix !== '') {
    tag += tagSuffix
    newDigest = ''
  }
  return `${name}${tag === '' ? '' : `:${tag}`}${newDigest === '' ? '' : `@${newDigest}`}`
}

const eachContainer = (node: Node, act: (container: MapNode) => void): void => {
  if (node.kind === 'list') for (const item of node.items) eachContainer(item, act)
  if (node.kind !== 'map') return
  for (const [key, value] of node.fields) {
    if ((key === 'containers' || key === 'initContainers') && value.kind === 'list')
      for (const item of value.items) if (item.kind === 'map') act(item)
    eachContainer(value, act)
  }
}

const imagePattern = (name: string) => {
  try {
    return compilePattern(`^${name}(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$`)
  } catch (error) {
    // a name that is no expression matches nothing
    if (error instanceof PatternError) return undefined
    throw error
  }
}

export const imageTransform =
  (image: Image, specs: readonly FieldSpec[]): Transform =>
  (resources) => {
    const pattern = imagePattern(image.name ?? '')
    if (pattern === undefined) return
    const set = (node: Node | undefined): void => {
      if (node?.kind === 'scalar' && !isNull(node) && pattern.test(node.text))
        setText(node, newImage(node.text, image))
    }
    for (const resource of resources.list) {
      if (resource.kind !== 'CustomResourceDefinition')
        eachContainer(resource.node, (container) => set(container.fields.get('image')))
      for (const spec of specs) applyFieldSpec(resource.node, spec, undefined, set)
    }
  }

/** What was generated gets the hash of its content as a suffix. */
export const hashTransform: Transform = (resources) => {
  for (const resource of resources.list) {
    if (!resource.needsHash) continue
    resource.storePreviousId()
    resource.setName(`${resource.name}-${hashOf(resource.node)}`)
  }
}
