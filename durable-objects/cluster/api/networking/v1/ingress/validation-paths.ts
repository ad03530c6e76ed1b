// kubernetes: pkg/apis/networking/validation/validation.go validateHTTPIngressPath, validateIngressBackend
import { append } from '#apimachinery/append.ts'
import type { HTTPIngressPath, IngressBackend } from '#api/networking/v1/ingress/types.ts'
import {
  at,
  child,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { invalidEach } from '#apimachinery/validation/metadata.ts'
import {
  isDns1123Label,
  isDns1123Subdomain,
  isValidPortName,
  isValidPortNumber,
  nameIsPathSegment,
} from '#apimachinery/validation/names.ts'

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix']
const FORBIDDEN_INSIDE = ['//', '/./', '/../', '%2f', '%2F']
const FORBIDDEN_AT_END = ['/..', '/.']

export const validateHttpPaths = (
  paths: readonly HTTPIngressPath[] | undefined,
  path: string,
): FieldError[] =>
  (paths?.length ?? 0) === 0
    ? [requiredValue(path)]
    : paths!.flatMap((entry, index) => validateHttpPath(entry, at(path, index)))

const validateHttpPath = (entry: HTTPIngressPath, path: string): FieldError[] => {
  const { path: text = '' } = entry
  const type: string | undefined = entry.pathType
  // Nothing more is said of such a path: what it must look like depends on its type.
  if (type === undefined)
    return [requiredValue(child(path, 'pathType'), 'pathType must be specified')]
  const errors: FieldError[] = []
  const refuse = (message: string): void => {
    errors.push(invalidValue(child(path, 'path'), text, message))
  }
  if (!PATH_TYPES.includes(type))
    errors.push(notSupported(child(path, 'pathType'), type, PATH_TYPES))
  else if (type === 'ImplementationSpecific') {
    if (text !== '' && !text.startsWith('/')) refuse('must be an absolute path')
  } else {
    if (!text.startsWith('/')) refuse('must be an absolute path')
    for (const part of FORBIDDEN_INSIDE)
      if (text.includes(part)) refuse(`must not contain '${part}'`)
    for (const end of FORBIDDEN_AT_END) if (text.endsWith(end)) refuse(`cannot end with '${end}'`)
  }
  return [...errors, ...validateIngressBackend(entry.backend ?? {}, child(path, 'backend'))]
}

export const validateIngressBackend = (backend: IngressBackend, path: string): FieldError[] => {
  const { resource, service } = backend
  if (resource !== undefined && service !== undefined)
    return [invalidValue(path, '', 'cannot set both resource and service backends')]
  if (resource !== undefined) return validateReference(resource, child(path, 'resource'))
  if (service === undefined)
    return [invalidValue(path, '', 'resource or service backend is required')]
  const errors: FieldError[] = []
  const { name = '' } = service
  const namePath = child(path, 'service', 'name')
  if (name === '') errors.push(requiredValue(namePath))
  else append(errors, invalidEach(namePath, name, isDns1123Label(name)))
  const { name: portName = '', number = 0 } = service.port ?? {}
  const portPath = child(path, 'service', 'port')
  if (portName !== '' && number !== 0)
    errors.push(invalidValue(path, '', 'cannot set both port name & port number'))
  else if (portName !== '')
    append(errors, invalidEach(child(portPath, 'name'), portName, isValidPortName(portName)))
  else if (number !== 0)
    for (const message of isValidPortNumber(number))
      errors.push(invalidValue(child(portPath, 'number'), number, message))
  else errors.push(requiredValue(path, 'port name or number is required'))
  return errors
}

/** kubernetes: validateIngressTypedLocalObjectReference */
export const validateReference = (
  reference: { readonly apiGroup?: string; readonly kind?: string; readonly name?: string },
  path: string,
): FieldError[] => {
  const { apiGroup } = reference
  const errors =
    apiGroup === undefined
      ? []
      : invalidEach(child(path, 'apiGroup'), apiGroup, isDns1123Subdomain(apiGroup))
  for (const field of ['kind', 'name'] as const) {
    const value = reference[field] ?? ''
    const here = child(path, field)
    if (value === '') errors.push(requiredValue(here))
    else append(errors, invalidEach(here, value, nameIsPathSegment(value, false)))
  }
  return errors
}
