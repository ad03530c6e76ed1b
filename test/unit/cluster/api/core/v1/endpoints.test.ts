import { describe, expect, test } from 'vitest'
import { endpointsRow } from '#api/core/v1/endpoints/columns.ts'
import { defaultEndpoints } from '#api/core/v1/endpoints/defaults.ts'
import type { Endpoints } from '#api/core/v1/endpoints/types.ts'
import { validateEndpoints } from '#api/core/v1/endpoints/validation.ts'
import { errorText } from '#apimachinery/field-error.ts'

const endpoints = (subsets?: unknown): Endpoints =>
  defaultEndpoints({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'e' },
    ...(subsets === undefined ? {} : { subsets }),
  } as Endpoints)

describe('Endpoints', () => {
  test.each<[unknown, readonly string[]]>([
    [[{ addresses: [{ ip: '192.0.2.20' }], ports: [{ port: 80 }] }], []],
    [
      [{ addresses: [{ ip: '127.0.0.1' }, { ip: 'nonsense' }], ports: [{ port: 0 }] }],
      [
        'subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
        'subsets[0].addresses[1].ip: Invalid value: "nonsense": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        'subsets[0].addresses[1].ip: Invalid value: "nonsense": must be a valid IP address',
        'subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      ],
    ],
    [
      [{ ports: [{ port: 80 }] }],
      ['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`'],
    ],
    [
      [{ addresses: [{ ip: '1.2.3.4' }], ports: [{ port: 80 }, { port: 81 }] }],
      ['subsets[0].ports[0].name: Required value', 'subsets[0].ports[1].name: Required value'],
    ],
  ])('%j', (subsets, expected) => {
    expect(validateEndpoints(endpoints(subsets)).map(errorText)).toEqual(expected)
  })

  const ips = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ ip: `10.0.0.${index + 1}` }))
  test.each<[unknown, string]>([
    [undefined, '<none>'],
    [[], '<none>'],
    [[{ notReadyAddresses: ips(1), ports: [{ port: 80 }] }], ''],
    [[{ addresses: ips(1), ports: [{ port: 80 }, { port: 81 }] }], '10.0.0.1:80,10.0.0.1:81'],
    [[{ addresses: ips(2) }], '10.0.0.1,10.0.0.2'],
    [
      [{ addresses: ips(5), ports: [{ port: 80 }] }],
      '10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more...',
    ],
    [[{ addresses: [{ ip: 'fd00::1' }], ports: [{ port: 80 }] }], '[fd00::1]:80'],
  ])('the row of %j', (subsets, text) => {
    expect(endpointsRow(endpoints(subsets), { now: 0 })[1]).toBe(text)
  })
})
