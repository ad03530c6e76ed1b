import { describe, expect, it } from 'vitest'
import { endpointText, type ProxyEndpoint } from '#kube-proxy/endpoint.ts'
import type { ServicePort } from '#kube-proxy/service-port.ts'
import { categorizeEndpoints, dependsOnNode } from '#kube-proxy/topology.ts'
import { aProxyEndpoint, aServicePort } from '../../../support/proxy-objects.ts'
import { cidr, ip } from '../../../support/proxy-recordings.ts'

const HERE = { nodeName: 'node-1', zone: 'zone-a' }

/** `a` is the endpoint 10.0.0.1, `b` 10.0.0.2 and so on. */
const LETTERS = 'abcdef'

const endpoint = (letter: string, given: Partial<ProxyEndpoint> = {}): ProxyEndpoint =>
  aProxyEndpoint(`10.0.0.${LETTERS.indexOf(letter) + 1}`, given)

const lettersOf = (endpoints: readonly ProxyEndpoint[]): string =>
  endpoints.map((each) => LETTERS[Number(endpointText(each).split(/[.:]/)[3]) - 1]).join('')

const categorized = (
  endpoints: readonly ProxyEndpoint[],
  port: Partial<ServicePort> = {},
  place = HERE,
) => {
  const found = categorizeEndpoints(endpoints, aServicePort(port), place)
  const { cluster, local, reachable, hasAny } = found
  return {
    cluster: lettersOf(cluster),
    local: lettersOf(local),
    reachable: lettersOf(reachable),
    hasAny,
  }
}

const THERE = { nodeName: 'node-2' }
const NOT_READY = { isReady: false, isServing: false }
const ENDING = { isReady: false, isServing: true, isTerminating: true }
const ENDED = { isReady: false, isServing: false, isTerminating: true }
const EXTERNAL_LOCAL = { nodePort: 30080, isExternalPolicyLocal: true }
const INTERNAL_LOCAL = { isInternalPolicyLocal: true }

describe('which endpoints count', () => {
  it('there are none without any', () => {
    expect(categorized([])).toEqual({ cluster: '', local: '', reachable: '', hasAny: false })
    expect(categorized([], EXTERNAL_LOCAL)).toEqual({
      cluster: '',
      local: '',
      reachable: '',
      hasAny: false,
    })
  })

  it('those that are ready', () =>
    expect(categorized([endpoint('a'), endpoint('b', NOT_READY), endpoint('c', ENDING)])).toEqual({
      cluster: 'a',
      local: '',
      reachable: 'a',
      hasAny: true,
    }))

  it('those that end but serve, if none is ready', () =>
    expect(
      categorized([endpoint('a', NOT_READY), endpoint('b', ENDING), endpoint('c', ENDED)]),
    ).toEqual({ cluster: 'b', local: '', reachable: 'b', hasAny: true }))

  it('none that serves but neither is ready nor ends', () =>
    expect(categorized([endpoint('a', { isReady: false })])).toMatchObject({
      cluster: '',
      hasAny: false,
    }))

  it('local ones for the external policy Local, if the port can be reached from outside', () => {
    const endpoints = [endpoint('a'), endpoint('b', THERE)]
    expect(categorized(endpoints, EXTERNAL_LOCAL)).toEqual({
      cluster: 'ab',
      local: 'a',
      reachable: 'ab',
      hasAny: true,
    })
    expect(categorized(endpoints, { isExternalPolicyLocal: true })).toMatchObject({ local: '' })
  })

  it('only local ones for the internal policy Local', () =>
    expect(categorized([endpoint('a'), endpoint('b', THERE)], INTERNAL_LOCAL)).toEqual({
      cluster: '',
      local: 'a',
      reachable: 'a',
      hasAny: true,
    }))

  it('there are some, if not for this node', () => {
    const elsewhere = { cluster: '', local: '', reachable: '', hasAny: true }
    expect(categorized([endpoint('a', THERE)], INTERNAL_LOCAL)).toEqual(elsewhere)
    expect(categorized([endpoint('a', { ...THERE, ...ENDING })], INTERNAL_LOCAL)).toEqual(elsewhere)
    expect(categorized([endpoint('a', { ...THERE, ...NOT_READY })], INTERNAL_LOCAL)).toMatchObject({
      hasAny: false,
    })
  })

  it('each policy decides for itself whether it has to take what ends', () =>
    expect(
      categorized([endpoint('a', ENDING), endpoint('b', THERE), endpoint('c', NOT_READY)], {
        ...EXTERNAL_LOCAL,
      }),
    ).toEqual({ cluster: 'b', local: 'a', reachable: 'ab', hasAny: true }))
})

describe('hints', () => {
  const zoned = (letter: string, zone: string, given: Partial<ProxyEndpoint> = {}) =>
    endpoint(letter, { zoneHints: [zone], ...given })
  const noded = (letter: string, node: string, given: Partial<ProxyEndpoint> = {}) =>
    endpoint(letter, { nodeHints: [node], ...given })
  const clusterOf = (endpoints: readonly ProxyEndpoint[], place = HERE) =>
    categorized(endpoints, {}, place).cluster

  it('keep traffic in the zone', () =>
    expect(clusterOf([zoned('a', 'zone-a'), zoned('b', 'zone-b')])).toBe('a'))

  it('do not count if a ready endpoint has none', () => {
    expect(clusterOf([zoned('a', 'zone-a'), endpoint('b')])).toBe('ab')
    expect(clusterOf([noded('a', 'node-1'), endpoint('b')])).toBe('ab')
  })

  it('count although an endpoint that is not ready has none', () =>
    expect(clusterOf([zoned('a', 'zone-a'), zoned('b', 'zone-b'), endpoint('c', NOT_READY)])).toBe(
      'a',
    ))

  it('do not count if they name another zone, or the node is in none', () => {
    expect(clusterOf([zoned('a', 'zone-b'), zoned('b', 'zone-c')])).toBe('ab')
    const nowhere = { nodeName: 'node-1', zone: '' }
    expect(clusterOf([zoned('a', 'zone-a'), zoned('b', 'zone-b')], nowhere)).toBe('ab')
  })

  it('do not count if only an endpoint that is not ready is hinted here', () =>
    expect(clusterOf([zoned('a', 'zone-a', NOT_READY), zoned('b', 'zone-b')])).toBe('b'))

  it('of nodes come before those of zones', () => {
    const both = { nodeHints: ['node-1'], zoneHints: ['zone-b'] }
    const other = { nodeHints: ['node-2'], zoneHints: ['zone-a'] }
    expect(clusterOf([endpoint('a', both), endpoint('b', other)])).toBe('a')
  })

  it('of zones count if those of nodes name other nodes', () => {
    const here = { nodeHints: ['node-3'], zoneHints: ['zone-a'] }
    const there = { nodeHints: ['node-2'], zoneHints: ['zone-b'] }
    expect(clusterOf([endpoint('a', here), endpoint('b', there)])).toBe('a')
  })

  it('may name several zones', () =>
    expect(
      clusterOf([endpoint('a', { zoneHints: ['zone-b', 'zone-a'] }), zoned('b', 'zone-b')]),
    ).toBe('a'))

  it('say nothing about what ends but serves', () =>
    expect(clusterOf([zoned('a', 'zone-b', ENDING), zoned('b', 'zone-a', ENDING)])).toBe('ab'))

  it('say nothing about the policy Local', () =>
    expect(
      categorized([zoned('a', 'zone-b'), zoned('b', 'zone-a', THERE)], EXTERNAL_LOCAL),
    ).toEqual({ cluster: 'b', local: 'a', reachable: 'ab', hasAny: true }))
})

describe('whether nodes see a port differently', () => {
  const one = [endpoint('a')]

  it('they see a plain one alike', () => expect(dependsOnNode(one, aServicePort())).toBe(false))

  it.each<[string, readonly ProxyEndpoint[], Partial<ServicePort>]>([
    ['the external policy Local', one, EXTERNAL_LOCAL],
    ['the internal policy Local', one, INTERNAL_LOCAL],
    ['hints of zones', [endpoint('a', { zoneHints: ['zone-a'] })], {}],
    ['hints of nodes', [endpoint('a', { nodeHints: ['node-1'] })], {}],
    [
      'source ranges that may hold the node',
      one,
      {
        loadBalancerVIPs: [ip('203.0.113.10')],
        loadBalancerSourceRanges: [cidr('192.168.49.0/24')],
      },
    ],
  ])('%s make a difference', (_, endpoints, port) =>
    expect(dependsOnNode(endpoints, aServicePort(port))).toBe(true),
  )
})
