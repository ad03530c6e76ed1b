// What an editor left behind, read again.
import type { JsonObject } from '#apimachinery/object.ts'
import { parseYaml } from '#apimachinery/yaml/parse.ts'
import { validationOf } from '#kubectl/commands/dry-run.ts'
import { withoutComments } from '#kubectl/commands/edit/editor.ts'
import { ApiError } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import type { Info } from '#kubectl/resource/info.ts'
import { visitsOf } from '#kubectl/resource/visit-files.ts'

/** Throws KubectlFailure. */
export const editedInfos = (run: Invocation, text: string, name: string): readonly Info[] => {
  const infos: Info[] = []
  const [visit] = visitsOf(
    [{ name, text }],
    run,
    { flattens: true, continuesOnError: true },
    run.namespace,
    '',
  )
  visit!((info) => infos.push(info))
  return infos
}

/** kubernetes: kubectl pkg/validation, apierrors.NewInvalid without a kind */
export const validationProblem = (run: Invocation, text: string): ApiError | undefined => {
  if (validationOf(run) === 'Ignore') return undefined
  const problem = problemOf(withoutComments(text))
  if (problem === undefined) return undefined
  const message = `Invalid value: "The edited file failed validation": ${problem}`
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    reason: 'Invalid',
    code: 422,
    message: ` "" is invalid: <nil>: ${message}`,
    details: { causes: [{ reason: 'FieldValueInvalid', message, field: '<nil>' }] },
  })
}

const problemOf = (text: string): string | undefined => {
  let object: JsonObject
  try {
    object = parseYaml(text).value as JsonObject
  } catch (error) {
    return (error as Error).message
  }
  if (object === null) return 'invalid object to validate'
  if (typeof object !== 'object' || Array.isArray(object)) return undefined
  const missing = ['apiVersion', 'kind'].filter((field) => {
    const value = object[field]
    return typeof value !== 'string' || value === ''
  })
  if (missing.length === 0) return undefined
  const texts = missing.map((field) => `${field} not set`)
  return texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`
}
