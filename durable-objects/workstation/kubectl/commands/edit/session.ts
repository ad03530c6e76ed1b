// Objects go to an editor and come back, until they are right or nobody wants to go on. kubernetes: kubectl pkg/cmd/util/editor/editoptions.go
import { equal, type JsonObject, type JsonValue } from '#apimachinery/object.ts'
import { printYaml } from '#apimachinery/yaml/print.ts'
import { parseYaml } from '#apimachinery/yaml/parse.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { editText, hasLines, withoutComments } from '#kubectl/commands/edit/editor.ts'
import { ApiError, asFailure, KubectlFailure, PlainFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { noPrinter, printJson, withoutManagedFields } from '#kubectl/output/format.ts'
import { printKyaml } from '#kubectl/output/kyaml.ts'
import { editedInfos, validationProblem } from '#kubectl/commands/edit/edited-file.ts'
import type { Info } from '#kubectl/resource/info.ts'

/** Why the file is opened again. */
interface Reason {
  readonly head: string
  readonly more?: readonly string[]
}

/** What became of the changes. */
export class EditResults {
  readonly reasons: Reason[] = []
  retryable = 0
  missing = 0
  invalid = 0

  /** What is said of an object that could not be changed. */
  add(error: Error, { resource, name }: Info): string {
    const type = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`
    const shown = `${type} ${JSON.stringify(name)}`
    if (error instanceof ApiError && error.is('Invalid')) {
      this.invalid++
      const causes = error.status.details?.causes ?? []
      this.reasons.push({
        head: `${shown} was not valid`,
        more: causes.map(({ field = '', message = '' }) => `${field}: ${message}`),
      })
      return `error: ${shown} is invalid`
    }
    if (error instanceof ApiError && error.is('NotFound')) {
      this.missing++
      return `error: ${shown} could not be found on the server`
    }
    this.retryable++
    return `error: ${shown} could not be patched: ${error.message}`
  }
}

export interface EditMode {
  /** The first lines of the file. */
  readonly header: string
  /** Changes what is there. Throws what ends the session. */
  save(edited: readonly Info[], original: readonly Info[], results: EditResults): void
}

export const OBJECT_HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`

/** Line breaks stay within the comment. */
const commented = (text: string): string => text.replace(/\n(?=[^#])/g, '\n# ')

const headerText = (header: string, reasons: readonly Reason[]): string =>
  header +
  reasons
    .map(({ head, more = [] }) =>
      [
        `# ${commented(head)}${more.length > 0 ? ':' : ''}\n`,
        ...more.map((text) => `# * ${commented(text)}\n`),
        '#\n',
      ].join(''),
    )
    .join('')

const objectText = (run: Invocation, infos: readonly Info[]): string => {
  const objects = infos.map(({ object }) => withoutManagedFields(object!))
  const object: JsonObject =
    objects.length === 1
      ? objects[0]!
      : { apiVersion: 'v1', items: objects, kind: 'List', metadata: {} }
  switch (run.flags.string('output')) {
    case 'json':
      return printJson(object)
    case 'kyaml':
      return printKyaml(object)
    default:
      return printYaml(object)
  }
}

/** kubernetes: StripComments */
const meaning = (text: string): JsonValue => {
  try {
    return parseYaml(text).value
  } catch {
    return withoutComments(text)
  }
}

const isSame = (a: string, b: string): boolean => equal(meaning(a), meaning(b))

const FORMATS = ['json', 'kyaml', 'yaml']

/** Files are written in few formats. */
export const checkEditedFormat = ({ flags }: Invocation): void => {
  const format = flags.string('output')
  if (format !== '' && !FORMATS.includes(format)) throw noPrinter(format, FORMATS)
}

/** One session for all of these objects. */
export function* editInfos(run: Invocation, infos: readonly Info[], mode: EditMode): ToolRun<void> {
  const session = new EditSession(run, infos, mode)
  for (;;) {
    const path = yield* session.open()
    if (session.settle(path)) return
  }
}

class EditSession {
  readonly #run: Invocation
  readonly #infos: readonly Info[]
  readonly #mode: EditMode
  #results = new EditResults()
  #original = ''
  #edited = ''
  #previous: string | undefined
  #isWrong = false

  constructor(run: Invocation, infos: readonly Info[], mode: EditMode) {
    this.#run = run
    this.#infos = infos
    this.#mode = mode
  }

  /** Tells where the changes are, if they are anywhere. */
  #kept(error: Error, path: string | undefined): Error {
    if (path !== undefined && this.#run.call.files.exists(path))
      this.#run.err(`A copy of your changes has been stored to ${JSON.stringify(path)}\n`)
    return error
  }

  /** Waits for the editor. The file that it leaves. */
  *open(): ToolRun<string> {
    const isJson = this.#run.flags.string('output') === 'json'
    // comments are no JSON
    const header = isJson ? '' : headerText(this.#mode.header, this.#results.reasons)
    const given =
      header + (this.#isWrong ? withoutComments(this.#edited) : objectText(this.#run, this.#infos))
    if (!this.#isWrong) this.#original = given
    const before = this.#edited
    const suffix = isJson ? '.json' : '.yaml'
    const { path, text, failure } = yield* editText(this.#run, suffix, withEnds(this.#run, given))
    if (failure !== undefined) throw this.#kept(failure, this.#previous)
    this.#edited = text.replaceAll('\r\n', '\n')
    if (this.#isWrong && isSame(before, this.#edited))
      throw this.#kept(new KubectlFailure('Edit cancelled, no valid changes were saved.'), path)
    if (this.#previous !== undefined) this.#run.call.files.unlink(this.#previous)
    this.#previous = path
    this.#results = new EditResults()
    return path
  }

  /** Whether it is over. Throws if it ends badly. */
  settle(path: string): boolean {
    const problem = validationProblem(this.#run, this.#edited)
    if (problem !== undefined) {
      this.#run.err(`${this.#results.add(problem, this.#infos[0]!)}\n`)
      this.#isWrong = true
      return false
    }
    const isUnchanged = isSame(this.#original, this.#edited)
    if (isUnchanged || !hasLines(this.#edited)) {
      this.#run.call.files.unlink(path)
      const why = isUnchanged ? 'no changes made' : 'saved file was empty'
      this.#run.err(`Edit cancelled, ${why}.\n`)
      return true
    }
    const updated = this.#parsed()
    this.#isWrong = updated === undefined
    if (updated === undefined) return false
    try {
      requireNamespace(this.#run, updated)
      this.#mode.save(updated, this.#infos, this.#results)
    } catch (error) {
      throw this.#kept(asFailure(error), path)
    }
    return this.#isSaved(path)
  }

  #parsed(): readonly Info[] | undefined {
    try {
      return editedInfos(this.#run, this.#edited, 'edited-file')
    } catch (error) {
      const head = `The edited file had a syntax error: ${asFailure(error).message}`
      this.#results.reasons.push({ head })
      return undefined
    }
  }

  #isSaved(path: string): boolean {
    const { retryable, missing, invalid, reasons } = this.#results
    if (retryable > 0)
      this.#run.err(`You can run \`kubectl replace -f ${path}\` to try this update again.\n`)
    else if (missing > 0)
      this.#run.err(
        `The edits you made on deleted resources have been saved to ${JSON.stringify(path)}\n`,
      )
    if (retryable + missing > 0) throw new PlainFailure('')
    if (invalid === 0) this.#run.call.files.unlink(path)
    this.#isWrong = reasons.length > 0
    return invalid === 0
  }
}

const withEnds = ({ flags }: Invocation, text: string): string =>
  flags.has('windows-line-endings') && flags.bool('windows-line-endings')
    ? text.replaceAll('\n', '\r\n')
    : text

/** kubernetes: resource.RequireNamespace */
const requireNamespace = (run: Invocation, infos: readonly Info[]): void => {
  for (const { resource, namespace } of infos)
    if (resource.isNamespaced && namespace !== run.namespace)
      throw new KubectlFailure(
        `the namespace from the provided object ${JSON.stringify(namespace)} does not match the namespace ${JSON.stringify(run.namespace)}. You must pass '--namespace=${namespace}' to perform this operation.`,
      )
}
