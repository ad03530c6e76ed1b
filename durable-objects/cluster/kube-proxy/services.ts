// What proxies know of Services, from the objects.
import { splitKey } from '#apimachinery/object.ts'
import type { PastView, ServiceObjects } from './past-view.ts'
import { portKey } from './service-port.ts'
import { servicePortsOf } from './service-ports.ts'
import type { PortInput, ServiceInputs } from './service-tables.ts'
import { endpointsOfSlices } from './slice-endpoints.ts'

const NONE: readonly PortInput[] = Object.freeze([])

export const portInputsOf = (
  key: string,
  { service, slices }: ServiceObjects,
): readonly PortInput[] => {
  const ports = service === undefined ? [] : servicePortsOf(service)
  if (ports.length === 0) return NONE
  const { namespace, name } = splitKey(key)
  const endpoints = endpointsOfSlices(namespace, name, slices)
  return ports.map((port) => ({ port, endpoints: endpoints.get(portKey(port.name)) ?? [] }))
}

/** The Services with these keys as `view` sees them. */
export const inputsOf = (keys: Iterable<string>, view: PastView): ServiceInputs =>
  new Map([...keys].map((key) => [key, portInputsOf(key, view.objectsOf(key))]))
