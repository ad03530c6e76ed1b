// Commands that take manifests read them in the same way.
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Validation } from '#kubectl/commands/dry-run.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { build, type BuilderOptions, type BuiltResult } from '#kubectl/resource/builder.ts'
import { filesOf } from '#kubectl/resource/files-of.ts'

/** kubernetes: RequireFilenameOrKustomize */
export const requireFiles = ({ flags }: Invocation): void => {
  const hasFiles = flags.list('filename').length > 0
  const hasFolder = flags.string('kustomize') !== ''
  if (!hasFiles && !hasFolder) throw new KubectlFailure('must specify one of -f and -k')
  if (hasFiles && hasFolder) throw new KubectlFailure('only one of -f or -k can be specified')
  if (hasFolder && flags.bool('recursive'))
    throw new KubectlFailure("the -k flag can't be used with -f or -R")
}

/** What the flags name, document by document. */
export const manifestsOf = (
  run: Invocation,
  validation: Validation,
  more: BuilderOptions = {},
): BuiltResult => {
  const { flags } = run
  return build(run, {
    ...filesOf(run),
    labelSelector: flags.has('selector') ? flags.string('selector') : '',
    enforcesNamespace: run.connection.isExplicit,
    continuesOnError: true,
    flattens: true,
    ...(validation === 'Ignore'
      ? {}
      : {
          checkDocument: (object: JsonObject, source: string) => checkDocument(run, object, source),
        }),
    ...more,
  })
}

/** kubernetes: kubectl pkg/validation */
const checkDocument = (run: Invocation, object: JsonObject, source: string): void => {
  const unread = run.client.problem('/openapi/v2?timeout=32s')
  const problems =
    unread === undefined ? problemsOf(object) : [`failed to download openapi: ${unread}`]
  if (problems.length === 0) return
  const text = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`
  throw new KubectlFailure(
    `error validating ${JSON.stringify(source)}: error validating data: ${text}; if you choose to ignore these errors, turn validation off with --validate=false`,
  )
}

const problemsOf = (object: JsonObject): readonly string[] => {
  const own = typeProblems(object)
  if (own.length > 0 || object['kind'] !== 'List' || object['apiVersion'] !== 'v1') return own
  const { items } = object
  if (!Array.isArray(items)) return ['invalid object to validate']
  return [...new Set((items as readonly JsonObject[]).flatMap(typeProblems))]
}

const typeProblems = (object: JsonValue): readonly string[] => {
  if (typeof object !== 'object' || object === null || Array.isArray(object))
    return ['invalid object to validate']
  return ['apiVersion', 'kind'].flatMap((field) => {
    const value = (object as JsonObject)[field]
    if (value === undefined || value === null) return [`${field} not set`]
    if (typeof value !== 'string') return [`${field} isn't string type`]
    return field === 'apiVersion' && value.split('/').length > 2
      ? [`unexpected GroupVersion string: ${value}`]
      : []
  })
}

/** `Unexpected args: [a b]` */
export const refuseArgs = (run: Invocation): void => {
  if (run.args.length > 0) throw run.usage(`Unexpected args: [${run.args.join(' ')}]`)
}
