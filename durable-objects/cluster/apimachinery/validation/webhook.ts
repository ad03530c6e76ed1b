// Where the API server calls somebody else. kubernetes: apiserver pkg/util/webhook/validation.go
import { invalidValue, requiredValue, type FieldError } from '#apimachinery/field-error.ts'
import { isDns1123Subdomain, isValidPortNumber } from '#apimachinery/validation/names.ts'

const FORM = '; desired format: https://host[/path]'
const URL_PARTS =
  /^(?:(?<scheme>[a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/(?:(?<user>[^@/?#]*)@)?(?<host>[^/?#]*))?[^?#]*(?:\?(?<query>[^#]*))?(?:#(?<fragment>.*))?$/

export const validateWebhookUrl = (url: string, path: string): readonly FieldError[] => {
  const { scheme, user, host, query, fragment } = URL_PARTS.exec(url)?.groups ?? {}
  const errors: FieldError[] = []
  const refuse = (value: string, why: string): void => {
    errors.push(invalidValue(path, value, why))
  }
  if (scheme?.toLowerCase() !== 'https')
    refuse(scheme ?? '', `'https' is the only allowed URL scheme${FORM}`)
  if ((host ?? '') === '') refuse('', `host must be specified${FORM}`)
  if (user !== undefined) refuse(user, 'user information is not permitted in the URL')
  if ((fragment ?? '') !== '') refuse(fragment!, 'fragments are not permitted in the URL')
  if ((query ?? '') !== '') refuse(query!, 'query parameters are not permitted in the URL')
  return errors
}

interface ServiceReference {
  readonly name?: string
  readonly namespace?: string
  readonly path?: string
  readonly port?: number
}

export const validateWebhookService = (
  { name = '', namespace = '', path: urlPath, port = 443 }: ServiceReference,
  path: string,
): readonly FieldError[] => {
  const messages = isValidPortNumber(port)
  return [
    ...(name === '' ? [requiredValue(`${path}.name`, 'service name is required')] : []),
    ...(namespace === ''
      ? [requiredValue(`${path}.namespace`, 'service namespace is required')]
      : []),
    ...(messages.length > 0
      ? [invalidValue(`${path}.port`, port, `port is not valid: ${messages.join(',')}`)]
      : []),
    ...pathProblems(urlPath ?? '').map((why) => invalidValue(`${path}.path`, urlPath, why)),
  ]
}

const pathProblems = (path: string): readonly string[] => {
  if (path === '' || path === '/') return []
  if (path === '//') return ['segment[0] may not be empty']
  const steps = path.slice(1).replace(/\/$/, '').split('/')
  return [
    ...(path.startsWith('/') ? [] : ["must start with a '/'"]),
    ...steps.flatMap((step, index) =>
      step === ''
        ? [`segment[${index}] may not be empty`]
        : isDns1123Subdomain(step).map((why) => `segment[${index}]: ${why}`),
    ),
  ]
}
