import { StatusError } from '#apimachinery/status-error.ts'

/**
 * A plain Go error on its way out of the API server: it has no reason, so clients print the message alone.
 * differs: upstream's code is 500, as if the fault were the server's.
 */
export const plainError = (message: string): StatusError => new StatusError(400, '', message)

/**
 * The patch is well-formed but does not apply. What went wrong is not told to the client.
 * kubernetes: apimachinery pkg/api/errors NewGenericServerResponse for 422
 */
export const unprocessable = (): StatusError =>
  new StatusError(
    422,
    'Invalid',
    'the server rejected our request due to an error in our request',
    {},
  )

/** How Go's JSON decoder calls a value that does not fit. */
export const jsonKind = (value: unknown): string => {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  return typeof value
}

export const cannotUnmarshal = (value: unknown, goType: string): string =>
  `json: cannot unmarshal ${jsonKind(value)} into Go value of type ${goType}`
