import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { base32Sha256, hexSha256 } from '#kube-proxy/hash.ts'

const expected = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex')

describe('SHA-256', () => {
  it('is what FIPS 180-4 says of its examples', () => {
    expect(hexSha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(hexSha256('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
    expect(hexSha256('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')).toBe(
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    )
  })

  it('pads texts of every length', () => {
    for (let length = 0; length < 300; length++) {
      const text = 'x'.repeat(length)
      expect(hexSha256(text)).toBe(expected(text))
    }
  })

  it.each(['é', 'ß€', '日本語', '🦀 crab', 'a\u{10ffff}b', '\ud800 alone', 'end \udc00', '\u0000'])(
    'reads %j as UTF-8',
    (text) => expect(hexSha256(text)).toBe(expected(text)),
  )

  it('does not remember a longer text when a shorter one follows', () => {
    hexSha256('z'.repeat(1000))
    expect(hexSha256('abc')).toBe(expected('abc'))
  })
})

describe('base32Sha256', () => {
  it('writes the digest as RFC 4648 says', () => {
    // printf abc | openssl sha256 -binary | base32
    expect(base32Sha256('abc')).toBe('XJ4BNP4PAHH6UQKBIDPF3LRCEOYAGYNDSYLXVHFUCD7WD4QACWWQ====')
  })

  it("makes the names that a real kube-proxy's chains have", () => {
    expect(base32Sha256('default/kubernetes:httpstcp').slice(0, 16)).toBe('NPX46M4PTMTKRN6Y')
    expect(base32Sha256('kube-system/kube-dns:dnsudp').slice(0, 16)).toBe('TCOU7JCQXEZGVUNU')
  })
})
