import type { Endpoints } from '#api/core/v1/endpoints/types.ts'
import type { Endpoint, EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import type { DescribeContext } from '#kubectl/describe/context.ts'
import { describeEventsOf } from '#kubectl/describe/events.ts'
import { hostPort } from '#kubectl/describe/go-format.ts'
import { describeHead, describeTable } from '#kubectl/describe/metadata.ts'
import { tabbed, type PrefixWriter } from '#kubectl/output/prefix-writer.ts'

const SHOWN = 3
const PORT_HEADS = ['Name', 'Port', 'Protocol']

/** The addresses behind a port of a Service, the first three. kubernetes: kubectl pkg/describe formatEndpointSlices */
export const endpointsText = (slices: readonly EndpointSlice[], portName: string): string => {
  if (slices.length === 0) return '<none>'
  const shown: string[] = []
  let count = 0
  let isMore = false
  const add = (endpoints: readonly Endpoint[], text: (address: string) => string): void => {
    for (const { addresses, conditions } of endpoints) {
      // Upstream looks before it knows whether the endpoint is ready.
      if (shown.length === SHOWN) isMore = true
      if (conditions.ready === false) continue
      if (!isMore) shown.push(text(addresses[0] ?? ''))
      count += 1
    }
  }
  for (const { ports, endpoints } of slices) {
    if (!ports?.length) add(endpoints ?? [], (address) => address)
    for (const { name = '', port = 0 } of ports ?? [])
      if (name === portName) add(endpoints ?? [], (address) => hostPort(address, port))
  }
  const text = shown.join(',')
  return isMore ? `${text} + ${count - SHOWN} more...` : text
}

/** kubernetes: kubectl pkg/describe EndpointsDescriber */
export const describeEndpoints = (context: DescribeContext, object: KubeObject): string => {
  const { subsets } = object as Endpoints
  return tabbed((w) => {
    describeHead(w, object)
    w.write(0, 'Subsets:\n')
    for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets ?? []) {
      w.field(1, 'Addresses', addresses.map(({ ip }) => ip).join(',') || '<none>')
      w.field(1, 'NotReadyAddresses', notReadyAddresses.map(({ ip }) => ip).join(',') || '<none>')
      if (ports.length > 0) {
        w.write(1, 'Ports:\n')
        const rows = ports.map(({ name, port, protocol }) => [name || '<unset>', port, protocol])
        describeTable(w, 2, PORT_HEADS, rows)
      }
      w.write(0, '\n')
    }
    describeEventsOf(context, w, object)
  })
}

/** kubernetes: kubectl pkg/describe EndpointSliceDescriber */
export const describeEndpointSlice = (context: DescribeContext, object: KubeObject): string => {
  const { addressType, ports, endpoints } = object as EndpointSlice
  return tabbed((w) => {
    describeHead(w, object)
    w.field(0, 'AddressType', addressType)
    if (!ports?.length) w.write(0, 'Ports: <unset>\n')
    else {
      w.write(0, 'Ports:\n')
      const rows = ports.map(({ name, port = '<unset>', protocol }) => [
        name || '<unset>',
        port,
        protocol,
      ])
      describeTable(w, 1, PORT_HEADS, rows)
    }
    w.write(0, endpoints?.length ? 'Endpoints:\n' : 'Endpoints: <none>\n')
    for (const endpoint of endpoints ?? []) describeEndpoint(w, endpoint)
    describeEventsOf(context, w, object)
  })
}

const describeEndpoint = (w: PrefixWriter, endpoint: Endpoint): void => {
  const { addresses, hostname, targetRef, nodeName, zone } = endpoint
  w.field(1, '- Addresses', addresses.join(', ') || '<none>')
  w.write(2, 'Conditions:\n')
  w.field(3, 'Ready', endpoint.conditions.ready ?? '<unset>')
  w.field(2, 'Hostname', hostname ?? '<unset>')
  if (targetRef !== undefined)
    w.field(2, 'TargetRef', `${targetRef.kind ?? ''}/${targetRef.name ?? ''}`)
  w.field(2, 'NodeName', nodeName ?? '<unset>')
  w.field(2, 'Zone', zone ?? '<unset>')
}
