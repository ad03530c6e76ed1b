import type { ImageListener, ImageReply } from '#api/kubarium/v1/image/types.ts'
import {
  atMost,
  type Check,
  checked,
  inRange,
  validateDuration,
  validateText,
  words,
} from '#api/kubarium/v1/image/validate-values.ts'
import {
  at,
  child,
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  tooLong,
  tooMany,
} from '#apimachinery/field-error.ts'
import { byteLength, isHttpHeaderName } from '#apimachinery/validation/names.ts'

/** Of one listener, and of all listeners of an image. */
const MOST_REPLIES = 32
const MOST_REPLIES_OF_ALL = 128
const LONGEST_BODY = 16 * 1024
const MOST_HEADERS = 16
const LONGEST_HEADER = 1024
const LONGEST_PATH = 1024
const LONGEST_URL = 2048

const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']
const FAILURES = ['reset', 'silent']

/** Of ports, whatever else these have; `path` is where they stand. */
export const validateReplies = (
  path: string,
  ports: readonly Pick<ImageListener, 'replies'>[],
): readonly FieldError[] => {
  const all = ports.flatMap(({ replies }) => replies ?? [])
  if (all.length > MOST_REPLIES_OF_ALL) return [tooMany(path, all.length, MOST_REPLIES_OF_ALL)]
  return ports.flatMap(({ replies }, index) =>
    atMost(child(at(path, index), 'replies'), replies, MOST_REPLIES, validateReply),
  )
}

const validateReply: Check<ImageReply> = (path, reply) => {
  const { method, status, headers, body, delay, failure, calls } = reply
  return [
    ...validatePath(child(path, 'path'), reply.path),
    ...(method === undefined || METHODS.includes(method)
      ? []
      : [notSupported(child(path, 'method'), words(method), METHODS)]),
    ...inRange(child(path, 'status'), status, 200, 599),
    ...validateHeaders(child(path, 'headers'), headers ?? {}),
    ...validateText(child(path, 'body'), body, LONGEST_BODY),
    ...validateDuration(child(path, 'delay'), delay),
    ...(failure === undefined || FAILURES.includes(failure)
      ? []
      : [notSupported(child(path, 'failure'), words(failure), FAILURES)]),
    ...(failure !== undefined && (status !== undefined || body !== undefined)
      ? [forbiddenValue(child(path, 'failure'), 'may not be used with `status` or `body`')]
      : []),
    ...validateCalls(child(path, 'calls'), calls),
  ]
}

const validatePath = (path: string, text: string | undefined): readonly FieldError[] => {
  if (text === undefined || text === '') return [requiredValue(path)]
  if (byteLength(text) > LONGEST_PATH) return [tooLong(path, LONGEST_PATH)]
  const isPath =
    text.startsWith('/') && !/[\s?#\u0000-\u001f]/.test(text) && !text.slice(0, -1).includes('*')
  return isPath
    ? []
    : [
        invalidValue(
          path,
          words(text),
          "must begin with '/' and have neither query nor spaces; '*' may stand at its end only (regular expressions are not supported)",
        ),
      ]
}

const validateHeaders = (
  path: string,
  headers: Readonly<Record<string, string>>,
): readonly FieldError[] => {
  const entries = Object.entries(headers)
  return [
    ...(entries.length > MOST_HEADERS ? [tooMany(path, entries.length, MOST_HEADERS)] : []),
    ...entries.slice(0, MOST_HEADERS).flatMap(([name, value]) => {
      if (name.length > LONGEST_HEADER) return [tooLong(path, LONGEST_HEADER)]
      const field = at(path, words(name))
      return [
        ...checked(path, name, isHttpHeaderName(name)),
        ...validateText(field, value, LONGEST_HEADER),
        ...(/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)
          ? [invalidValue(field, words(value), 'must be one line without control characters')]
          : []),
      ]
    }),
  ]
}

/** What a variable stands for is known when the program calls. */
const validateCalls = (path: string, url: string | undefined): readonly FieldError[] => {
  if (url === undefined) return []
  if (byteLength(url) > LONGEST_URL) return [tooLong(path, LONGEST_URL)]
  return /^(https?:\/\/|\{env\.)/.test(url) && !/[\s\u0000-\u001f]/.test(url)
    ? []
    : [
        invalidValue(
          path,
          words(url),
          'must be a URL that begins with http:// or https://, or with {env.NAME}',
        ),
      ]
}
