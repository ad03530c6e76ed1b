// Patches after RFC 6902, with the words of the library that kustomize uses. evanphx/json-patch v4 patch.go
import { equal, own, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import { KustomizeError } from '#kubectl/kustomize/failure.ts'
import { copyNode, fromJson, toJson, type Node } from '#kubectl/kustomize/node.ts'

export type Operation = JsonObject

interface Place {
  readonly container: Node
  readonly key: string
}

const partsOf = (path: string): readonly string[] =>
  path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))

const indexIn = (key: string, length: number, isAdd: boolean): number => {
  if (!/^[-+]?\d+$/.test(key))
    throw new KustomizeError(`strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`)
  const index = Number(key)
  const most = isAdd ? length : length - 1
  if (index > most || index < -length)
    throw new KustomizeError(`Unable to access invalid index: ${index}: invalid index referenced`)
  return index < 0 ? index + length + (isAdd ? 1 : 0) : index
}

const childOf = (container: Node, key: string): Node | undefined => {
  if (container.kind === 'map') return container.fields.get(key)
  if (container.kind !== 'list') return undefined
  return container.items[indexIn(key, container.items.length, false)]
}

const placeOf = (root: Node, path: string): Place | undefined => {
  const parts = [...partsOf(path)]
  const key = parts.pop()
  if (key === undefined) return undefined
  let container: Node | undefined = root
  for (const part of parts) {
    try {
      container = childOf(container, part)
    } catch {
      return undefined
    }
    if (container === undefined || container.kind === 'scalar') return undefined
  }
  return container.kind === 'scalar' ? undefined : { container, key }
}

const put = ({ container, key }: Place, value: Node, isAdd: boolean): void => {
  if (container.kind === 'map') container.fields.set(key, value)
  else if (container.kind === 'list') {
    if (key === '-') container.items.push(value)
    else container.items.splice(indexIn(key, container.items.length, isAdd), isAdd ? 0 : 1, value)
  }
}

const drop = ({ container, key }: Place): void => {
  if (container.kind === 'map') {
    if (!container.fields.delete(key))
      throw new KustomizeError(`Unable to remove nonexistent key: ${key}: missing value`)
  } else if (container.kind === 'list')
    container.items.splice(indexIn(key, container.items.length, false), 1)
}

const inOperation = <T>(name: string, path: string, act: () => T): T => {
  try {
    return act()
  } catch (error) {
    if (error instanceof KustomizeError)
      throw new KustomizeError(`error in ${name} for path: '${path}': ${error.message}`)
    throw error
  }
}

const found = (root: Node, name: string, path: string, what = 'path'): Place => {
  const place = placeOf(root, path)
  if (place !== undefined) return place
  const shown = name === 'add' || name === 'remove' ? `"${path}"` : path
  throw new KustomizeError(
    `${name} operation does not apply: doc is missing ${what}: ${shown}: missing value`,
  )
}

const textOf = (operation: Operation, field: string): string => {
  const value = own(operation, field)
  if (typeof value === 'string') return value
  throw new KustomizeError(`operation missing ${field} field: missing value`)
}

const valueOf = (operation: Operation): Node => fromJson(own(operation, 'value') ?? null)

const replace = (root: Node, operation: Operation): void => {
  const path = textOf(operation, 'path')
  const place = found(root, 'replace', path)
  inOperation('replace', path, () => childOf(place.container, place.key))
  put(place, valueOf(operation), false)
}

const transfer = (root: Node, operation: Operation, name: 'move' | 'copy'): void => {
  const from = textOf(operation, 'from')
  const path = textOf(operation, 'path')
  const source = found(root, name, from, 'from path')
  const value = inOperation(name, path, () => childOf(source.container, source.key))
  if (name === 'move') inOperation(name, source.key, () => drop(source))
  const target = found(root, name, path, 'destination path')
  inOperation(name, path, () =>
    put(target, value === undefined ? fromJson(null) : copyNode(value), true),
  )
}

const test = (root: Node, operation: Operation): void => {
  const path = textOf(operation, 'path')
  const place = path === '' ? undefined : found(root, 'test', path)
  const actual = place === undefined ? root : childOf(place.container, place.key)
  const wanted: JsonValue = own(operation, 'value') ?? null
  if (!equal(actual === undefined ? null : toJson(actual), wanted))
    throw new KustomizeError(`testing value ${path} failed: test failed`)
}

const apply = (root: Node, operation: Operation): void => {
  const name = own(operation, 'op')
  switch (name) {
    case 'add': {
      const path = textOf(operation, 'path')
      const place = found(root, 'add', path)
      return inOperation('add', path, () => put(place, valueOf(operation), true))
    }
    case 'remove': {
      const path = textOf(operation, 'path')
      const place = found(root, 'remove', path)
      return inOperation('remove', path, () => drop(place))
    }
    case 'replace':
      return replace(root, operation)
    case 'move':
    case 'copy':
      return transfer(root, operation, name)
    case 'test':
      return test(root, operation)
    default:
      throw new KustomizeError(`Unexpected kind: ${typeof name === 'string' ? name : 'unknown'}`)
  }
}

/** Changes the tree in place. */
export const applyJsonPatch = (root: Node, operations: readonly Operation[]): void => {
  for (const operation of operations) apply(root, operation)
}
