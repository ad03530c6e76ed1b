// kubernetes: pkg/apis/networking/validation/validation.go ValidateIngress*
import { append } from '#apimachinery/append.ts'
import { validateIngressHostname } from '#api/core/v1/service/validation.ts'
import type { Ingress, IngressRule, IngressTLS } from '#api/networking/v1/ingress/types.ts'
import {
  validateHttpPaths,
  validateIngressBackend,
} from '#api/networking/v1/ingress/validation-paths.ts'
import { at, child, invalidValue, type FieldError } from '#apimachinery/field-error.ts'
import { own } from '#apimachinery/object.ts'
import { validateLegacyIp } from '#apimachinery/validation/ip.ts'
import { invalidEach } from '#apimachinery/validation/metadata.ts'
import { isDns1123Subdomain, isWildcardDns1123Subdomain } from '#apimachinery/validation/names.ts'
import { parseIpSloppy } from '#net/ip.ts'

export const CLASS_ANNOTATION = 'kubernetes.io/ingress.class'

export const validateIngressCreate = (ingress: Ingress): FieldError[] => {
  const errors = validateIngress(ingress)
  const annotation = own(ingress.metadata.annotations, CLASS_ANNOTATION)
  const { ingressClassName } = ingress.spec ?? {}
  if (annotation !== undefined && ingressClassName !== undefined && annotation !== ingressClassName)
    errors.push(
      invalidValue(
        child('annotations', CLASS_ANNOTATION),
        annotation,
        'must match `ingressClassName` when both are specified',
      ),
    )
  return errors
}

export const validateIngress = ({ spec }: Ingress): FieldError[] => {
  const { rules, defaultBackend, tls = [], ingressClassName } = spec ?? {}
  const errors: FieldError[] = []
  if ((rules?.length ?? 0) === 0 && defaultBackend === undefined)
    errors.push(invalidValue('spec', rules, 'either `defaultBackend` or `rules` must be specified'))
  if (defaultBackend !== undefined)
    append(errors, validateIngressBackend(defaultBackend, 'spec.defaultBackend'))
  append(
    errors,
    (rules ?? []).flatMap((rule, i) => validateRule(rule, at('spec.rules', i))),
  )
  append(
    errors,
    tls.flatMap((entry, index) => validateTls(entry, at('spec.tls', index))),
  )
  if (ingressClassName !== undefined)
    append(
      errors,
      invalidEach('spec.ingressClassName', ingressClassName, isDns1123Subdomain(ingressClassName)),
    )
  return errors
}

const isValidHost = (host: string): readonly string[] =>
  host.includes('*') ? isWildcardDns1123Subdomain(host) : isDns1123Subdomain(host)

const validateRule = ({ host = '', http }: IngressRule, path: string): FieldError[] => {
  const errors: FieldError[] = []
  if (host !== '') {
    const hostPath = child(path, 'host')
    if (parseIpSloppy(host) !== undefined)
      errors.push(invalidValue(hostPath, host, 'must be a DNS name, not an IP address'))
    append(errors, invalidEach(hostPath, host, isValidHost(host)))
  }
  if (http !== undefined)
    append(errors, validateHttpPaths(http.paths ?? [], child(path, 'http', 'paths')))
  return errors
}

const validateTls = ({ hosts = [], secretName = '' }: IngressTLS, path: string): FieldError[] => [
  ...hosts.flatMap((host, index) =>
    invalidEach(at(child(path, 'hosts'), index), host, isValidHost(host)),
  ),
  ...(secretName === ''
    ? []
    : invalidEach(child(path, 'secretName'), secretName, isDns1123Subdomain(secretName))),
]

export const validateIngressStatus = ({ status }: Ingress): FieldError[] =>
  (status?.loadBalancer?.ingress ?? []).flatMap(({ ip = '', hostname = '' }, index) => {
    const here = at('status.loadBalancer.ingress', index)
    return [
      ...(ip === '' ? [] : validateLegacyIp(child(here, 'ip'), ip)),
      ...validateIngressHostname(hostname, child(here, 'hostname')),
    ]
  })
