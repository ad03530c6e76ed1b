// kubernetes: pkg/registry/core/service/storage/alloc.go initNodePorts, updateNodePorts, allocHealthCheckNodePort
import { needsHealthCheck, needsNodePort, nodePortsOf } from '#api/core/v1/service/type-rules.ts'
import type { Service, ServicePort } from '#api/core/v1/service/types.ts'
import { at, child, invalidValue } from '#apimachinery/field-error.ts'
import { assign } from '#apimachinery/object.ts'
import { plainError } from '#apimachinery/patch/patch-error.ts'
import { internalError } from '#apimachinery/status-error.ts'
import { invalidService, withSpec } from '#kube-apiserver/service/address-fields.ts'
import { AllocationError, type PortOperation } from '#kube-apiserver/service/port-allocator.ts'

const shouldAllocate = ({ spec }: Service): boolean =>
  spec.type === 'NodePort' ||
  (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)

const take = (operation: PortOperation, service: Service, index: number, port: number): number => {
  try {
    operation.allocate(port)
    return port
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error
    const field = child(at('spec.ports', index), 'nodePort')
    throw invalidService(service, [invalidValue(field, port, error.message)])
  }
}

const takeAny = (operation: PortOperation): number => {
  try {
    return operation.allocateNext()
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error
    throw internalError(`failed to allocate a nodePort: ${error.message}`)
  }
}

/** Ports of one number over several protocols share a node port. */
export const allocateNodePorts = (service: Service, operation: PortOperation): Service => {
  if (!needsNodePort(service)) return service
  const ports = service.spec.ports ?? []
  const byPort = new Map<number, number>()
  const allocated = ports.map((port, index): ServicePort => {
    const { nodePort = 0 } = port
    if (nodePort === 0 && !shouldAllocate(service)) return port
    const shared = byPort.get(port.port)
    if (shared !== undefined) {
      if (nodePort !== 0 && nodePort !== shared) take(operation, service, index, nodePort)
      return assign(port, { nodePort: nodePort || shared })
    }
    const wanted = ports.find((each) => each.port === port.port && each.nodePort)?.nodePort
    const taken =
      wanted === undefined ? takeAny(operation) : take(operation, service, index, wanted)
    byPort.set(port.port, taken)
    return assign(port, { nodePort: taken })
  })
  return withPorts(service, allocated)
}

const withPorts = (service: Service, ports: readonly ServicePort[]): Service =>
  ports.every((port, index) => port === service.spec.ports?.[index])
    ? service
    : withSpec(service, { ports })

export const updateNodePorts = (
  service: Service,
  old: Service,
  operation: PortOperation,
): Service => {
  const before = nodePortsOf(old)
  if (!needsNodePort(service)) {
    if (needsNodePort(old)) for (const port of before) operation.releaseLater(port)
    return service
  }
  const seen = new Set<string>()
  const taken = new Set(before)
  const updated = (service.spec.ports ?? []).map((port, index): ServicePort => {
    let { nodePort = 0 } = port
    if (nodePort === 0 && !shouldAllocate(service)) return port
    if (nodePort === 0) nodePort = takeAny(operation)
    else if (!taken.has(nodePort)) taken.add(take(operation, service, index, nodePort))
    const key = `{${port.protocol ?? ''} ${nodePort}}`
    if (seen.has(key)) throw plainError(`duplicate nodePort: ${key}`)
    seen.add(key)
    return assign(port, { nodePort })
  })
  const next = withPorts(service, updated)
  const after = new Set(nodePortsOf(next))
  for (const port of before) if (!after.has(port)) operation.releaseLater(port)
  return next
}

export const allocateHealthCheckPort = (service: Service, operation: PortOperation): Service => {
  const { healthCheckNodePort: wanted = 0 } = service.spec
  try {
    if (wanted === 0) return withSpec(service, { healthCheckNodePort: operation.allocateNext() })
    operation.allocate(wanted)
    return service
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error
    const what =
      wanted === 0 ? 'a HealthCheck NodePort 0' : `requested HealthCheck NodePort ${wanted}`
    throw internalError(`failed to allocate ${what}: ${error.message}`)
  }
}

export const updateHealthCheckPort = (
  service: Service,
  old: Service,
  operation: PortOperation,
): Service => {
  if (!needsHealthCheck(old))
    return needsHealthCheck(service) ? allocateHealthCheckPort(service, operation) : service
  if (!needsHealthCheck(service) && old.spec.healthCheckNodePort)
    operation.releaseLater(old.spec.healthCheckNodePort)
  return service
}

/** All node ports that Services hold. An ExternalName's are only written down. */
export function* usedNodePorts(services: readonly Service[]): Generator<number, void> {
  for (const service of services) {
    if (needsNodePort(service)) yield* nodePortsOf(service)
    if (needsHealthCheck(service) && service.spec.healthCheckNodePort)
      yield service.spec.healthCheckNodePort
  }
}
