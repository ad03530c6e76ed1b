// `patches`, `patchesStrategicMerge` and `patchesJson6902`. kustomize: api/internal/builtins/PatchTransformer.go
import { setKey, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import { parseYaml, YamlError } from '#apimachinery/yaml/parse.ts'
import { printYaml } from '#apimachinery/yaml/print.ts'
import { KustomizeError, withPrefix } from '#kubectl/kustomize/failure.ts'
import { apiVersionOf, idText } from '#kubectl/kustomize/gvk.ts'
import { applyJsonPatch, type Operation } from '#kubectl/kustomize/json-patch.ts'
import type { Patch, Selector } from '#kubectl/kustomize/kustomization.ts'
import type { Loader } from '#kubectl/kustomize/loader.ts'
import { strategicMerge } from '#kubectl/kustomize/merge.ts'
import { readResources } from '#kubectl/kustomize/read-resources.ts'
import type { Resource } from '#kubectl/kustomize/resource.ts'
import type { Resources } from '#kubectl/kustomize/resources.ts'
import { select } from '#kubectl/kustomize/selection.ts'

/** One change of a build. */
export type Transform = (resources: Resources) => void

/** What is wrong with the configuration of a part shows that configuration. */
export const configured = <T>(plugin: string, config: unknown, act: () => T): T =>
  withPrefix(`trouble configuring builtin ${plugin} with config: \`\n${printYaml(config)}\``, act)

const tryTo = <T>(act: () => T): T | KustomizeError => {
  try {
    return act()
  } catch (error) {
    if (error instanceof KustomizeError) return error
    if (error instanceof YamlError) return new KustomizeError(error.message)
    throw error
  }
}

/** Text in JSON if it begins so; YAML otherwise. */
export const readOperations = (text: string): readonly Operation[] => {
  if (text === '') throw new KustomizeError('empty json patch operations')
  let value: JsonValue
  if (text.startsWith('[')) {
    try {
      value = JSON.parse(text) as JsonValue
    } catch {
      throw new KustomizeError('invalid JSON')
    }
  } else value = parseYaml(text).value
  const isList =
    Array.isArray(value) &&
    value.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item))
  if (!isList)
    throw new KustomizeError('json: cannot unmarshal object into Go value of type jsonpatch.Patch')
  return value as readonly JsonObject[]
}

const mergeInto = (target: Resource, patch: Resource, { schemas }: Loader): void => {
  const { name, namespace, kind } = target
  if (patch.mayChangeName || patch.mayChangeKind) target.storePreviousId()
  const merged = strategicMerge(target.node, patch.node, schemas.current)
  if (merged === undefined || merged.fields.size === 0) {
    target.node.fields.clear()
    return
  }
  // a patch that wants to be the object is read and dropped, as upstream does
  if (merged !== target.node) return
  if (!patch.mayChangeKind) target.setKind(kind)
  if (!patch.mayChangeName) target.setName(name)
  target.setNamespace(namespace)
}

const mergeById = (resources: Resources, patch: Resource, loader: Loader): void => {
  const id = patch.originalId
  const target = withPrefix(
    `no resource matches strategic merge patch ${JSON.stringify(idText(id))}`,
    () => resources.theOne(id),
  )
  mergeInto(target, patch, loader)
}

const mergeBySelector = (
  resources: Resources,
  patch: Resource,
  target: Selector,
  loader: Loader,
): void => {
  const selected = new Set(select(resources.list, target))
  for (const resource of resources.list) {
    if (!selected.has(resource)) continue
    const copy = patch.copy()
    copy.setApiVersion(apiVersionOf(resource.gvk))
    mergeInto(resource, copy, loader)
  }
  const kept = resources.list.filter((resource) => !resource.isEmpty)
  resources.list = []
  resources.appendAll(kept)
}

/** Upstream notes where an object came from in its annotations, which may be replaced. */
const forgetsOrigin = (operation: Operation): boolean =>
  operation['op'] !== 'test' &&
  (operation['path'] === '/metadata/annotations' || operation['path'] === '/metadata')

const patchByOperations = (
  resources: Resources,
  operations: readonly Operation[],
  target: Selector,
): void => {
  for (const resource of select(resources.list, target)) {
    resource.storePreviousId()
    applyJsonPatch(resource.node, operations)
    if (operations.some(forgetsOrigin)) resource.origin = undefined
  }
}

const configOf = (patch: object): JsonObject => {
  const config: Record<string, JsonValue> = {}
  for (const [key, value] of Object.entries(patch) as readonly (readonly [string, JsonValue])[])
    if (value !== '') setKey(config, key, value)
  return config
}

const textOfPatch = (loader: Loader, patch: Patch, config: JsonObject): string => {
  const inline = (patch.patch ?? '').trim()
  const { path = '' } = patch
  if (inline === '' && path === '')
    throw new KustomizeError(`must specify one of patch and path in\n${printYaml(config)}`)
  if (inline !== '' && path !== '')
    throw new KustomizeError(`patch and path can't be set at the same time\n${printYaml(config)}`)
  return path === ''
    ? inline
    : withPrefix(`failed to get the patch file from path(${path})`, () => loader.load(path))
}

const decodePatch = (loader: Loader, patch: Patch): Transform => {
  const config = configOf(patch)
  const text = textOfPatch(loader, patch, config)
  const source = patch.path
    ? `[path: ${JSON.stringify(patch.path)}]`
    : `[patch: ${JSON.stringify(text)}]`
  const objects = tryTo(() => readResources(text))
  const operations = tryTo(() => readOperations(text.trim()))
  if (objects instanceof KustomizeError && operations instanceof KustomizeError)
    throw new KustomizeError(`unable to parse SM or JSON patch from ${source}`)
  const { target, options } = patch
  if (!(objects instanceof KustomizeError)) {
    for (const object of objects) {
      object.mayChangeName = options?.['allowNameChange'] === true
      object.mayChangeKind = options?.['allowKindChange'] === true
    }
    return mergeTransform(loader, objects, target, source)
  }
  return (resources) => {
    if (target === undefined)
      throw new KustomizeError(`must specify a target for JSON patch ${source}`)
    patchByOperations(resources, operations as readonly Operation[], target)
  }
}

const mergeTransform =
  (
    loader: Loader,
    objects: readonly Resource[],
    target: Selector | undefined,
    source: string,
  ): Transform =>
  (resources) => {
    const [only] = objects
    if (target === undefined) {
      for (const object of objects) mergeById(resources, object, loader)
    } else if (objects.length > 1)
      throw new KustomizeError(
        'Multiple Strategic-Merge Patches in one `patches` entry is not allowed to set `patches.target` field: ' +
          source,
      )
    else if (only !== undefined) mergeBySelector(resources, only, target, loader)
  }

export const patchTransform = (loader: Loader, patch: Patch): Transform =>
  configured('PatchTransformer', configOf(patch), () => decodePatch(loader, patch))

const readMerge = (loader: Loader, path: string): readonly Resource[] => {
  const inline = tryTo(() => readResources(path))
  if (!(inline instanceof KustomizeError)) return inline
  const text = loader.load(path)
  try {
    return readResources(text)
  } catch (error) {
    if (error instanceof KustomizeError && error.isMalformedYaml)
      throw new KustomizeError(`MalformedYAMLError: ${error.message} in File: ${path}`)
    throw error
  }
}

/** `patchesStrategicMerge`: files or texts. */
export const mergeTransforms = (loader: Loader, paths: readonly string[]): readonly Transform[] => {
  if (paths.length === 0) return []
  const patches = configured('PatchStrategicMergeTransformer', { paths }, () => {
    const read = paths.flatMap((path) => readMerge(loader, path))
    if (read.length === 0)
      throw new KustomizeError(`patch appears to be empty; files=[${paths.join(' ')}], Patch=`)
    return read
  })
  return [
    (resources) => {
      for (const patch of patches) mergeInto(resources.theOne(patch.originalId), patch, loader)
    },
  ]
}

/** `patchesJson6902`. */
export const operationsTransform = (loader: Loader, patch: Patch): Transform => {
  const { target, path = '', patch: inline = '' } = patch
  const config = configOf({
    ...(target === undefined ? {} : { target }),
    path,
    jsonOp: inline,
  })
  return configured('PatchJson6902Transformer', config, () => {
    if ((target?.name ?? '') === '') throw new KustomizeError('must specify the target name')
    if (path === '' && inline === '')
      throw new KustomizeError('must specify one of path and jsonOp')
    if (path !== '' && inline !== '')
      throw new KustomizeError('must specify only one of path and jsonOp')
    const text = (path === '' ? inline : loader.load(path)).trim()
    const operations = tryTo(() => readOperations(text))
    if (operations instanceof KustomizeError)
      throw new KustomizeError(`loading patch from '${text}': ${operations.message}`)
    if (operations.length === 0)
      throw new KustomizeError(`patch appears to be empty; file=${path}, JsonOp=${inline}`)
    return (resources: Resources) => patchByOperations(resources, operations, target ?? {})
  })
}
