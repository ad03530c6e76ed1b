import { beforeEach, describe, expect, it, test } from 'vitest'
import type { Endpoint } from '#api/discovery/v1/endpoint-slice/types.ts'
import { endpointSliceController } from '#kube-controller-manager/endpointslice/controller.ts'
import { addHints, zoneRatios } from '#kube-controller-manager/endpointslice/topology-hints.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'
import { aBackend, aNode, aService, SLICES, withReady } from '../../../support/network-objects.ts'

const inZone = (zone: string) => ({ 'topology.kubernetes.io/zone': zone })

describe('zoneRatios()', () => {
  const a = aNode('n1', inZone('a'))
  const b = aNode('n2', inZone('b'))
  const big = { ...b, status: { ...b.status, allocatable: { cpu: '6' } } }
  const silent = { ...b, status: { ...b.status, conditions: [] } }
  test.each([
    ['equal nodes', [b, a], { a: 0.5, b: 0.5 }],
    ['nodes of several sizes', [a, big], { a: 0.25, b: 0.75 }],
    ['one zone', [a, aNode('n3', inZone('a'))], undefined],
    ['a node without a zone', [a, b, aNode('n3')], undefined],
    ['a node without CPU', [a, { ...b, status: { ...b.status, allocatable: {} } }], undefined],
    ['a node that is not ready', [a, silent], undefined],
    [
      'a control plane without a zone',
      [a, b, aNode('n3', { 'node-role.kubernetes.io/control-plane': '' })],
      { a: 0.5, b: 0.5 },
    ],
  ])('knows the shares of %s', (_what, nodes, expected) => {
    const ratios = zoneRatios(nodes)
    expect(ratios === undefined ? undefined : Object.fromEntries(ratios)).toEqual(expected)
  })
})

describe('addHints()', () => {
  const half = new Map([
    ['a', 0.5],
    ['b', 0.5],
  ])
  const endpoints = (zones: string, ready = true): readonly Endpoint[] =>
    [...zones].map((zone, index) => ({
      addresses: [`10.0.0.${index}`],
      conditions: { ready },
      ...(zone === '-' ? {} : { zone }),
    }))
  /** The zones that endpoints are hinted to, `-` for none. */
  const hints = (list: readonly Endpoint[]): string =>
    list.map((endpoint) => endpoint.hints?.forZones?.[0]?.name ?? '-').join('')
  const slice = (list: readonly Endpoint[]) => ({
    apiVersion: 'discovery.k8s.io/v1' as const,
    kind: 'EndpointSlice' as const,
    metadata: { name: 's' },
    addressType: 'IPv4' as const,
    endpoints: list,
    ports: [],
  })

  test.each([
    ['ab', 'ab'],
    ['aabb', 'aabb'],
    ['aaab', 'baab'],
    ['aaaa', 'bbaa'],
    // a zone without nodes of its own
    ['abcc', 'abcc'],
  ])('gives the endpoints of %s the hints %s', (zones, expected) => {
    expect(addHints([endpoints(zones)], [], half).written.map(hints)).toEqual([expected])
  })

  const TOO_FEW = 'Insufficient number of endpoints'
  test.each([
    ['a', half, `${TOO_FEW} (1 endpoints, 2 zones)`],
    ['', half, `${TOO_FEW} (0 endpoints, 2 zones)`],
    ['abb-', half, 'One or more endpoints do not have a zone specified'],
    [
      'aab',
      half,
      'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold (3 endpoints, 2 zones)',
    ],
    [
      'ab',
      undefined,
      'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes',
    ],
  ])('gives the endpoints of %j none and says why', (zones, ratios, problem) => {
    const hinted = addHints([endpoints(zones)], [], ratios)
    expect(hinted.problem).toBe(problem)
    expect(hinted.written.map(hints)).toEqual(['-'.repeat(zones.length)])
  })

  it('passes over endpoints that are not ready', () => {
    const [mixed] = addHints([[...endpoints('ab'), ...endpoints('a', false)]], [], half).written
    expect(hints(mixed!)).toBe('ab-')
  })

  it('leaves slices alone whose hints still serve, and takes the others', () => {
    const [kept] = addHints([endpoints('ab')], [], half).written
    const serving = addHints([endpoints('ab')], [slice(kept!)], half)
    expect(serving.taken).toEqual([])
    const bare = addHints([], [slice(endpoints('ab'))], half)
    expect(bare.taken.map((one) => hints(one.endpoints))).toEqual(['ab'])
    const gone = addHints([], [slice(kept!)], undefined)
    expect(gone.taken.map((one) => hints(one.endpoints))).toEqual(['--'])
  })
})

describe('a Service with topology-mode Auto', () => {
  let cluster: FakeCluster
  const annotations = { 'service.kubernetes.io/topology-mode': 'Auto' }
  const hints = () =>
    cluster.client
      .list(SLICES)
      .flatMap(({ endpoints }) => endpoints ?? [])
      .map((endpoint) => endpoint.hints?.forZones?.map(({ name }) => name).join() ?? '-')
  const settle = () => {
    cluster.settle()
    expect(cluster.writesWhenSettled()).toBe(0)
    return cluster.events.splice(0)
  }
  const event = (type: string, what: string, message: string) =>
    `${type} TopologyAwareHints${what} Service/web: ${message}, addressType: IPv4`

  beforeEach(() => {
    cluster = new FakeCluster(endpointSliceController)
    cluster.client.create('nodes', aNode('node-1', inZone('a')))
    cluster.client.create('nodes', aNode('node-2', inZone('b')))
    cluster.client.create('services', aService('web', {}, { annotations }))
    cluster.client.create('pods', aBackend('web-1', '10.244.0.5'))
  })

  it('gets hints when there are endpoints for all zones, and says so', () => {
    const few = 'Insufficient number of endpoints (1 endpoints, 2 zones)'
    expect(settle()).toEqual([event('Warning', 'Disabled', few)])
    cluster.client.create('pods', aBackend('web-2', '10.244.1.5', { node: 'node-2' }))
    const enabled = event('Normal', 'Enabled', 'Topology Aware Hints has been enabled')
    expect(settle()).toEqual([enabled])
    expect(hints()).toEqual(['a', 'b'])
    const pod = cluster.client.get('pods', 'default', 'web-2')!
    cluster.client.update('pods', withReady(pod, false, '2026-01-01T00:01:00Z'))
    expect(settle()).toEqual([event('Warning', 'Disabled', few)])
    expect(hints()).toEqual(['-', '-'])
  })

  it('loses them when it no longer asks, and when zones are not known', () => {
    cluster.client.create('pods', aBackend('web-2', '10.244.1.5', { node: 'node-2' }))
    settle()
    const node = cluster.client.get('nodes', '', 'node-2')!
    cluster.client.update('nodes', { ...node, metadata: { ...node.metadata, labels: {} } })
    expect(settle()).toEqual([
      event(
        'Warning',
        'Disabled',
        'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes',
      ),
    ])
    expect(hints()).toEqual(['-', '-'])
    const now = cluster.client.get('nodes', '', 'node-2')!
    const { labels } = node.metadata
    cluster.client.update('nodes', { ...now, metadata: { ...now.metadata, labels: labels! } })
    settle()
    expect(hints()).toEqual(['a', 'b'])
    const service = cluster.client.get('services', 'default', 'web')!
    const { annotations: _, ...metadata } = service.metadata
    cluster.client.update('services', { ...service, metadata })
    const disabled = event('Warning', 'Disabled', 'Topology Aware Hints has been disabled')
    expect(settle()).toEqual([disabled])
    expect(hints()).toEqual(['-', '-'])
  })
})
