// Texts of YAML as nodes, with the rules of go-yaml v3: `yes` is a word, `0644` is 420.
import type { YamlNode } from '#apimachinery/yaml/nodes.ts'
import { parseNodes } from '#apimachinery/yaml/nodes.ts'
import { splitYaml, YamlError } from '#apimachinery/yaml/parse.ts'
import { KustomizeError } from '#kubectl/kustomize/failure.ts'
import { copyNode, listNode, mapNode, type Node, type ScalarTag } from '#kubectl/kustomize/node.ts'

const TAGS: ReadonlyMap<string, ScalarTag> = new Map([
  ['tag:yaml.org,2002:str', 'str'],
  ['tag:yaml.org,2002:int', 'int'],
  ['tag:yaml.org,2002:float', 'float'],
  ['tag:yaml.org,2002:bool', 'bool'],
  ['tag:yaml.org,2002:null', 'null'],
  ['tag:yaml.org,2002:timestamp', 'timestamp'],
])

const NULL = /^(?:~|null|Null|NULL)?$/
const BOOLEAN = /^(?:true|True|TRUE|false|False|FALSE)$/
const SPECIAL_FLOAT = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)$/
const DATE =
  /^\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d?:\d\d?(?:\.\d+)?\s*(?:Z|[-+]\d\d:\d\d)?)?$/

/** What a plain scalar without a tag is. */
export const tagOf = (text: string): ScalarTag => {
  if (NULL.test(text)) return 'null'
  if (BOOLEAN.test(text)) return 'bool'
  if (SPECIAL_FLOAT.test(text)) return 'float'
  if (!/^[-+.0-9]/.test(text)) return 'str'
  const plain = text.replaceAll('_', '')
  if (INTEGER.test(plain) && !text.startsWith('_')) return 'int'
  if (FLOAT.test(plain)) return 'float'
  return DATE.test(text) ? 'timestamp' : 'str'
}

const MAX_NODES = 200_000

class Reader {
  #count = 0
  /** Of the first key that is there twice. */
  duplicate: string | undefined

  node(source: YamlNode): Node {
    this.#count += 1
    if (this.#count > MAX_NODES) throw new YamlError('yaml: document contains excessive aliasing')
    switch (source.kind) {
      case 'alias':
        return this.node(source.target())
      case 'list':
        return listNode(source.items.map((item) => this.node(item)))
      case 'map':
        return this.#map(source.entries)
      case 'scalar': {
        const tag = source.plain ? tagOf(source.text) : (TAGS.get(source.tag) ?? 'str')
        return { kind: 'scalar', text: source.text, tag }
      }
    }
  }

  #map(entries: readonly (readonly [YamlNode, YamlNode])[]): Node {
    const map = mapNode()
    const merged: YamlNode[] = []
    const lines = new Map<string, number>()
    for (const [key, value] of entries) {
      const name = key.kind === 'alias' ? key.target() : key
      if (name.kind === 'scalar' && name.plain && name.text === '<<') merged.push(value)
      else if (name.kind === 'scalar') {
        const line = lines.get(name.text)
        if (line !== undefined)
          this.duplicate ??= `line ${name.line + 1}: mapping key ${JSON.stringify(name.text)} already defined at line ${line + 1}`
        lines.set(name.text, line ?? name.line)
        map.fields.set(name.text, this.node(value))
      }
    }
    // what is written in the map itself counts more than what is merged into it
    for (const source of merged) this.#merge(map.fields, this.node(source))
    return map
  }

  #merge(into: Map<string, Node>, source: Node): void {
    if (source.kind === 'list') for (const item of source.items) this.#merge(into, item)
    else if (source.kind === 'map')
      for (const [key, value] of source.fields) if (!into.has(key)) into.set(key, copyNode(value))
  }
}

export interface ReadDocument {
  readonly node: Node
  /** What Go says of it when it is read into a map. */
  readonly fault?: string
}

/** Every document of a stream that says something. Throws a KustomizeError. */
export const readYaml = (text: string): readonly ReadDocument[] => {
  const documents: ReadDocument[] = []
  for (const chunk of splitYaml(text)) {
    try {
      const parsed = parseNodes(chunk.text)
      if (parsed === undefined) continue
      const reader = new Reader()
      const node = reader.node(parsed)
      documents.push(reader.duplicate === undefined ? { node } : { node, fault: reader.duplicate })
    } catch (error) {
      if (error instanceof YamlError) throw new KustomizeError(error.message, true)
      throw error
    }
  }
  return documents
}
