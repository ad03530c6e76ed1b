import { describe, expect, it } from 'vitest'
import { runNetworkCommand } from '#images/commands/run.ts'
import { goFetch } from '#images/go-http.ts'
import { AGNHOST_TOOLS, DEBIAN_CURL_TOOLS } from '#images/tools.ts'
import { fakeNetwork, type Place } from '../../../support/fake-network.ts'

const ADDRESSES = ['10.244.1.2', '10.244.2.3', '10.244.3.4']

const db = (...places: readonly Place[]) =>
  fakeNetwork(
    {
      'db.default.svc.cluster.local': ADDRESSES.map((address) => ({
        type: 'A' as const,
        name: 'db.default.svc.cluster.local.',
        ttl: 30,
        address,
      })),
    },
    Object.fromEntries(places.map((place, index) => [`${ADDRESSES[index]}:80`, place])),
  )

const HELLO = { status: 200, headers: {}, body: 'hello\n' }

const tried = ({ contacts }: ReturnType<typeof fakeNetwork>): readonly string[] =>
  contacts.map(({ address }) => address)

describe('of a name with several addresses', () => {
  it('curl tries the next one where nobody takes the connection', () => {
    const network = db('refused', 'no-route', HELLO)
    const input = { argv: ['curl', '-s', 'http://db/'], network, now: 0 }
    const output = runNetworkCommand(input, DEBIAN_CURL_TOOLS)
    expect(output).toMatchObject({ stdout: 'hello\n', exitCode: 0 })
    expect(tried(network)).toEqual(ADDRESSES)
  })

  it('Go does too, and tells the first of all errors', () => {
    const network = db('refused', HELLO)
    expect(goFetch(network, 'http://db/')).toMatchObject({ status: 200 })
    expect(tried(network)).toEqual(ADDRESSES.slice(0, 2))
    expect(goFetch(db('refused', 'no-route', 'refused'), 'http://db/')).toEqual({
      error: 'Get "http://db/": dial tcp 10.244.1.2:80: connect: connection refused',
    })
  })

  it('nobody tries the next one who was answered, or who still waits', () => {
    for (const place of ['timeout', 'silent', HELLO] as const) {
      const network = db(place, HELLO)
      goFetch(network, 'http://db/')
      expect(tried(network)).toEqual(ADDRESSES.slice(0, 1))
    }
  })

  it("busybox' wget knows the first one only", () => {
    const network = db('refused', HELLO)
    const input = { argv: ['wget', '-O-', 'http://db/'], network, now: 0 }
    expect(runNetworkCommand(input, AGNHOST_TOOLS)?.exitCode).toBe(1)
    expect(tried(network)).toEqual(ADDRESSES.slice(0, 1))
  })
})
