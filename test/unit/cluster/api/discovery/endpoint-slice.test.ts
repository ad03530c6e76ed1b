import { describe, expect, test } from 'vitest'
import { endpointSliceRow } from '#api/discovery/v1/endpoint-slice/columns.ts'
import { endpointSliceStrategy } from '#api/discovery/v1/endpoint-slice/strategy.ts'
import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import { validateEndpointSlice } from '#api/discovery/v1/endpoint-slice/validation.ts'
import type { WriteContext } from '#api/strategy.ts'
import { errorText } from '#apimachinery/field-error.ts'
import { Random } from '#environment.ts'

const context: WriteContext = {
  now: 0,
  user: { username: '', groups: [] },
  dryRun: false,
  random: new Random(1),
}
const slice = (fields: object): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 's' },
  addressType: 'IPv4',
  ...fields,
})

describe('an EndpointSlice', () => {
  test.each<[object, readonly string[]]>([
    [
      {
        endpoints: [{ addresses: ['192.0.2.99'], conditions: {} }],
        ports: [{ name: '', port: 80, protocol: 'TCP' }],
      },
      [],
    ],
    [{ addressType: '' }, ['addressType: Required value']],
    [
      { addressType: 'IP' },
      ['addressType: Unsupported value: "IP": supported values: "FQDN", "IPv4", "IPv6"'],
    ],
    [
      { endpoints: [{ addresses: [] }] },
      ['endpoints[0].addresses: Required value: must contain at least 1 address'],
    ],
    [
      { endpoints: [{ addresses: ['::1'] }] },
      [
        'endpoints[0].addresses: Invalid value: "::1": must be an IPv4 address',
        'endpoints[0].addresses[0]: Invalid value: "::1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      ],
    ],
    [
      { endpoints: [{ addresses: ['x'] }] },
      [
        'endpoints[0].addresses[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      ],
    ],
    [
      { addressType: 'FQDN', endpoints: [{ addresses: ['a'] }] },
      [
        'endpoints[0].addresses[0]: Invalid value: "a": should be a domain with at least two segments separated by dots',
      ],
    ],
    [
      {
        endpoints: [
          { addresses: ['192.0.2.1'], hints: { forZones: [{ name: 'a' }, { name: 'a' }] } },
        ],
      },
      ['endpoints[0].hints.forZones[1].name: Duplicate value: "a"'],
    ],
    [
      {
        ports: [
          { name: 'a', protocol: 'TCP' },
          { name: 'a', protocol: 'Q' },
        ],
      },
      [
        'ports[1].name: Duplicate value: "a"',
        'ports[1].protocol: Unsupported value: "Q": supported values: "SCTP", "TCP", "UDP"',
      ],
    ],
    [
      { endpoints: Array.from({ length: 1001 }, () => ({ addresses: ['192.0.2.1'] })) },
      ['endpoints: Too many: 1001: must have at most 1000 items'],
    ],
  ])('%#', (fields, expected) => {
    expect(validateEndpointSlice(slice(fields)).map(errorText)).toEqual(expected)
  })

  test('ports are named and TCP by default', () => {
    expect(endpointSliceStrategy.defaults!(slice({ ports: [{ port: 80 }] })).ports).toEqual([
      { port: 80, name: '', protocol: 'TCP' },
    ])
  })

  test('its address type is for life', () => {
    expect(
      endpointSliceStrategy.validateUpdate!(slice({ addressType: 'IPv6' }), slice({}), context).map(
        errorText,
      ),
    ).toEqual(['addressType: Invalid value: "IPv6": field is immutable'])
  })

  test('FQDN and odd addresses are warned of, unless a controller wrote them', () => {
    expect(
      endpointSliceStrategy.warningsOnCreate!(slice({ addressType: 'FQDN' }), context),
    ).toEqual(['spec.addressType: FQDN endpoints are deprecated'])
    const odd = { addressType: 'IPv6', endpoints: [{ addresses: ['FE80::1'] }] }
    expect(endpointSliceStrategy.warningsOnCreate!(slice(odd), context)).toHaveLength(1)
    const labels = { 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' }
    expect(
      endpointSliceStrategy.warningsOnCreate!(
        slice({ ...odd, metadata: { name: 's', labels } }),
        context,
      ),
    ).toEqual([])
  })

  test.each<[object, string, string]>([
    [{}, '<unset>', '<unset>'],
    [{ endpoints: null, ports: null }, '<unset>', '<unset>'],
    [
      { ports: [{ port: 80 }, { name: 'a' }, {}], endpoints: [{ addresses: ['1.1.1.1'] }] },
      '80,a,*',
      '1.1.1.1',
    ],
    [
      { endpoints: [1, 2, 3, 4, 5].map((n) => ({ addresses: [`1.1.1.${n}`] })) },
      '<unset>',
      '1.1.1.1,1.1.1.2,1.1.1.3 + 2 more...',
    ],
  ])('row %#', (fields, ports, endpoints) => {
    expect(endpointSliceRow(slice(fields), { now: 0 }).slice(2, 4)).toEqual([ports, endpoints])
  })
})
