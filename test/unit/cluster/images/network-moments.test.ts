import { describe, expect, it } from 'vitest'
import { answeredNetwork, type Answers, AskedNetwork, NotYet } from '#images/network-moments.ts'
import type { Network } from '#images/network.ts'

/** Each answer is another one. */
const changing = (isSame = false): Network => {
  let turn = 0
  return {
    resolvConf: { nameservers: ['10.96.0.10'], searches: [], ndots: 5 },
    hosts: '',
    resolve: (name) => ({
      end: 'NXDOMAIN',
      addresses: [],
      canonicalName: name,
      takes: isSame ? 0 : turn++,
    }),
    query: () => ({ outcome: 'timeout', server: '', takes: 0 }),
    contact: () => ({ source: `10.0.0.1:${turn++}`, takes: 1, outcome: 'refused' }),
  }
}

const CURL = ['curl', 'http://web']

const askedAt = (network: Network, answers: Answers | undefined, now: number): Answers => {
  const asked = new AskedNetwork(network, answers, now)
  asked.at(now, CURL).resolve('web', 'glibc')
  return asked.answers()
}

describe('what the network answered', () => {
  it('is answered again at that moment, and not known at another', () => {
    const answers = askedAt(changing(), undefined, 100)
    const network = answeredNetwork(answers)
    expect(network(100, CURL).resolve('web', 'glibc')).toMatchObject({ end: 'NXDOMAIN', takes: 0 })
    expect(() => network(101, CURL).resolve('web', 'glibc')).toThrow(NotYet)
    expect(() => network(100, ['wget', 'web']).resolvConf).toThrow(NotYet)
  })

  it('is remembered only of commands that asked', () => {
    const asked = new AskedNetwork(changing(), undefined, 5)
    asked.at(5, ['true'])
    expect(asked.answers().answered).toEqual([])
  })

  it('is asked for ever more rarely, and at last no more', () => {
    const network = changing()
    let answers: Answers | undefined
    let times = 0
    for (let now = 0; now < 100_000_000; now += 1000) {
      const known = answeredNetwork(answers)(now, CURL)
      try {
        known.resolve('web', 'glibc')
      } catch {
        answers = askedAt(network, answers, now)
        times++
      }
    }
    expect(times).toBeGreaterThan(20)
    expect(times).toBeLessThanOrEqual(200)
    expect(JSON.stringify(answers).length).toBeLessThan(100_000)
  })

  it('takes the room of one answer if it was always the same', () => {
    const network = changing(true)
    let answers: Answers | undefined
    for (let now = 0; now < 15_000; now += 1000) answers = askedAt(network, answers, now)
    expect(answers!.answered).toHaveLength(1)
    expect(answers!.times).toBe(15)
  })
})
