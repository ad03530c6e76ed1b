// How kubectl fails, and in which words. kubernetes: kubectl pkg/cmd/util/helpers.go checkErr
import type { Status } from '#apimachinery/status-error.ts'

/** Ends the command: the message as Go's error would say it, without `error: `. */
export class KubectlFailure extends Error {
  override readonly name: string = 'KubectlFailure'
  readonly exitCode: number

  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Ends the command with a text that is printed as it is; '' prints nothing. */
export class PlainFailure extends KubectlFailure {
  override readonly name = 'PlainFailure'
}

/** What a server answered that did not do as it was asked. */
export class ApiError extends KubectlFailure {
  override readonly name = 'ApiError'
  readonly status: Status

  constructor(status: Status) {
    super(status.message ?? '')
    this.status = status
  }

  is(reason: string): boolean {
    return this.status.reason === reason
  }

  /** The same with words in front. kubernetes: AddSourceToErr */
  withMessage(message: string): ApiError {
    return new ApiError({ ...this.status, message })
  }
}

/** No resource or kind of this name. */
export class NoMatchError extends KubectlFailure {
  override readonly name = 'NoMatchError'
}

/** Several at once. kubernetes: apimachinery pkg/util/errors Aggregate */
export class AggregateFailure extends KubectlFailure {
  override readonly name = 'AggregateFailure'
  readonly failures: readonly Error[]

  constructor(failures: readonly Error[]) {
    const messages = [...new Set(failures.map(({ message }) => message))]
    super(messages.length === 1 ? messages[0]! : `[${messages.join(', ')}]`)
    this.failures = failures
  }
}

/** Throws what has gone wrong, if anything has. */
export const throwAll = (failures: readonly Error[]): void => {
  if (failures.length === 1) throw failures[0]!
  if (failures.length > 1) throw new AggregateFailure(failures)
}

/** The same where everything is told without `error: `, even if it is one. */
export const throwTogether = (failures: readonly Error[]): void => {
  if (failures.length > 0) throw new AggregateFailure([new AggregateFailure(failures)])
}

/** Without those that say that something is not there. */
export const withoutNotFound = (failures: readonly Error[]): readonly Error[] =>
  failures.flatMap((error) => {
    if (error instanceof ApiError) return error.is('NotFound') ? [] : [error]
    if (!(error instanceof AggregateFailure)) return [error]
    const left = withoutNotFound(error.failures)
    return left.length === 0 ? [] : [new AggregateFailure(left)]
  })

/** Only failures are told; anything else is a fault of ours. */
export const asFailure = (error: unknown): Error => {
  if (error instanceof KubectlFailure) return error
  throw error
}

/** `See 'kubectl get -h' for help and examples`. kubernetes: UsageErrorf */
export const usageFailure = (commandPath: string, message: string): KubectlFailure =>
  new KubectlFailure(`${message}\nSee '${commandPath} -h' for help and examples`)

/** kubernetes: AddSourceToErr */
export const withSource = (verb: string, source: string, error: Error): Error => {
  if (source === '') return error
  const message = `error when ${verb} ${JSON.stringify(source)}: ${error.message}`
  return error instanceof ApiError ? error.withMessage(message) : new KubectlFailure(message)
}

/** kubernetes: StandardErrorMessage; undefined: it is nothing special. */
const standardMessage = (error: Error): string | undefined => {
  if (error instanceof PlainFailure) return error.message
  if (!(error instanceof ApiError)) return undefined
  const { reason } = error.status
  if (reason === 'Unauthorized')
    return `error: You must be logged in to the server (${error.message})`
  return (reason ?? '') === ''
    ? `Error from server: ${error.message}`
    : `Error from server (${reason}): ${error.message}`
}

/** kubernetes: messageForError */
export const messageOf = (error: Error): string => standardMessage(error) ?? error.message

const flatten = (error: Error): readonly Error[] =>
  error instanceof AggregateFailure ? error.failures.flatMap(flatten) : [error]

/** kubernetes: statusCausesToAggrError, MultilineError */
const invalidMessage = ({ status }: ApiError): string => {
  const { details } = status
  const about =
    (details?.kind ?? '') === '' && (details?.name ?? '') === ''
      ? `The request is invalid${(details?.causes ?? []).length > 0 || (status.message ?? '') === '' ? '' : `: ${status.message}`}`
      : `The ${details?.kind ?? ''} ${JSON.stringify(details?.name ?? '')} is invalid`
  const causes = [
    ...new Set(
      (details?.causes ?? []).map(({ field = '', message = '' }) => `${field}: ${message}`),
    ),
  ]
  if (causes.length === 0) return about
  if (causes.length === 1) return `${about}: ${causes[0]}\n`
  return `${about}: \n${causes.map((cause) => `* ${cause}\n`).join('')}`
}

const withNewline = (text: string): string =>
  text === '' || text.endsWith('\n') ? text : `${text}\n`

/** What stands on standard error when a command ends with this. */
export const failureText = (error: Error): string => {
  if (error instanceof AggregateFailure) {
    const [only] = error.failures
    // what is told together is told without `error: `, even if it is one
    const isNested = only instanceof AggregateFailure && only.failures.length === 1
    if (error.failures.length === 1 && !isNested) return failureText(only!)
    return withNewline(
      flatten(error)
        .map((one) => `${messageOf(one)}\n`)
        .join(''),
    )
  }
  if (error instanceof ApiError && error.is('Invalid')) return withNewline(invalidMessage(error))
  const special = standardMessage(error)
  if (special !== undefined) return withNewline(special)
  const { message } = error
  return withNewline(message.startsWith('error: ') ? message : `error: ${message}`)
}
