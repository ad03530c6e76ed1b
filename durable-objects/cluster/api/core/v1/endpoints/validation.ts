// kubernetes: pkg/apis/core/validation/validation.go ValidateEndpoints*
import { append } from '#apimachinery/append.ts'
import type {
  EndpointAddress,
  EndpointPort,
  Endpoints,
  EndpointSubset,
} from '#api/core/v1/endpoints/types.ts'
import { validateProtocol } from '#api/core/v1/service/validation-ports.ts'
import {
  at,
  child,
  invalidValue,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { validateEndpointIp, validateLegacyIp } from '#apimachinery/validation/ip.ts'
import { invalidEach, validateFinalizers } from '#apimachinery/validation/metadata.ts'
import {
  isDns1123Label,
  isDns1123Subdomain,
  isQualifiedName,
  isValidPortNumber,
} from '#apimachinery/validation/names.ts'

export const validateEndpoints = ({ subsets = [] }: Endpoints): FieldError[] =>
  (subsets ?? []).flatMap((subset, index) => validateSubset(subset, at('subsets', index)))

/** Subsets that did not change are not looked at again. */
export const validateEndpointsUpdate = (endpoints: Endpoints, old: Endpoints): FieldError[] => [
  ...validateFinalizers(endpoints.metadata.finalizers, 'metadata.finalizers'),
  ...(endpoints.subsets === old.subsets ? [] : validateEndpoints(endpoints)),
]

const validateSubset = (subset: EndpointSubset, path: string): FieldError[] => {
  const { addresses = [], notReadyAddresses = [], ports = [] } = subset
  const errors =
    addresses.length === 0 && notReadyAddresses.length === 0
      ? [requiredValue(path, 'must specify `addresses` or `notReadyAddresses`')]
      : []
  for (const [index, address] of addresses.entries())
    append(errors, validateAddress(address, at(child(path, 'addresses'), index)))
  for (const [index, address] of notReadyAddresses.entries())
    append(errors, validateAddress(address, at(child(path, 'notReadyAddresses'), index)))
  for (const [index, port] of ports.entries())
    append(errors, validatePort(port, ports.length > 1, at(child(path, 'ports'), index)))
  return errors
}

const validateAddress = (address: EndpointAddress, path: string): FieldError[] => {
  const { ip = '', hostname = '', nodeName } = address
  const errors = validateLegacyIp(child(path, 'ip'), ip)
  if (hostname !== '')
    append(errors, invalidEach(child(path, 'hostname'), hostname, isDns1123Label(hostname)))
  if (nodeName !== undefined)
    append(errors, invalidEach(child(path, 'nodeName'), nodeName, isDns1123Subdomain(nodeName)))
  return [...errors, ...validateEndpointIp(ip, child(path, 'ip'))]
}

const validatePort = (port: EndpointPort, requireName: boolean, path: string): FieldError[] => {
  const { name = '', protocol = '', appProtocol } = port
  const errors: FieldError[] = []
  if (name !== '') append(errors, invalidEach(child(path, 'name'), name, isDns1123Label(name)))
  else if (requireName) errors.push(requiredValue(child(path, 'name')))
  for (const message of isValidPortNumber(port.port))
    errors.push(invalidValue(child(path, 'port'), port.port, message))
  append(errors, validateProtocol(protocol, child(path, 'protocol')))
  if (appProtocol !== undefined)
    append(
      errors,
      invalidEach(child(path, 'appProtocol'), appProtocol, isQualifiedName(appProtocol)),
    )
  return errors
}
