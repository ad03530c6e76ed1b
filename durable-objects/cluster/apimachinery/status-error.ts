// kubernetes: apimachinery pkg/api/errors/errors.go
import { errorBody, errorText, type FieldError } from '#apimachinery/field-error.ts'

export interface StatusCause {
  readonly reason?: string
  readonly message?: string
  readonly field?: string
}

export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly StatusCause[]
  readonly retryAfterSeconds?: number
}

/** metav1.Status: what the API answers when there is no object to answer with. */
export interface Status {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string }
  readonly status: 'Success' | 'Failure'
  readonly message?: string
  readonly reason?: string
  readonly details?: StatusDetails
  readonly code: number
}

/** Which resource an error speaks of: `{group: 'apps', resource: 'deployments'}`. */
export interface GroupResource {
  readonly group: string
  readonly resource: string
}

/** The one way in which the API server refuses. Turned into a response in one place. */
export class StatusError extends Error {
  readonly status: Status

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message)
    this.name = 'StatusError'
    const failure = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
    } as const
    this.status = {
      ...failure,
      ...(reason === '' ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    }
  }

  get reason(): string {
    return this.status.reason ?? ''
  }
}

/** `deployments.apps`; `pods` for the core group. */
export const groupResourceText = ({ group, resource }: GroupResource): string =>
  group === '' ? resource : `${resource}.${group}`

const detailsOf = (
  resource: GroupResource,
  name: string,
  more: Partial<StatusDetails> = {},
): StatusDetails => ({
  ...(name === '' ? {} : { name }),
  ...(resource.group === '' ? {} : { group: resource.group }),
  kind: resource.resource,
  ...more,
})

export const notFound = (resource: GroupResource, name: string): StatusError =>
  new StatusError(
    404,
    'NotFound',
    `${groupResourceText(resource)} "${name}" not found`,
    detailsOf(resource, name),
  )

export const alreadyExists = (resource: GroupResource, name: string): StatusError =>
  new StatusError(
    409,
    'AlreadyExists',
    `${groupResourceText(resource)} "${name}" already exists`,
    detailsOf(resource, name),
  )

export const conflict = (resource: GroupResource, name: string, reason: string): StatusError =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${groupResourceText(resource)} "${name}": ${reason}`,
    detailsOf(resource, name),
  )

export const forbidden = (resource: GroupResource, name: string, reason: string): StatusError => {
  const what =
    resource.resource === ''
      ? 'forbidden'
      : name === ''
        ? `${groupResourceText(resource)} is forbidden`
        : `${groupResourceText(resource)} "${name}" is forbidden`
  return new StatusError(403, 'Forbidden', `${what}: ${reason}`, detailsOf(resource, name))
}

/** `kind` is a Kind such as `Service`, not a resource. */
export const invalid = (
  kind: { readonly group: string; readonly kind: string },
  name: string,
  errors: readonly FieldError[],
): StatusError => {
  const texts = [...new Set(errors.map(errorText))]
  const list = texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`
  const of = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`
  return new StatusError(
    422,
    'Invalid',
    `${of} "${name}" is invalid${errors.length === 0 ? '' : `: ${list}`}`,
    {
      ...(name === '' ? {} : { name }),
      ...(kind.group === '' ? {} : { group: kind.group }),
      kind: kind.kind,
      causes: errors.map((error) => ({
        reason: error.type,
        message: errorBody(error),
        field: error.field,
      })),
    },
  )
}

export const badRequest = (message: string): StatusError =>
  new StatusError(400, 'BadRequest', message)

export const unauthorized = (message: string): StatusError =>
  new StatusError(401, 'Unauthorized', message === '' ? 'not authorized' : message)

export const methodNotSupported = (resource: GroupResource, action: string): StatusError =>
  new StatusError(
    405,
    'MethodNotAllowed',
    `${action} is not supported on resources of kind "${groupResourceText(resource)}"`,
    detailsOf(resource, ''),
  )

export const gone = (message: string): StatusError => new StatusError(410, 'Gone', message)

/** The revision asked for was compacted away. */
export const expired = (message: string): StatusError => new StatusError(410, 'Expired', message)

export const tooManyRequests = (
  message: string,
  retryAfterSeconds: number,
  causes: readonly StatusCause[] = [],
): StatusError =>
  new StatusError(429, 'TooManyRequests', message, {
    ...(causes.length === 0 ? {} : { causes }),
    ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}),
  })

export const internalError = (message: string): StatusError =>
  new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, {
    causes: [{ message }],
  })

export const unsupportedMediaType = (message: string): StatusError =>
  new StatusError(415, 'UnsupportedMediaType', message)

export const requestEntityTooLarge = (message: string): StatusError =>
  new StatusError(413, 'RequestEntityTooLarge', `Request entity is too large: ${message}`)

/** Nothing is served under this path. kubernetes: NewGenericServerResponse for 404 */
export const noSuchPath = (): StatusError =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource', {})

export const methodNotAllowed = (): StatusError =>
  new StatusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  )

export const isReason = (error: unknown, reason: string): error is StatusError =>
  error instanceof StatusError && error.reason === reason
