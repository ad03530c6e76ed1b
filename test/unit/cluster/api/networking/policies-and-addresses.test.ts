import { describe, expect, test } from 'vitest'
import { ipAddressRow } from '#api/networking/v1/ip-address/columns.ts'
import type { IPAddress } from '#api/networking/v1/ip-address/types.ts'
import { validateIpAddress } from '#api/networking/v1/ip-address/validation.ts'
import { defaultNetworkPolicy } from '#api/networking/v1/network-policy/defaults.ts'
import type { NetworkPolicy } from '#api/networking/v1/network-policy/types.ts'
import { validateNetworkPolicy } from '#api/networking/v1/network-policy/validation.ts'
import type { ServiceCIDR } from '#api/networking/v1/service-cidr/types.ts'
import {
  validateServiceCidr,
  validateServiceCidrUpdate,
} from '#api/networking/v1/service-cidr/validation.ts'
import { errorText } from '#apimachinery/field-error.ts'

describe('a NetworkPolicy', () => {
  const policy = (spec: object): NetworkPolicy =>
    defaultNetworkPolicy({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'p' },
      spec: { podSelector: {}, ...spec },
    })

  test('gets its types from its rules, and ports are TCP', () => {
    expect(policy({}).spec.policyTypes).toEqual(['Ingress'])
    const { spec } = policy({ egress: [{ ports: [{ port: 53 }] }] })
    expect(spec).toMatchObject({
      policyTypes: ['Ingress', 'Egress'],
      egress: [{ ports: [{ port: 53, protocol: 'TCP' }] }],
    })
  })

  test.each<[object, readonly string[]]>([
    [
      {
        ingress: [
          {
            from: [
              { podSelector: {} },
              { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
            ],
          },
        ],
      },
      [],
    ],
    [
      { ingress: [{ from: [{}] }] },
      ['spec.ingress[0].from[0]: Required value: must specify a peer'],
    ],
    [
      { ingress: [{ from: [{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }] }] },
      ['spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer'],
    ],
    [
      { egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }] }] },
      [
        'spec.egress[0].to[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`',
      ],
    ],
    [
      { ingress: [{ ports: [{ port: 80, endPort: 79 }] }] },
      [
        'spec.ingress[0].ports[0].endPort: Invalid value: 79: must be greater than or equal to `port`',
      ],
    ],
    [
      { ingress: [{ ports: [{ port: 'http', endPort: 79 }] }] },
      [
        'spec.ingress[0].ports[0].endPort: Invalid value: 79: may not be specified when `port` is non-numeric',
      ],
    ],
    [
      { policyTypes: ['Both'] },
      ['spec.policyTypes[0]: Unsupported value: "Both": supported values: "Egress", "Ingress"'],
    ],
  ])('%j', (spec, expected) => {
    expect(validateNetworkPolicy(policy(spec)).map(errorText)).toEqual(expected)
  })
})

describe('a ServiceCIDR', () => {
  const cidr = (...cidrs: string[]): ServiceCIDR => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'c' },
    spec: { cidrs },
    status: {},
  })
  test.each<[readonly string[], readonly string[]]>([
    [['10.0.0.0/24'], []],
    [['10.0.0.0/24', 'fd00::/112'], []],
    [[], ['spec.cidrs: Required value: at least one CIDR required']],
    [
      ['10.0.0.1/24'],
      [
        'spec.cidrs[0]: Invalid value: "10.0.0.1/24": must not have bits set beyond the prefix length',
      ],
    ],
    [
      ['10.0.0.0/24', '10.1.0.0/24'],
      [
        'spec.cidrs: Invalid value: ["10.0.0.0/24","10.1.0.0/24"]: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
      ],
    ],
  ])('%j', (cidrs, expected) => {
    expect(validateServiceCidr(cidr(...cidrs)).map(errorText)).toEqual(expected)
  })

  test('only grows by the other family', () => {
    const update = (now: ServiceCIDR) =>
      validateServiceCidrUpdate(now, cidr('10.0.0.0/24')).map(errorText)
    expect(update(cidr('10.0.0.0/24', 'fd00::/112'))).toEqual([])
    expect(update(cidr('10.1.0.0/24'))).toEqual([
      'spec.cidrs[0]: Invalid value: "10.1.0.0/24": field is immutable',
    ])
    expect(update(cidr())).toEqual(['spec.cidrs: Invalid value: []: field is immutable'])
  })
})

test('an IPAddress belongs to something', () => {
  const address = (parentRef?: object): IPAddress =>
    ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IPAddress',
      metadata: { name: '10.96.0.1' },
      spec: parentRef === undefined ? {} : { parentRef },
    }) as IPAddress
  expect(validateIpAddress(address()).map(errorText)).toEqual(['spec.parentRef: Required value'])
  expect(validateIpAddress(address({ resource: 'services' })).map(errorText)).toEqual([
    'spec.parentRef.name: Required value',
  ])
  expect(
    ipAddressRow(address({ resource: 'services', namespace: 'default', name: 'kubernetes' }), {
      now: 0,
    }),
  ).toEqual(['10.96.0.1', 'services/default/kubernetes'])
})
