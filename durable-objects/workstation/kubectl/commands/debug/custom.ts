// `kubectl debug --custom`: part of a container that is put over what a profile makes. kubernetes: kubectl pkg/cmd/debug/debug.go
import { schemaOf } from '#api/schemas.ts'
import { parseJson } from '#apimachinery/json.ts'
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'
import { applyStrategicMergePatch } from '#apimachinery/patch/strategic-merge.ts'
import { decode, DecodeError } from '#apimachinery/schema/decode.ts'
import { parseYaml } from '#apimachinery/yaml/parse.ts'
import { isFailure } from '#shell/files/failure.ts'
import { givenPath } from '#shell/files/path.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'

const CONTAINER = schemaOf('io.k8s.api.core.v1.Container')!
const UNMODIFIABLE = ['name', 'command', 'image', 'lifecycle', 'volumeDevices']

/** Undefined: there is none. */
export const readCustom = ({ call, flags }: Invocation): JsonObject | undefined => {
  const path = flags.string('custom')
  if (path === '') return undefined
  const text = call.files.read(givenPath(call.cwd, path))
  if (isFailure(text))
    throw new KubectlFailure(
      `must pass a container spec json file for custom profile: open ${path}: ${text.text.toLowerCase()}`,
    )
  try {
    return decode(parsed(text), CONTAINER).object
  } catch (error) {
    const { message } = error as Error
    const why =
      error instanceof DecodeError
        ? `error unmarshaling JSON: while decoding JSON: ${message}`
        : message
    throw new KubectlFailure(`${path} does not contain a valid container spec: ${why}`)
  }
}

const parsed = (text: string): JsonValue => {
  try {
    return parseJson(text).value
  } catch {
    return parseYaml(text).value
  }
}

export const checkCustom = (custom: JsonObject | undefined): void => {
  if (custom === undefined) return
  const isModifying = UNMODIFIABLE.some((key) => {
    const value = custom[key]
    return value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0)
  })
  if (isModifying)
    throw new KubectlFailure(
      'name, command, image, lifecycle and volume devices are not modifiable via custom profile',
    )
}

export const withCustom = (custom: JsonObject | undefined, container: JsonObject): JsonObject => {
  if (custom === undefined) return container
  return applyStrategicMergePatch(container, { ...custom, name: container['name'] }, CONTAINER)
}
