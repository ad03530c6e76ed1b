import { describe, expect, test } from 'vitest'
import { AnswerCache } from '#coredns/answer-cache.ts'
import { parseCorefile } from '#coredns/corefile.ts'
import { answerQuestion, type DnsServer } from '#coredns/server.ts'
import { type DnsMessage, emptyMessage, type Question } from '#net/dns-message.ts'
import { FakeClient } from '../../../support/fake-client.ts'

const corefile = (cache: string): DnsServer['blocks'] => {
  const parsed = parseCorefile(`.:53 {\n  forward . 10.9.9.9\n  ${cache}\n  loadbalance\n}\n`)
  if ('failure' in parsed) throw new Error(parsed.failure)
  return parsed.blocks
}

interface Upstream {
  readonly server: (now: number) => DnsServer
  /** Which questions came there. */
  readonly asked: string[]
}

const upstream = (cache: string, answers = new AnswerCache()): Upstream => {
  const asked: string[] = []
  return {
    asked,
    server: (now) => ({
      client: new FakeClient(),
      blocks: corefile(cache),
      serverIPs: ['10.244.0.2'],
      nodeNameServers: [],
      below: () => 0,
      cache: answers,
      now,
      forward: (_, question) => {
        asked.push(question.name)
        return known(question)
      },
    }),
  }
}

const known = (question: Question): DnsMessage => {
  const { name } = question
  if (name.startsWith('no-')) return emptyMessage(question, 'NXDOMAIN')
  const answer = ['192.0.2.1', '192.0.2.2'].map(
    (address) => ({ name, ttl: 300, type: 'A', address }) as const,
  )
  return { ...emptyMessage(question, 'NOERROR'), answer }
}

const A = (name: string): Question => ({ name, type: 'A' })

describe('the plugin cache', () => {
  test('answers with the lifetime that is left, until it is over', () => {
    const { server, asked } = upstream('cache 30')
    const ttlAt = (now: number) => {
      const { message, secondsLeft } = answerQuestion(server(now), A('example.com.'))
      return [message.answer[0]!.ttl, secondsLeft]
    }
    expect(ttlAt(0)).toEqual([30, undefined])
    expect(ttlAt(18_000)).toEqual([12, 12])
    expect(ttlAt(29_999)).toEqual([1, 1])
    expect(asked).toHaveLength(1)
    expect(ttlAt(30_000)).toEqual([30, undefined])
    expect(asked).toHaveLength(2)
  })

  test('keeps what does not exist as well', () => {
    const { server, asked } = upstream('cache 30')
    answerQuestion(server(0), A('no-such.com.'))
    const again = answerQuestion(server(1000), A('no-such.com.'))
    expect(again.message.rcode).toBe('NXDOMAIN')
    expect(again.secondsLeft).toBeGreaterThan(0)
    expect(asked).toHaveLength(1)
  })

  test('keeps nothing for the zones that are exempt', () => {
    const { server, asked } = upstream('cache 30 {\n disable success example.com\n }')
    for (const now of [0, 1000]) answerQuestion(server(now), A('www.example.com.'))
    for (const now of [0, 1000]) answerQuestion(server(now), A('www.example.org.'))
    expect(asked).toEqual(['www.example.com.', 'www.example.com.', 'www.example.org.'])
  })

  test('is in front of the shuffling: addresses change their order all the same', () => {
    const { server } = upstream('cache 30')
    const first = answerQuestion(server(0), A('example.com.'))
    const second = answerQuestion({ ...server(1000), below: () => 1 }, A('example.com.'))
    expect([first.isShuffled, second.isShuffled]).toEqual([true, true])
    const addresses = ({ answer }: DnsMessage) =>
      answer.map((record) => ('address' in record ? record.address : ''))
    expect(addresses(second.message)).toEqual(addresses(first.message).toReversed())
  })

  test('tells types apart, but not capital letters', () => {
    const { server, asked } = upstream('cache 30')
    answerQuestion(server(0), A('example.com.'))
    const { message } = answerQuestion(server(0), A('Example.COM.'))
    expect(message.question.name).toBe('Example.COM.')
    answerQuestion(server(0), { name: 'example.com.', type: 'AAAA' })
    expect(asked).toHaveLength(2)
  })

  test('lets go of what was kept first when there is too much', () => {
    const answers = new AnswerCache()
    for (let index = 0; index < 150; index++) answers.keep(known(A(`${index}.com.`)), 30, 0)
    expect(answers.find(A('49.com.'), 0)).toBeUndefined()
    expect(answers.find(A('50.com.'), 0)).toBeDefined()
    expect(answers.toState()).toHaveLength(100)
  })

  test('made of its state knows as much as before', () => {
    const answers = new AnswerCache()
    answers.keep(known(A('old.com.')), 5, 0)
    answers.keep(known(A('new.com.')), 30, 4000)
    const again = new AnswerCache(answers.toState())
    for (const cache of [answers, again]) {
      expect(cache.find(A('old.com.'), 6000)).toBeUndefined()
      expect(cache.find(A('new.com.'), 6000)?.secondsLeft).toBe(28)
      expect(cache.isChanged).toBe(false)
    }
  })

  test('is not changed by what its copy keeps', () => {
    const answers = new AnswerCache()
    answers.copy().keep(known(A('example.com.')), 30, 0)
    expect(answers.find(A('example.com.'), 0)).toBeUndefined()
  })
})
