import { Connections } from '#netfilter/connections.ts'
import { type Connection, tupleOf } from '#netfilter/connection.ts'
import type { TcpSegment } from '#netfilter/packet.ts'
import { RuleMemory } from '#netfilter/rule-memory.ts'
import { formatIp } from '#net/ip.ts'
import { describe, expect, test } from 'vitest'
import { ip, packet } from '../../../support/netfilter.ts'

const FORTH = 'tcp 10.244.0.5:40000 > 10.244.1.10:8080'
const BACK = 'tcp 10.244.1.10:8080 > 10.244.0.5:40000'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** Tracks a packet and confirms its connection if it is new. */
const see = (connections: Connections, text: string, now: number, segment?: TcpSegment): string => {
  const tracked = connections.track(packet(text, segment && { segment }), now)
  if (tracked.connection !== undefined && !tracked.isConfirmed)
    connections.confirm(tracked.connection, now)
  const known = connections.find(tupleOf(packet(text)), now)?.connection
  return known === undefined ? tracked.state : `${tracked.state} ${known.progress}`.trimEnd()
}

const left = (connections: Connections, now: number): number | undefined => {
  const [connection] = connections.list(now)
  return connection && (connection.expires - now) / 1000
}

describe('TCP', () => {
  test('goes from the handshake to five days of silence', () => {
    const connections = new Connections()
    expect(see(connections, FORTH, 0)).toBe('new SYN_SENT')
    expect(left(connections, 0)).toBe(120)
    expect(see(connections, BACK, 0)).toBe('established SYN_RECV')
    expect(left(connections, 0)).toBe(60)
    expect(see(connections, FORTH, 0)).toBe('established ESTABLISHED')
    expect(left(connections, 0)).toBe(432_000)
    expect(connections.list(0)[0]).toMatchObject({ isReplied: true, isAssured: true })
    expect(connections.list(5 * DAY - 1)).toHaveLength(1)
    expect(connections.list(5 * DAY)).toHaveLength(0)
    expect(see(connections, FORTH, 5 * DAY)).toBe('new SYN_SENT')
  })

  test('ends by FINs of both sides, or by a reset', () => {
    const connections = new Connections()
    for (const text of [FORTH, BACK, FORTH]) see(connections, text, 0)
    expect(see(connections, FORTH, 0, 'fin')).toBe('established FIN_WAIT')
    expect(see(connections, BACK, 0, 'ack')).toBe('established CLOSE_WAIT')
    expect(see(connections, BACK, 0, 'fin')).toBe('established LAST_ACK')
    expect(left(connections, 0)).toBe(30)
    expect(see(connections, FORTH, 0, 'ack')).toBe('established TIME_WAIT')
    expect(left(connections, 0)).toBe(120)
    // the same ports again: another connection
    expect(see(connections, FORTH, 0, 'syn')).toBe('new SYN_SENT')
    for (const text of [BACK, FORTH]) see(connections, text, 0)
    expect(see(connections, BACK, 0, 'rst')).toBe('established CLOSE')
    expect(left(connections, 0)).toBe(10)
  })

  test('is forgotten at once if the only answer is a reset', () => {
    const connections = new Connections()
    see(connections, FORTH, 0)
    expect(see(connections, BACK, 0, 'rst')).toBe('established')
    expect(connections.size).toBe(0)
  })

  test('is picked up in the middle, for five minutes without an answer', () => {
    const connections = new Connections()
    expect(see(connections, FORTH, 0, 'ack')).toBe('new ESTABLISHED')
    expect(left(connections, 0)).toBe(300)
    expect(connections.list(0)[0]?.isAssured).toBe(false)
    see(connections, BACK, 0, 'ack')
    expect(left(connections, 0)).toBe(432_000)
  })

  test.each<TcpSegment>(['syn-ack', 'fin', 'rst'])('does not begin with %s', (segment) => {
    const connections = new Connections()
    expect(see(connections, FORTH, 0, segment)).toBe('invalid')
    expect(connections.size).toBe(0)
  })
})

describe('protocols without a handshake', () => {
  const query = 'udp 10.244.0.5:40000 > 10.244.1.10:53'
  const answer = 'udp 10.244.1.10:53 > 10.244.0.5:40000'

  test('UDP lasts 30 s, as a stream 120 s', () => {
    const connections = new Connections()
    expect(see(connections, query, 0)).toBe('new')
    expect(see(connections, query, 1_000)).toBe('new')
    expect(left(connections, 1_000)).toBe(30)
    expect(see(connections, answer, 1_500)).toBe('established')
    expect(left(connections, 1_500)).toBe(30)
    expect(see(connections, query, 2_001)).toBe('established')
    expect(left(connections, 2_001)).toBe(120)
    expect(connections.list(2_001)[0]?.isAssured).toBe(true)
    expect(see(connections, query, 122_001)).toBe('new')
  })

  test('SCTP lasts when both sides have spoken', () => {
    const connections = new Connections()
    const forth = 'sctp 10.244.0.5:40000 > 10.244.1.10:8080'
    const back = 'sctp 10.244.1.10:8080 > 10.244.0.5:40000'
    expect(see(connections, forth, 0)).toBe('new COOKIE_WAIT')
    expect(left(connections, 0)).toBe(3)
    expect(see(connections, back, 0)).toBe('established COOKIE_ECHOED')
    expect(see(connections, forth, 0)).toBe('established ESTABLISHED')
    expect(see(connections, back, 0)).toBe('established ESTABLISHED')
    expect(left(connections, 0)).toBe(210)
  })

  test('ICMP lasts 30 s', () => {
    const connections = new Connections()
    expect(see(connections, 'icmp 10.244.0.5:0 > 10.244.1.10:0', 0)).toBe('new')
    expect(left(connections, 0)).toBe(30)
    expect(see(connections, 'icmp 10.244.1.10:0 > 10.244.0.5:0', 0)).toBe('established')
  })
})

const udp = (client: number): string =>
  `udp 10.1.${client >> 8}.${client & 255}:40000 > 10.96.0.10:53`

describe('the table', () => {
  test('knows a connection that is not confirmed nowhere', () => {
    const connections = new Connections()
    const { state, isConfirmed } = connections.track(packet(FORTH), 0)
    expect([state, isConfirmed, connections.size]).toEqual(['new', false, 0])
    expect(connections.track(packet(FORTH), 0).isConfirmed).toBe(false)
  })

  test('takes no second connection with the same addresses', () => {
    const connections = new Connections()
    const first = connections.track(packet(FORTH), 0).connection!
    const second = connections.track(packet(FORTH), 0).connection!
    expect(connections.confirm(first, 0)).toBe(true)
    expect(connections.confirm(second, 0)).toBe(false)
    expect(connections.size).toBe(1)
  })

  test('forgets what it is told to forget', () => {
    const connections = new Connections()
    for (let client = 0; client < 10; client++) see(connections, udp(client), 0)
    see(connections, FORTH, 0)
    const isStale = ({ original }: Connection): boolean =>
      original.protocol === 'udp' && formatIp(original.destination.ip) === '10.96.0.10'
    expect(connections.deleteWhere(isStale)).toBe(10)
    expect(connections.list(0).map(({ original }) => original.protocol)).toEqual(['tcp'])
    expect(connections.find(tupleOf(packet(udp(3))), 0)).toBeUndefined()
    expect(see(connections, udp(3), 0)).toBe('new')
  })

  test('has a limit: what is over goes first, then who did not prove itself, then the oldest', () => {
    const connections = new Connections({ limit: 4 })
    see(connections, udp(0), 0)
    for (const text of [FORTH, BACK, FORTH]) see(connections, text, 20_000)
    for (const client of [1, 2]) see(connections, udp(client), 20_000)
    see(connections, udp(3), 31_000)
    const clients = (now: number): readonly string[] =>
      connections.list(now).map(({ original }) => formatIp(original.source.ip))
    expect(clients(31_000)).toEqual(['10.244.0.5', '10.1.0.1', '10.1.0.2', '10.1.0.3'])
    see(connections, udp(4), 31_000)
    expect(clients(31_000)).toEqual(['10.244.0.5', '10.1.0.2', '10.1.0.3', '10.1.0.4'])
    for (let client = 5; client < 30; client++) see(connections, udp(client), 31_000)
    expect(connections.size).toBe(4)
    expect(clients(31_000)[0]).toBe('10.244.0.5')
  })

  test('comes back from what was stored, with NAT and with what rules remember', () => {
    const connections = new Connections()
    see(connections, FORTH, 0)
    const { connection } = connections.track(packet('tcp 10.244.0.5:40001 > 10.96.0.1:443'), 0)
    connections.confirm(
      {
        ...connection!,
        reply: {
          ...connection!.reply,
          source: { ip: ip('fd00::7'), port: 8443 },
          destination: { ip: ip('192.168.49.2'), port: 1024 },
        },
        isSnat: true,
        isDnat: true,
      },
      0,
    )
    connections.memory.remember('KUBE-SEP-A', ip('10.244.0.5'), 0)
    connections.memory.updateElement('ip t s', '10.244.0.5', { now: 0, seconds: 60 })
    connections.memory.count('ct')
    const state = connections.toState(1_000)
    const again = Connections.fromState(structuredClone(state))
    expect(again.list(1_000)).toEqual(connections.list(1_000))
    expect(again.toState(1_000)).toEqual(state)
    expect(again.memory.hasSeen('KUBE-SEP-A', ip('10.244.0.5'), { seconds: 1, now: 1_000 })).toBe(
      true,
    )
    expect(again.memory.hasElement('ip t s', '10.244.0.5', 59_999)).toBe(true)
    expect(again.memory.counter('ct')).toBe(1)
    expect(again.find({ ...tupleOf(packet(BACK)) }, 1_000)?.isReply).toBe(true)
  })

  test('stores a thousand connections at most: those heard of last', () => {
    const connections = new Connections()
    for (let client = 0; client < 3_000; client++) see(connections, udp(client), 0)
    see(connections, udp(7), 1)
    const state = connections.toState(1)
    expect(state.connections).toHaveLength(1_000)
    expect(state.connections.at(-1)?.[1][0]).toBe('10.1.0.7')
    expect(JSON.stringify(state).length).toBeLessThan(200_000)
    expect(connections.toState(31_000).connections).toEqual([])
  })
})

describe('what rules remember', () => {
  test('a list holds a hundred addresses: the one not seen for longest makes room', () => {
    const memory = new RuleMemory()
    const client = (number: number) => ip(`10.0.0.${number}`)
    for (let number = 0; number < 100; number++) memory.remember('A', client(number), number)
    memory.remember('A', client(0), 100)
    memory.remember('A', client(100), 101)
    const within = { seconds: 60, now: 101 }
    expect(memory.hasSeen('A', client(0), within)).toBe(true)
    expect(memory.hasSeen('A', client(1), within)).toBe(false)
    expect(memory.hasSeen('A', client(100), within)).toBe(true)
    expect(memory.hasSeen('B', client(100), within)).toBe(false)
  })

  test('lists and sets that are gone are forgotten', () => {
    const memory = new RuleMemory()
    for (const name of ['A', 'B']) {
      memory.remember(name, ip('10.0.0.1'), 0)
      memory.updateElement(name, '10.0.0.1', { now: 0, seconds: 60 })
    }
    memory.keepOnly({ list: (name) => name === 'A', set: (name) => name === 'B' })
    const within = { seconds: 60, now: 0 }
    expect(['A', 'B'].map((name) => memory.hasSeen(name, ip('10.0.0.1'), within))).toEqual([
      true,
      false,
    ])
    expect(['A', 'B'].map((name) => memory.hasElement(name, '10.0.0.1', 0))).toEqual([false, true])
  })

  test('what is stored is bounded', () => {
    const memory = new RuleMemory()
    for (let number = 0; number < 20_000; number++) {
      memory.updateElement('s', `key ${number}`, { now: 0, seconds: 60 })
      memory.remember(`list ${number}`, ip('10.0.0.1'), number)
    }
    const state = memory.toState(0)
    expect([state.elements.length, state.recent.length]).toEqual([4_000, 4_000])
    expect(state.recent.at(-1)?.[0]).toBe('list 19999')
  })
})
