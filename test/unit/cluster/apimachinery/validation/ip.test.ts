import { expect, test } from 'vitest'
import { errorText } from '#apimachinery/field-error.ts'
import * as ip from '#apimachinery/validation/ip.ts'

test.each([
  ['10.1.2.3', []],
  ['nonsense', ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
  ['010.1.2.3', ['must not have leading 0s']],
  ['::ffff:1.2.3.4', ['must not be an IPv4-mapped IPv6 address']],
  ['FE80:0::1', ['must be in canonical form ("fe80::1")']],
])('isValidIp(%j)', (value, expected) => {
  expect(ip.isValidIp(value)).toEqual(expected)
})

test.each([
  ['10.0.0.0/8', []],
  ['10.0.0.0', ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
  ['10.0.0.1/8', ['must not have bits set beyond the prefix length']],
  ['10.0.0.0/08', ['must not have leading 0s in IP or prefix length']],
  ['::ffff:10.0.0.0/104', ['must not have an IPv4-mapped IPv6 address']],
  ['2001:DB8::/64', ['must be in canonical form ("2001:db8::/64")']],
])('isValidCidr(%j)', (value, expected) => {
  expect(ip.isValidCidr(value)).toEqual(expected)
})

test.each([
  [
    '127.0.0.1',
    'x: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
  ],
  ['0.0.0.0', 'x: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)'],
  ['nonsense', 'x: Invalid value: "nonsense": must be a valid IP address'],
  [
    '169.254.1.1',
    'x: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
  ],
])('endpoints may not be %s', (value, expected) => {
  expect(ip.validateEndpointIp(value, 'x').map(errorText)).toEqual([expected])
})

test('IPv6 that is valid but not canonical is warned of', () => {
  expect(ip.warningsForIp('x', '2001:DB8::1')).toEqual([
    'x: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")',
  ])
  expect(ip.warningsForIp('x', '10.0.0.1')).toEqual([])
})
