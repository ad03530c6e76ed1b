// kubernetes: kube-aggregator pkg/apis/apiregistration/validation/validation.go
import type { APIService } from '#api/apiregistration/v1/api-service/types.ts'
import { invalidValue, requiredValue, type FieldError } from '#apimachinery/field-error.ts'
import { invalidEach } from '#apimachinery/validation/metadata.ts'
import {
  isDns1035Label,
  isDns1123Subdomain,
  isValidPortNumber,
} from '#apimachinery/validation/names.ts'

const between = (field: string, value: number, max: number): readonly FieldError[] =>
  value > 0 && value <= max
    ? []
    : [invalidValue(field, value, `must be positive and less than ${max}`)]

const validateLocal = ({ caBundle, insecureSkipTLSVerify }: APIService['spec']) => [
  ...(caBundle === undefined
    ? []
    : [
        invalidValue(
          'spec.caBundle',
          `${Math.floor((caBundle.replace(/=+$/, '').length * 3) / 4)} bytes`,
          'local APIServices may not have a caBundle',
        ),
      ]),
  ...(insecureSkipTLSVerify === true
    ? [
        invalidValue(
          'spec.insecureSkipTLSVerify',
          true,
          'local APIServices may not have insecureSkipTLSVerify',
        ),
      ]
    : []),
]

const validateRemote = ({ service = {}, caBundle, insecureSkipTLSVerify }: APIService['spec']) => [
  ...((service.namespace ?? '') === '' ? [requiredValue('spec.service.namespace')] : []),
  ...((service.name ?? '') === '' ? [requiredValue('spec.service.name')] : []),
  ...isValidPortNumber(service.port ?? 443).map((message) =>
    invalidValue('spec.service.port', service.port, `port is not valid: ${message}`),
  ),
  ...(insecureSkipTLSVerify === true && caBundle !== undefined
    ? [invalidValue('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present')]
    : []),
]

export const validateAPIService = ({ metadata, spec }: APIService): readonly FieldError[] => {
  const { group = '', version = '' } = spec
  const name = `${version}.${group}`
  return [
    ...(metadata.name === name
      ? []
      : [
          invalidValue(
            'metadata.name',
            metadata.name,
            `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(name)}`,
          ),
        ]),
    ...(group === '' && version !== 'v1'
      ? [
          requiredValue(
            'spec.group',
            'only v1 may have an empty group and it better be legacy kube',
          ),
        ]
      : []),
    ...(group === '' ? [] : invalidEach('spec.group', group, isDns1123Subdomain(group))),
    ...invalidEach('spec.version', version, isDns1035Label(version)),
    ...between('spec.groupPriorityMinimum', spec.groupPriorityMinimum, 20_000),
    ...between('spec.versionPriority', spec.versionPriority, 1000),
    ...(spec.service === undefined ? validateLocal(spec) : validateRemote(spec)),
  ]
}
