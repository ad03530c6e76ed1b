// kubernetes: kubectl pkg/cmd/patch/patch.go
import { schemaForKind } from '#api/schemas.ts'
import { equal, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import { applyMergePatch } from '#apimachinery/patch/merge-patch.ts'
import { applyStrategicMergePatch } from '#apimachinery/patch/strategic-merge.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import { parseYaml } from '#apimachinery/yaml/parse.ts'
import { isFailure } from '#shell/files/failure.ts'
import { givenPath } from '#shell/files/path.ts'
import { recordChange } from '#kubectl/commands/change-cause.ts'
import { type DryRun, dryRunOf, managerOf, writeQuery } from '#kubectl/commands/dry-run.ts'
import { ApiError, KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { KustomizeError } from '#kubectl/kustomize/failure.ts'
import { applyJsonPatch } from '#kubectl/kustomize/json-patch.ts'
import { fromJson, toJson } from '#kubectl/kustomize/node.ts'
import { resultPrinter } from '#kubectl/output/result.ts'
import { build } from '#kubectl/resource/builder.ts'
import { type Info, pathOfInfo } from '#kubectl/resource/info.ts'
import { goJsonLine } from '#kubectl/resource/last-applied.ts'
import { filesOf } from '#kubectl/resource/files-of.ts'

type PatchType = 'json' | 'merge' | 'strategic'

const CONTENT_TYPES: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
}

/** What is sent, and what it says; undefined: it is no JSON. */
interface Patch {
  readonly text: string
  readonly value: JsonValue | undefined
}

export const patch = (run: Invocation): void => {
  const { flags } = run
  const dryRun = dryRunOf(run)
  const type = checkedType(run, dryRun)
  const changes = patchOf(run)
  const isLocal = flags.bool('local')
  const result = build(run, {
    args: run.args,
    ...filesOf(run),
    enforcesNamespace: run.connection.isExplicit,
    subresource: flags.string('subresource'),
    continuesOnError: true,
    flattens: true,
    isLocal,
  })
  let count = 0
  result.visit((info) => {
    count++
    const object =
      isLocal || dryRun === 'client'
        ? patchedHere(info, type, changes)
        : patchedThere(run, info, type, changes, dryRun)
    if (!isLocal && dryRun !== 'client') recordChange(run, { ...info, object })
    const operation = equal(info.object!, object) ? 'patched (no change)' : 'patched'
    // that it is a dry run is not told
    resultPrinter(run).print(namedAs({ ...info, object }), operation)
  })
  if (count === 0) throw new KubectlFailure('no objects passed to patch')
}

/** A subresource may be of another kind. */
const namedAs = (info: Info): Info => {
  const { apiVersion, kind } = info.object!
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return info
  const group = apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : ''
  return { ...info, resource: { ...info.resource, group, kind } }
}

const checkedType = ({ args, flags }: Invocation, dryRun: DryRun): PatchType => {
  const hasText = flags.string('patch') !== ''
  const hasFile = flags.string('patch-file') !== ''
  if (hasText && hasFile)
    throw new KubectlFailure('cannot specify --patch and --patch-file together')
  if (!hasText && !hasFile)
    throw new KubectlFailure(
      'must specify --patch or --patch-file containing the contents of the patch',
    )
  if (flags.bool('local') && args.length > 0)
    throw new KubectlFailure('cannot specify --local and server resources')
  if (flags.bool('local') && dryRun === 'server')
    throw new KubectlFailure(
      'cannot specify --local and --dry-run=server - did you mean --dry-run=client?',
    )
  const given = flags.string('type')
  const type = given === '' ? 'strategic' : given.toLowerCase()
  if (type !== 'json' && type !== 'merge' && type !== 'strategic')
    throw new KubectlFailure(
      `--type must be one of [json merge strategic], not ${JSON.stringify(given)}`,
    )
  return type
}

/** JSON is sent as it stands, YAML as the JSON that it means. kubernetes: yaml.ToJSON */
const patchOf = (run: Invocation): Patch => {
  const given = run.flags.string('patch')
  const file = run.flags.string('patch-file')
  const text = file === '' ? given : fileText(run, file)
  if (/^\s*\{/.test(text)) return { text, value: jsonOf(text) }
  let value: JsonValue
  try {
    ;({ value } = parseYaml(text))
  } catch (error) {
    throw new KubectlFailure(
      `unable to parse ${JSON.stringify(given)}: ${(error as Error).message.replace(/^error converting YAML to JSON: /, '')}`,
    )
  }
  return { text: goJsonLine(value as JsonObject), value }
}

const fileText = ({ call }: Invocation, path: string): string => {
  const text = call.files.read(givenPath(call.cwd, path))
  if (isFailure(text))
    throw new KubectlFailure(`unable to read patch file: open ${path}: ${text.text.toLowerCase()}`)
  return text
}

const jsonOf = (text: string): JsonValue | undefined => {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}

const patchedThere = (
  run: Invocation,
  info: Info,
  type: PatchType,
  { text }: Patch,
  dryRun: DryRun,
): JsonObject => {
  const contentType = CONTENT_TYPES[type]
  try {
    return run.client.object({
      method: 'PATCH',
      path: pathOfInfo({ ...info, subresource: run.flags.string('subresource') }),
      query: writeQuery(managerOf(run), dryRun),
      contentType,
      body: text,
    })
  } catch (error) {
    if (!(error instanceof ApiError) || !error.is('UnsupportedMediaType')) throw error
    const { group, version, kind } = info.resource
    throw new KubectlFailure(
      `${contentType} is not supported by ${group}/${version}, Kind=${kind}: ${error.message}`,
    )
  }
}

/** As the server would do it. kubernetes: getPatchedJSON */
const patchedHere = ({ object, resource }: Info, type: PatchType, changes: Patch): JsonObject => {
  const { value } = changes
  let patched: JsonObject
  try {
    if (type === 'json') patched = jsonPatched(object!, value)
    else if (type === 'merge') patched = mergePatched(object!, value)
    else {
      const { group, version, kind } = resource
      const schema = schemaForKind(group, version, kind)
      if (schema === undefined)
        throw new KubectlFailure(
          `strategic merge patch is not supported for ${group === '' ? '' : `${group}/`}${version}, Kind=${kind} locally, try --type merge`,
        )
      if (!isMap(value)) throw new KubectlFailure('invalid JSON document')
      patched = applyStrategicMergePatch(object!, value, schema)
    }
  } catch (error) {
    if (error instanceof StatusError || error instanceof KustomizeError)
      throw new KubectlFailure(error.message)
    throw error
  }
  if (typeof patched['kind'] !== 'string' || patched['kind'] === '')
    throw new KubectlFailure(`Object 'Kind' is missing in '${goJsonLine(patched)}'`)
  return patched
}

const isMap = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const kindOf = (value: JsonValue): string => {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return typeof value
}

const jsonPatched = (object: JsonObject, value: JsonValue | undefined): JsonObject => {
  if (value === undefined) throw new KubectlFailure('unexpected end of JSON input')
  if (value === null) return object
  if (!Array.isArray(value))
    throw new KubectlFailure(
      `json: cannot unmarshal ${kindOf(value)} into Go value of type jsonpatch.Patch`,
    )
  const root = fromJson(object)
  applyJsonPatch(root, value as readonly JsonObject[])
  return toJson(root) as JsonObject
}

const mergePatched = (object: JsonObject, value: JsonValue | undefined): JsonObject => {
  if (Array.isArray(value))
    throw new KubectlFailure(
      'json: cannot unmarshal array into Go value of type unstructured.detector',
    )
  if (!isMap(value)) throw new KubectlFailure('Invalid JSON Patch')
  return applyMergePatch(object, value)
}
