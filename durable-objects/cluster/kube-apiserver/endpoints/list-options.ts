import { forbiddenValue, notSupported, type FieldError } from '#apimachinery/field-error.ts'
import { badRequest, invalid } from '#apimachinery/status-error.ts'
import { isSet, queryValue, type ApiRequest } from '#kube-apiserver/endpoints/http.ts'

/** What a list, a watch and a deletion of a collection may be asked for. */
export interface ListOptions {
  readonly labelSelector: string
  readonly fieldSelector: string
  readonly watch: boolean
  readonly allowWatchBookmarks: boolean
  readonly resourceVersion: string
  readonly resourceVersionMatch: string
  readonly timeoutSeconds?: number
  readonly limit: number
  readonly continue: string
  readonly sendInitialEvents?: boolean
}

const MAX_INT64 = 2n ** 63n - 1n

/** strconv.ParseInt. Throws BadRequest in its words. */
export const parseInt64 = (text: string): number => {
  const problem = (why: string) =>
    badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`)
  if (!/^[+-]?\d+$/.test(text)) throw problem('invalid syntax')
  const value = BigInt(text.replace('+', ''))
  if (value > MAX_INT64 || value < -MAX_INT64 - 1n) throw problem('value out of range')
  return Number(value)
}

/** Reads the options in the order of their fields: the first that is no value of its type is spoken of. */
export const listOptionsOf = (request: ApiRequest): ListOptions => {
  const text = (name: string): string => queryValue(request, name) ?? ''
  const timeoutSeconds = queryValue(request, 'timeoutSeconds')
  const limit = queryValue(request, 'limit')
  const sendInitialEvents = queryValue(request, 'sendInitialEvents')
  return {
    labelSelector: text('labelSelector'),
    fieldSelector: text('fieldSelector'),
    watch: isSet(queryValue(request, 'watch')),
    allowWatchBookmarks: isSet(queryValue(request, 'allowWatchBookmarks')),
    resourceVersion: text('resourceVersion'),
    resourceVersionMatch: text('resourceVersionMatch'),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds: parseInt64(timeoutSeconds) }),
    limit: limit === undefined ? 0 : parseInt64(limit),
    continue: text('continue'),
    ...(sendInitialEvents === undefined ? {} : { sendInitialEvents: isSet(sendInitialEvents) }),
  }
}

/** Throws Invalid. kubernetes: apimachinery pkg/apis/meta/internalversion/validation/validation.go ValidateListOptions */
export const checkListOptions = (options: ListOptions): void => {
  const errors = options.watch ? watchErrors(options) : listErrors(options)
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors)
}

const MATCH = 'resourceVersionMatch'
const NOT_WITH_CONTINUE = 'resourceVersionMatch is forbidden when continue is provided'

const listErrors = (options: ListOptions): readonly FieldError[] => {
  const { resourceVersion, resourceVersionMatch: match } = options
  const errors: FieldError[] = []
  const forbid = (field: string, why: string) => errors.push(forbiddenValue(field, why))
  if (match !== '') {
    if (resourceVersion === '')
      forbid(MATCH, 'resourceVersionMatch is forbidden unless resourceVersion is provided')
    if (options.continue !== '') forbid(MATCH, NOT_WITH_CONTINUE)
    if (match !== 'Exact' && match !== 'NotOlderThan')
      errors.push(notSupported(MATCH, match, ['', 'Exact', 'NotOlderThan']))
    if (match === 'Exact' && resourceVersion === '0')
      forbid(MATCH, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
  }
  if (options.sendInitialEvents !== undefined)
    forbid('sendInitialEvents', 'sendInitialEvents is forbidden for list')
  return errors
}

const watchErrors = (options: ListOptions): readonly FieldError[] => {
  const { resourceVersionMatch: match, sendInitialEvents } = options
  const errors: FieldError[] = []
  const forbid = (why: string) => errors.push(forbiddenValue(MATCH, why))
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan')
    forbid('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')
  if (match !== '') {
    if (sendInitialEvents === undefined)
      forbid('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided')
    if (match !== 'NotOlderThan') errors.push(notSupported(MATCH, match, ['NotOlderThan']))
    if (options.continue !== '') forbid(NOT_WITH_CONTINUE)
  }
  return errors
}
