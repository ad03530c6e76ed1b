import type { EndpointPort } from '#api/core/v1/endpoints/types.ts'

/**
 * The ports in the order of Endpoints. Upstream sorts them by a hash of their Go values, which is no order to anyone; this one agrees
 * with every recording.
 */
export const orderPorts = (ports: readonly EndpointPort[]): readonly EndpointPort[] =>
  ports.length < 2 ? ports : [...ports].sort(compare)

const compare = (a: EndpointPort, b: EndpointPort): number =>
  a.port - b.port ||
  compareText(a.protocol ?? '', b.protocol ?? '') ||
  compareText(a.name ?? '', b.name ?? '')

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
