// One object of a build, and what has become of its name on the way. kustomize: api/resource/resource.go
import { append } from '#apimachinery/append.ts'
import { effectiveNamespace, gvkOf, type Gvk, type ResourceId } from '#kubectl/kustomize/gvk.ts'
import {
  copyNode,
  mapAt,
  mapNode,
  nodeAt,
  textAt,
  textNode,
  textsOf,
  type MapNode,
} from '#kubectl/kustomize/node.ts'

export type Behavior = 'unspecified' | 'create' | 'merge' | 'replace'

interface PreviousName {
  readonly name: string
  readonly namespace: string
  readonly kind: string
}

export class Resource {
  node: MapNode
  readonly #previous: PreviousName[] = []
  readonly prefixes: string[] = []
  readonly suffixes: string[] = []
  behavior: Behavior = 'unspecified'
  needsHash = false
  mayChangeName = false
  mayChangeKind = false
  /** Where it came from, as its annotation says if the build is asked to tell. */
  origin: string | undefined
  /** What has changed it since, as annotations tell. */
  readonly transformations: string[] = []
  /** What is wrong with its text, which shows only when it is printed. */
  fault: string | undefined

  constructor(node: MapNode) {
    this.node = node
  }

  copy(): Resource {
    const copy = new Resource(copyNode(this.node))
    copy.takeHistory(this)
    copy.behavior = this.behavior
    copy.needsHash = this.needsHash
    copy.mayChangeName = this.mayChangeName
    copy.mayChangeKind = this.mayChangeKind
    copy.origin = this.origin
    append(copy.transformations, this.transformations)
    copy.fault = this.fault
    return copy
  }

  takeHistory(other: Resource): void {
    this.#previous.splice(0, Infinity, ...other.#previous)
    this.prefixes.splice(0, Infinity, ...other.prefixes)
    this.suffixes.splice(0, Infinity, ...other.suffixes)
  }

  get gvk(): Gvk {
    return gvkOf(this.node)
  }

  get kind(): string {
    return textAt(this.node, 'kind')
  }

  get name(): string {
    return textAt(this.node, 'metadata', 'name')
  }

  get namespace(): string {
    return textAt(this.node, 'metadata', 'namespace')
  }

  get labels(): Map<string, string> {
    return textsOf(nodeAt(this.node, 'metadata', 'labels'))
  }

  get annotations(): Map<string, string> {
    return textsOf(nodeAt(this.node, 'metadata', 'annotations'))
  }

  get isEmpty(): boolean {
    return this.node.fields.size === 0
  }

  get currentId(): ResourceId {
    return { gvk: this.gvk, name: this.name, namespace: this.namespace }
  }

  /** Every id that it has had, the oldest first; without the current one. */
  get previousIds(): readonly ResourceId[] {
    const { group, version } = this.gvk
    return this.#previous.map(({ name, namespace, kind }) => ({
      gvk: { group, version, kind },
      name,
      namespace,
    }))
  }

  get originalId(): ResourceId {
    return this.#previous.length === 0 ? this.currentId : (this.previousIds[0] ?? this.currentId)
  }

  /** Without the current one. */
  get previousNames(): readonly string[] {
    return this.#previous.map(({ name }) => name)
  }

  hasHadName(name: string): boolean {
    return this.name === name || this.#previous.some((one) => one.name === name)
  }

  /** What kustomize notes on it while it works. */
  get buildAnnotations(): Map<string, string> {
    const lists = {
      prefixes: this.prefixes,
      previousKinds: this.#previous.map(({ kind }) => kind),
      previousNames: this.#previous.map(({ name }) => name),
      previousNamespaces: this.#previous.map(({ namespace }) => namespace),
      suffixes: this.suffixes,
    }
    return new Map(
      Object.entries(lists)
        .filter(([, list]) => list.length > 0)
        .map(([name, list]) => [`internal.config.kubernetes.io/${name}`, list.join(',')] as const),
    )
  }

  storePreviousId(): void {
    const id = this.currentId
    this.#previous.push({ name: id.name, namespace: effectiveNamespace(id), kind: this.kind })
  }

  setKind(kind: string): void {
    this.node.fields.set('kind', textNode(kind))
  }

  setApiVersion(text: string): void {
    this.node.fields.set('apiVersion', textNode(text))
  }

  setName(name: string): void {
    mapAt(this.node, 'metadata').fields.set('name', textNode(name))
  }

  setNamespace(namespace: string): void {
    if (namespace !== '') mapAt(this.node, 'metadata').fields.set('namespace', textNode(namespace))
    else {
      const metadata = nodeAt(this.node, 'metadata')
      if (metadata?.kind === 'map') metadata.fields.delete('namespace')
    }
  }

  setTexts(field: 'labels' | 'annotations', texts: ReadonlyMap<string, string>): void {
    const metadata = mapAt(this.node, 'metadata')
    if (texts.size === 0) metadata.fields.delete(field)
    else
      metadata.fields.set(
        field,
        mapNode([...texts].map(([key, text]) => [key, textNode(text)] as const)),
      )
  }
}
