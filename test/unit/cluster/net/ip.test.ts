import { describe, expect, test } from 'vitest'
import {
  addressesOf,
  cidrContains,
  cidrCovers,
  cidrSize,
  formatCidr,
  lastAddress,
  nthAddress,
  parseCidr,
} from '#net/cidr.ts'
import {
  formatIp,
  isLinkLocalMulticast,
  isLinkLocalUnicast,
  isLoopback,
  parseIp,
  parseIpSloppy,
} from '#net/ip.ts'

describe('addresses', () => {
  test.each([
    ['10.96.0.1', '10.96.0.1'],
    ['255.255.255.255', '255.255.255.255'],
    ['0.0.0.0', '0.0.0.0'],
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['fe80::', 'fe80::'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['010.01.2.003', '10.1.2.3'],
  ])('%s is read and written as %s', (text, written) => {
    expect(formatIp(parseIpSloppy(text)!.ip)).toBe(written)
  })

  test.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.0.0.1',
    'a.b.c.d',
    '1.2.3.-4',
    ':',
    ':::',
    '1::2::3',
    '12345::',
    '1:2:3:4:5:6:7',
    'fe80::1%eth0',
    '1.2.3.4/8',
  ])('%j is no address', (text) => {
    expect(parseIpSloppy(text)).toBeUndefined()
  })

  test('the strict form refuses what programs read differently', () => {
    expect(parseIp('010.0.0.1')).toBeUndefined()
    expect(parseIp('::ffff:1.2.3.4')).toBeUndefined()
    expect(parseIp('1.2.3.4')).toEqual({ version: 4, value: 0x01020304 })
  })

  test('special ranges', () => {
    const ip = (text: string) => parseIpSloppy(text)!.ip
    expect([
      isLoopback(ip('127.255.0.1')),
      isLoopback(ip('::1')),
      isLoopback(ip('128.0.0.1')),
    ]).toEqual([true, true, false])
    expect([
      isLinkLocalUnicast(ip('169.254.9.9')),
      isLinkLocalUnicast(ip('febf::1')),
      isLinkLocalUnicast(ip('fec0::1')),
    ]).toEqual([true, true, false])
    expect([
      isLinkLocalMulticast(ip('224.0.0.251')),
      isLinkLocalMulticast(ip('ff02::1')),
      isLinkLocalMulticast(ip('ff05::1')),
    ]).toEqual([true, true, false])
  })
})

describe('networks', () => {
  test.each([
    ['10.96.0.0/12', 2 ** 20, '10.111.255.255'],
    ['10.0.0.4/30', 4, '10.0.0.7'],
    ['0.0.0.0/0', 2 ** 32, '255.255.255.255'],
    ['192.0.2.1/32', 1, '192.0.2.1'],
    ['2001:db8::/112', 2 ** 16, '2001:db8::ffff'],
  ])('%s has %d addresses and ends at %s', (text, size, last) => {
    const cidr = parseCidr(text)!
    expect(formatCidr(cidr)).toBe(text)
    expect(cidrSize(cidr)).toBe(size)
    expect(formatIp(lastAddress(cidr))).toBe(last)
  })

  test.each(['10.0.0.1/8', '10.0.0.0/33', '10.0.0.0', '10.0.0.0/08', '::/129', '10.0.0.0/-1'])(
    '%s is no network',
    (text) => {
      expect(parseCidr(text)).toBeUndefined()
    },
  )

  test('what is inside', () => {
    const cidr = parseCidr('10.96.0.0/12')!
    expect(cidrContains(cidr, parseIp('10.111.0.1')!)).toBe(true)
    expect(cidrContains(cidr, parseIp('10.112.0.0')!)).toBe(false)
    expect(cidrContains(cidr, parseIp('::1')!)).toBe(false)
    expect(cidrCovers(cidr, parseCidr('10.100.0.0/16')!)).toBe(true)
    expect(cidrCovers(parseCidr('10.100.0.0/16')!, cidr)).toBe(false)
    expect(formatIp(nthAddress(cidr, 257))).toBe('10.96.1.1')
    expect([...addressesOf(parseCidr('10.0.0.254/31')!)].map(formatIp)).toEqual([
      '10.0.0.254',
      '10.0.0.255',
    ])
  })
})
