// kubernetes: client-go util/jsonpath/jsonpath.go
import { encodeUtf8 } from '#apimachinery/utf8.ts'
import { own } from '#apimachinery/object.ts'
import { sprint } from '#kubectl/output/go/format.ts'
import {
  goInt,
  GoFloat,
  GoInteger,
  isList,
  isMap,
  sortedKeys,
  typeName,
  type GoValue,
} from '#kubectl/output/go/value.ts'
import { compareBy } from '#kubectl/output/jsonpath/compare.ts'
import type { JsonPathNode, Slice } from '#kubectl/output/jsonpath/nodes.ts'
import { killed } from '#kubectl/output/limits.ts'
import { JsonPathError, type JsonPathTemplate } from '#kubectl/output/jsonpath/parse.ts'

/** Values that one part of a template leads to. */
export type Results = readonly GoValue[]

export interface JsonPathOptions {
  /** A field that is not there is nothing instead of a mistake. */
  readonly allowMissingKeys: boolean
}

/** A template that asks for more than this is refused: the product of a few `..` is soon astronomic. */
const MAX_RESULTS = 1_000_000

/** What a template's parts lead to, in order. Throws a JsonPathError. */
export const findResults = (
  template: JsonPathTemplate,
  root: GoValue,
  options: JsonPathOptions,
): readonly Results[] => {
  const into: Results[] = []
  new Evaluation(options).block(template, 0, [root], 0, into)
  return into
}

class Evaluation {
  readonly #allowMissingKeys: boolean
  #found = 0
  /** Where the block that ended last has its end. */
  #lastEnd = -1

  constructor({ allowMissingKeys }: JsonPathOptions) {
    this.#allowMissingKeys = allowMissingKeys
  }

  /** Runs nodes until the block's end. */
  block(
    nodes: JsonPathTemplate,
    from: number,
    current: Results,
    depth: number,
    into: Results[],
  ): void {
    for (let at = from; at < nodes.length; at++) {
      const node = nodes[at]!
      const keyword = keywordOf(node)
      const results = this.#walk(current, node)
      if (keyword === 'end') {
        if (depth === 0) throw new JsonPathError('not in range, nothing to end')
        this.#lastEnd = at
        return
      }
      if (keyword === 'range') {
        this.#loop(nodes, at + 1, results, depth, into)
        // A loop without an end goes on behind the last end there was, or runs its body once more.
        at = Math.max(at, this.#lastEnd)
      } else into.push(results)
    }
  }

  #loop(
    nodes: JsonPathTemplate,
    from: number,
    rounds: Results,
    depth: number,
    into: Results[],
  ): void {
    if (depth > 100) throw killed()
    // A loop that has no round is walked through all the same, to find its end.
    if (rounds.length === 0) this.block(nodes, from, [null], depth + 1, [])
    for (const round of rounds) this.block(nodes, from, [round], depth + 1, into)
  }

  #count(results: number): void {
    this.#found += results
    if (this.#found > MAX_RESULTS) throw killed()
  }

  #walkAll(input: Results, nodes: readonly JsonPathNode[]): Results {
    return nodes.reduce<Results>((values, node) => this.#walk(values, node), input)
  }

  #walk(input: Results, node: JsonPathNode): Results {
    const results = this.#step(input, node)
    this.#count(results.length + 1)
    return results
  }

  #step(input: Results, node: JsonPathNode): Results {
    switch (node.type) {
      case 'list':
        return this.#walkAll(input, node.nodes)
      case 'text':
        return [node.text]
      case 'field':
        return this.#field(input, node.name)
      case 'identifier':
        if (node.name === 'range') return input
        if (node.name === 'end') return []
        throw new JsonPathError(`unrecognized identifier ${node.name}`)
      case 'array':
        return input.flatMap((value) => this.#slice(value, node.slice))
      case 'filter':
        return this.#filter(input, node)
      case 'integer':
        return input.map(() => goInt(node.value))
      case 'float':
        return input.map(() => new GoFloat(node.value))
      case 'boolean':
        return input.map(() => node.value)
      case 'wildcard':
        return input.flatMap(members)
      case 'recursive':
        return this.#recursive(input)
      case 'union':
        return node.members.flatMap((member) => this.#walkAll(input, member))
    }
  }

  #field(input: Results, name: string): Results {
    if (input.length === 0) return []
    const found: GoValue[] = []
    for (const value of input) {
      const member = isMap(value) ? own(value, name) : undefined
      if (member !== undefined) found.push(member)
    }
    if (found.length === 0 && !this.#allowMissingKeys)
      throw new JsonPathError(`${name} is not found`)
    return found
  }

  #slice(value: GoValue, { from, to, single, step }: Slice): Results {
    if (value === null) return []
    if (!isList(value)) throw new JsonPathError(`${typeName(value)} is not array or slice`)
    const { length } = value
    let start = from ?? 0
    if (start < 0) start += length
    let end = to ?? length
    if (end < 0 || (end === 0 && single)) end += length
    if (start === end) return []
    if (start >= length || start < 0) throw outOfBounds(start, length)
    if (end > length || end < 0) throw outOfBounds(end - 1, length)
    if (start > end)
      throw new JsonPathError(`starting index ${start} is greater than ending index ${end}`)
    if (step !== undefined && step <= 0) throw new JsonPathError('step must be > 0')
    const items = value.slice(start, end)
    this.#count(items.length)
    return step === undefined ? items : items.filter((_, index) => index % step === 0)
  }

  #recursive(input: Results): Results {
    const found: GoValue[] = []
    const visit = (value: GoValue): void => {
      const below = members(value)
      if (below.length === 0) return
      found.push(value)
      this.#count(below.length)
      if (typeof value === 'object') for (const member of below) visit(member)
    }
    for (const value of input) visit(value)
    return found
  }

  #filter(input: Results, node: JsonPathNode & { readonly type: 'filter' }): Results {
    const found: GoValue[] = []
    for (const value of input) {
      if (!isList(value))
        throw new JsonPathError(`${sprint(value)} is not array or slice and cannot be filtered`)
      for (const item of value) if (this.#passes(item, node)) found.push(item)
      this.#count(value.length)
    }
    return found
  }

  #passes(item: GoValue, node: JsonPathNode & { readonly type: 'filter' }): boolean {
    if (node.operator === 'exists') return this.#exists(item, node.left)
    const left = only(this.#walkAll([item], node.left))
    if (left === undefined) return false
    const right = only(this.#walkAll([item], node.right))
    return right !== undefined && compareBy(node.operator, left, right)
  }

  /** What cannot be walked does not exist. */
  #exists(item: GoValue, path: readonly JsonPathNode[]): boolean {
    let values: Results = [item]
    for (const node of path)
      try {
        values = this.#walk(values, node)
      } catch (error) {
        // Upstream looks at what the step before the mistake gave, or the step itself.
        if (!(error instanceof JsonPathError)) throw error
        return node.type === 'field' ? false : values.length > 0
      }
    return values.length > 0
  }
}

const keywordOf = (node: JsonPathNode): 'range' | 'end' | undefined => {
  if (node.type !== 'list') return undefined
  for (const child of node.nodes)
    if (child.type === 'identifier' && (child.name === 'range' || child.name === 'end'))
      return child.name
  return undefined
}

const only = (values: Results): GoValue | undefined => {
  if (values.length > 1) throw new JsonPathError('can only compare one element at a time')
  return values[0]
}

const outOfBounds = (index: number, length: number): JsonPathError =>
  new JsonPathError(`array index out of bounds: index ${index}, length ${length}`)

/** What lies in a map, a list or a text: of a text it is the bytes. Upstream walks maps in any order. */
const members = (value: GoValue): Results => {
  if (isList(value)) return value
  if (isMap(value)) return sortedKeys(value).map((key) => value[key]!)
  if (typeof value !== 'string') return []
  return Array.from(encodeUtf8(value), (byte) => new GoInteger('uint8', BigInt(byte)))
}
