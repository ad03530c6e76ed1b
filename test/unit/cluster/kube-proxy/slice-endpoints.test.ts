import { describe, expect, it } from 'vitest'
import type { Endpoint, EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import { endpointText } from '#kube-proxy/endpoint.ts'
import { endpointsOfSlices, serviceOfSlice } from '#kube-proxy/slice-endpoints.ts'
import { aSlice } from '../../../support/proxy-objects.ts'

const KEY = 'default/web/TCP'

const at = (address: string, given: Partial<Endpoint> = {}): Endpoint => ({
  addresses: [address],
  conditions: {},
  ...given,
})

const endpointsOf = (...slices: readonly EndpointSlice[]) =>
  endpointsOfSlices('default', 'web', slices)

const textsOf = (...slices: readonly EndpointSlice[]) =>
  Object.fromEntries(
    [...endpointsOf(...slices)].map(([key, found]) => [key, found.map(endpointText)]),
  )

describe('whose slice it is', () => {
  const labels = { 'kubernetes.io/service-name': 'web' }

  it('the Service that its label names', () =>
    expect(serviceOfSlice(aSlice('web-1', []))).toBe('default/web'))

  it.each<[string, Partial<EndpointSlice>]>([
    ['IPv6', { addressType: 'IPv6' }],
    ['of names', { addressType: 'FQDN' }],
    ['without the label', { metadata: { name: 'x', namespace: 'default' } }],
    [
      'with an empty label',
      {
        metadata: { name: 'x', namespace: 'default', labels: { 'kubernetes.io/service-name': '' } },
      },
    ],
    [
      'for another proxy',
      {
        metadata: {
          name: 'x',
          namespace: 'default',
          labels: { ...labels, 'service.kubernetes.io/service-proxy-name': 'mesh' },
        },
      },
    ],
    [
      'of a headless Service',
      {
        metadata: {
          name: 'x',
          namespace: 'default',
          labels: { ...labels, 'service.kubernetes.io/headless': '' },
        },
      },
    ],
  ])('nobody, if it is %s', (_, given) =>
    expect(serviceOfSlice(aSlice('web-1', [], given))).toBeUndefined(),
  )
})

describe('endpoints of slices', () => {
  it('stand under each port, in the order of their texts', () =>
    expect(
      textsOf(
        aSlice('web-1', [at('10.0.0.9'), at('10.0.0.10')], {
          ports: [
            { name: 'http', port: 8080, protocol: 'TCP' },
            { name: 'dns', port: 53, protocol: 'UDP' },
          ],
        }),
        aSlice('web-2', [at('10.0.0.2')], { ports: [{ name: 'http', port: 9090 }] }),
      ),
    ).toEqual({
      'default/web:http/TCP': ['10.0.0.10:8080', '10.0.0.2:9090', '10.0.0.9:8080'],
      'default/web:dns/UDP': ['10.0.0.10:53', '10.0.0.9:53'],
    }))

  it('know nothing of ports without a number or a name, nor of ports without endpoints', () =>
    expect(
      textsOf(
        aSlice('web-1', [at('10.0.0.1')], {
          ports: [{ name: 'all' }, { port: 8080 }, { name: 'none', port: 0 }],
        }),
        aSlice('web-2', []),
      ),
    ).toEqual({}))

  it('take null for an empty list', () => {
    const lists = { endpoints: null, ports: null } as unknown as Partial<EndpointSlice>
    expect(textsOf({ ...aSlice('web-1', []), ...lists })).toEqual({})
    const noEndpoints = { endpoints: null } as unknown as Partial<EndpointSlice>
    expect(textsOf({ ...aSlice('web-1', []), ...noEndpoints })).toEqual({})
  })

  it('count by their first address alone, if it is IPv4', () =>
    expect(
      textsOf(
        aSlice('web-1', [
          { addresses: ['10.0.0.1', '10.0.0.2'], conditions: {} },
          { addresses: [], conditions: {} },
          at('fd00::1'),
        ]),
      ),
    ).toEqual({ [KEY]: ['10.0.0.1:8080'] }))

  it.each([
    [{}, [true, true, false]],
    [{ ready: false }, [false, true, false]],
    [{ ready: false, serving: true, terminating: true }, [false, true, true]],
    [{ ready: true, serving: false, terminating: false }, [true, false, false]],
  ])('with the conditions %j are ready, serving, terminating: %j', (conditions, expected) => {
    const [found] = endpointsOf(aSlice('web-1', [at('10.0.0.1', { conditions })])).get(KEY)!
    expect([found!.isReady, found!.isServing, found!.isTerminating]).toEqual(expected)
  })

  it('have their node and their hints', () => {
    const hints = { forZones: [{ name: 'zone-a' }, { name: 'zone-b' }], forNodes: [{ name: 'n' }] }
    const slice = aSlice('web-1', [at('10.0.0.1', { nodeName: 'node-2', hints }), at('10.0.0.2')])
    expect(endpointsOf(slice).get(KEY)).toMatchObject([
      { nodeName: 'node-2', zoneHints: ['zone-a', 'zone-b'], nodeHints: ['n'] },
      { nodeName: '', zoneHints: [], nodeHints: [] },
    ])
  })

  it('are one where two slices name it, and the one that runs counts', () => {
    const running = aSlice('web-1', [at('10.0.0.1', { nodeName: 'new' })])
    const ending = aSlice('web-2', [
      at('10.0.0.1', { nodeName: 'old', conditions: { ready: false, terminating: true } }),
    ])
    const newIn = (...slices: readonly EndpointSlice[]) =>
      endpointsOf(...slices)
        .get(KEY)!
        .map(({ nodeName }) => nodeName)
    expect(newIn(running, ending)).toEqual(['new'])
    expect(newIn(ending, running)).toEqual(['new'])
  })

  it('do not hang on the order of slices', () => {
    const one = aSlice('web-1', [at('10.0.0.1', { nodeName: 'one' })])
    const two = aSlice('web-2', [at('10.0.0.1', { nodeName: 'two' })])
    expect(endpointsOf(one, two)).toEqual(endpointsOf(two, one))
  })

  it('are the same objects as before where the slice has not changed them', () => {
    const kept = at('10.0.0.1')
    const before = endpointsOf(aSlice('web-1', [kept])).get(KEY)!
    const after = endpointsOf(aSlice('web-1', [kept, at('10.0.0.2')])).get(KEY)!
    expect(after[0]).toBe(before[0])
    const moved = endpointsOf(
      aSlice('web-1', [kept], { ports: [{ name: '', port: 9090, protocol: 'TCP' }] }),
    )
    expect(moved.get(KEY)![0]!.port).toBe(9090)
  })
})
