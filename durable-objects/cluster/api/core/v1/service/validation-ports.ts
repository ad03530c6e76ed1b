// kubernetes: pkg/apis/core/validation/validation.go validateServicePort and the checks across ports
import { append } from '#apimachinery/append.ts'
import type { Service, ServicePort } from '#api/core/v1/service/types.ts'
import {
  at,
  child,
  duplicateValue,
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { invalidEach } from '#apimachinery/validation/metadata.ts'
import {
  isDns1123Label,
  isQualifiedName,
  isValidPortName,
  isValidPortNumber,
} from '#apimachinery/validation/names.ts'

export const PROTOCOLS: readonly string[] = ['SCTP', 'TCP', 'UDP']

export const validateServicePorts = (service: Service, path: string): FieldError[] => {
  const ports = service.spec.ports ?? []
  const names = new Set<string>()
  return ports.flatMap((port, index) =>
    validateServicePort(port, ports.length > 1, names, at(path, index)),
  )
}

const validateServicePort = (
  port: ServicePort,
  requireName: boolean,
  names: Set<string>,
  path: string,
): FieldError[] => {
  const errors: FieldError[] = []
  const { name = '', protocol = '' } = port
  if (name !== '') {
    append(errors, invalidEach(child(path, 'name'), name, isDns1123Label(name)))
    if (names.has(name)) errors.push(duplicateValue(child(path, 'name'), name))
    names.add(name)
  } else if (requireName) errors.push(requiredValue(child(path, 'name')))
  for (const message of isValidPortNumber(port.port))
    errors.push(invalidValue(child(path, 'port'), port.port, message))
  append(errors, validateProtocol(protocol, child(path, 'protocol')))
  append(errors, validatePortNumberOrName(port.targetPort ?? 0, child(path, 'targetPort')))
  if (port.appProtocol !== undefined)
    append(
      errors,
      invalidEach(child(path, 'appProtocol'), port.appProtocol, isQualifiedName(port.appProtocol)),
    )
  return errors
}

export const validateProtocol = (protocol: string, path: string): FieldError[] => {
  if (protocol === '') return [requiredValue(path)]
  return PROTOCOLS.includes(protocol) ? [] : [notSupported(path, protocol, PROTOCOLS)]
}

/** kubernetes: ValidatePortNumOrName */
export const validatePortNumberOrName = (port: number | string, path: string): FieldError[] => {
  const messages = typeof port === 'number' ? isValidPortNumber(port) : isValidPortName(port)
  return messages.map((message) => invalidValue(path, port, message))
}

/** A ClusterIP Service has no node ports; a (protocol, port) pair stands once, on the Service and on the nodes. */
export const validatePortsTogether = (service: Service, path: string): FieldError[] => {
  const ports = service.spec.ports ?? []
  const unused =
    service.spec.type === 'ClusterIP'
      ? ports.flatMap(({ nodePort = 0 }, index) =>
          nodePort === 0
            ? []
            : [
                forbiddenValue(
                  child(at(path, index), 'nodePort'),
                  "may not be used when `type` is 'ClusterIP'",
                ),
              ],
        )
      : []
  const nodePorts = repeated(ports, ({ nodePort = 0 }) => nodePort).map(([port, index]) =>
    duplicateValue(child(at(path, index), 'nodePort'), port.nodePort),
  )
  const own = repeated(ports, ({ port }) => port || -1).map(([port, index]) =>
    duplicateValue(at(path, index), internalPort(port)),
  )
  return [...unused, ...nodePorts, ...own]
}

const repeated = (
  ports: readonly ServicePort[],
  numberOf: (port: ServicePort) => number,
): readonly (readonly [ServicePort, number])[] => {
  const seen = new Set<string>()
  const found: [ServicePort, number][] = []
  for (const [index, port] of ports.entries()) {
    const number = numberOf(port)
    if (number === 0) continue
    const key = `${number}/${port.protocol ?? ''}`
    if (seen.has(key)) found.push([port, index])
    seen.add(key)
  }
  return found
}

/** As the server's internal type is printed: all its fields, in Go's spelling. */
const internalPort = ({ protocol, port }: ServicePort): unknown => ({
  Name: '',
  Protocol: protocol,
  AppProtocol: null,
  Port: port,
  TargetPort: 0,
  NodePort: 0,
})
