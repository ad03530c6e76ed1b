// An endpoint that reaches itself must not see its own address as the client's: each node lists its own endpoints.
import { formatIp } from '#net/ip.ts'
import { elementKey, type SetElement } from '#netfilter/ruleset.ts'
import type { VirtualServer } from '#netfilter/virtual-servers.ts'
import type { OwnElement } from '#kube-proxy/backend.ts'
import type { ProxyEndpoint } from '#kube-proxy/endpoint.ts'
import { NAT, type SetName } from './ip-sets.ts'

export const LOOP_BACK = 'KUBE-LOOP-BACK' satisfies SetName

/** One object, so that an element that comes again is the one that was there. */
const NOTHING_MORE: SetElement = Object.freeze({})

/** What each node lists of a port's endpoints. */
export const loopBacks = (
  endpoints: readonly ProxyEndpoint[],
  protocol: VirtualServer['protocol'],
): readonly OwnElement[] =>
  endpoints
    .filter(({ nodeName }) => nodeName !== '')
    .map(({ nodeName, ip, port }) => {
      const address = formatIp(ip)
      const key = elementKey([address, protocol, port, address])
      return { nodeName, element: { table: NAT, set: LOOP_BACK, key, element: NOTHING_MORE } }
    })
