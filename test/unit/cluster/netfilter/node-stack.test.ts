import { Connections } from '#netfilter/connections.ts'
import { parseIptablesSave } from '#netfilter/iptables-parse.ts'
import { answerTo, type NodeKernel, type Passage, receive, send } from '#netfilter/node-stack.ts'
import type { Packet } from '#netfilter/packet.ts'
import { EMPTY_RULESET } from '#netfilter/ruleset.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ip, kernel, packet, packetText, stepTexts } from '../../../support/netfilter.ts'

/** A Service at 10.96.10.1:80 and at node port 30080, with endpoints on this node and elsewhere. */
const rules = (endpoints: readonly string[], filter: readonly string[] = []) =>
  parseIptablesSave(
    `*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-EXT - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC - [0:0]
${endpoints.map((_, index) => `:KUBE-SEP-${index} - [0:0]\n`).join('')}-A PREROUTING -j KUBE-SERVICES
-A OUTPUT -j KUBE-SERVICES
-A POSTROUTING -j KUBE-POSTROUTING
-A KUBE-EXT -j KUBE-MARK-MASQ
-A KUBE-EXT -j KUBE-SVC
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
-A KUBE-POSTROUTING -j MASQUERADE --random-fully
-A KUBE-SERVICES -d 10.96.10.1/32 -p tcp -m tcp --dport 80 -j KUBE-SVC
-A KUBE-SERVICES -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 30080 -j KUBE-EXT
${endpoints
  .map((text, index) => {
    const last = index === endpoints.length - 1
    const share = (1 / (endpoints.length - index)).toFixed(11)
    return `-A KUBE-SVC ${last ? '' : `-m statistic --mode random --probability ${share} `}-j KUBE-SEP-${index}
-A KUBE-SEP-${index} -s ${text.split(':')[0]}/32 -j KUBE-MARK-MASQ
-A KUBE-SEP-${index} -p tcp -m tcp -j DNAT --to-destination ${text}
`
  })
  .join('')}COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
${filter.map((line) => `-A ${line}\n`).join('')}COMMIT
`,
  )

const LOCAL = '10.244.0.10:8080'
const REMOTE = '10.244.1.10:8080'

const end = ({ packet: last, outcome }: Passage): string =>
  `${packetText(last)} ${outcome.kind}${last.output === undefined ? '' : ` ${last.output}`}`

const hooks = (passage: Passage): readonly string[] => passage.hooks.map(({ hook }) => hook)

const from = (text: string, input = 'veth'): Packet => packet(text, { input })

/** The answer to what was sent, as it comes back to the node. */
const answered = (node: NodeKernel, sent: Passage, input = 'eth0'): Passage =>
  receive(node, { ...answerTo(sent.packet), input })

describe('a packet that a Pod sends', () => {
  test('to another Pod goes through three hooks and stays as it is', () => {
    const node = kernel(rules([LOCAL]))
    const passage = receive(node, from('tcp 10.244.0.5:40000 > 10.244.1.7:80'))
    expect(end(passage)).toBe('tcp 10.244.0.5:40000 > 10.244.1.7:80 sent eth0')
    expect(hooks(passage)).toEqual(['prerouting', 'forward', 'postrouting'])
    expect(passage).toMatchObject({ state: 'new', isReply: false })
    expect(node.connections.size).toBe(1)
  })

  test('to a Service goes to an endpoint, and the answer comes from the Service', () => {
    const node = kernel(rules([REMOTE]))
    const there = receive(node, from('tcp 10.244.0.5:40000 > 10.96.10.1:80'))
    expect(end(there)).toBe('tcp 10.244.0.5:40000 > 10.244.1.10:8080 sent eth0')
    expect(there.connection).toMatchObject({ isDnat: true, isSnat: false })
    const back = answered(node, there)
    expect(end(back)).toBe('tcp 10.96.10.1:80 > 10.244.0.5:40000 sent veth')
    expect(back).toMatchObject({ state: 'established', isReply: true, tried: 0 })
  })

  test('goes where its connection went first, whatever chance says later', () => {
    const node = kernel(rules([LOCAL, REMOTE, '10.244.2.10:8080']))
    const first = end(receive(node, from('tcp 10.244.0.5:40000 > 10.96.10.1:80')))
    const second = receive(node, from('tcp 10.244.0.5:40000 > 10.96.10.1:80'))
    expect(end(second)).toBe(first)
    // still unanswered, but rules are asked for the first packet alone
    expect(second.state).toBe('new')
    expect(second.steps.filter(({ table }) => table === 'ip nat')).toEqual([])
    expect(node.connections.size).toBe(1)
  })

  test('to itself by way of a Service comes from the node (hairpin)', () => {
    const node = kernel(rules([LOCAL]))
    const there = receive(node, from('tcp 10.244.0.10:40000 > 10.96.10.1:80'))
    expect(there.outcome.kind).toBe('sent')
    expect(packetText(there.packet)).toMatch(/^tcp 10\.244\.0\.1:\d+ > 10\.244\.0\.10:8080$/)
    expect(there.connection).toMatchObject({ isDnat: true, isSnat: true })
    const back = answered(node, there, 'veth')
    expect(end(back)).toBe('tcp 10.96.10.1:80 > 10.244.0.10:40000 sent veth')
  })

  test('tells every rule in order, with numbers that go on from hook to hook', () => {
    const node = kernel(rules([LOCAL]))
    const { steps, tried } = receive(node, from('tcp 10.244.0.10:40000 > 10.96.10.1:80'))
    expect(stepTexts(steps)).toEqual([
      'ip nat PREROUTING 0: jump KUBE-SERVICES',
      'ip nat KUBE-SERVICES 0: jump KUBE-SVC',
      'ip nat KUBE-SVC 0: jump KUBE-SEP-0',
      'ip nat KUBE-SEP-0 0: jump KUBE-MARK-MASQ',
      'ip nat KUBE-MARK-MASQ 0: mark 0 4000',
      'ip nat KUBE-SEP-0 1: dnat 10.244.0.10:8080',
      'ip nat POSTROUTING 0: jump KUBE-POSTROUTING',
      'ip nat KUBE-POSTROUTING 1: mark 4000 0',
      'ip nat KUBE-POSTROUTING 2: masquerade',
    ])
    expect(steps.map((step) => step.tried)).toEqual([1, 2, 3, 4, 5, 6, 7, 9, 10])
    expect(tried).toBe(10)
    expect(steps.map(({ hook }) => hook).slice(5, 7)).toEqual(['prerouting', 'postrouting'])
  })
})

describe('a packet from outside', () => {
  test('to a node port leaves with the address of the node, and its answer finds the way back', () => {
    const node = kernel(rules([REMOTE]))
    const there = receive(node, from('tcp 198.51.100.7:50000 > 192.168.49.2:30080', 'eth0'))
    expect(packetText(there.packet)).toMatch(/^tcp 192\.168\.49\.2:\d+ > 10\.244\.1\.10:8080$/)
    const back = answered(node, there)
    expect(end(back)).toBe('tcp 192.168.49.2:30080 > 198.51.100.7:50000 sent eth0')
    expect(hooks(back)).toEqual(['prerouting', 'forward', 'postrouting'])
  })

  test('to a process on the node is delivered', () => {
    const node = kernel(rules([REMOTE]))
    const there = receive(node, from('tcp 198.51.100.7:50000 > 192.168.49.2:10250', 'eth0'))
    expect(end(there)).toBe('tcp 198.51.100.7:50000 > 192.168.49.2:10250 delivered')
    expect(hooks(there)).toEqual(['prerouting', 'input'])
    const back = send(node, answerTo(there.packet))
    expect(end(back)).toBe('tcp 192.168.49.2:10250 > 198.51.100.7:50000 sent eth0')
    expect(back).toMatchObject({ state: 'established', isReply: true })
  })

  test('to a node port whose endpoint is on the node itself', () => {
    const node = kernel(rules(['192.168.49.2:8443']))
    const there = receive(node, from('tcp 198.51.100.7:50000 > 192.168.49.2:30080', 'eth0'))
    expect(end(there)).toBe('tcp 198.51.100.7:50000 > 192.168.49.2:8443 delivered')
    expect(end(send(node, answerTo(there.packet)))).toBe(
      'tcp 192.168.49.2:30080 > 198.51.100.7:50000 sent eth0',
    )
  })
})

describe('a packet that the node sends', () => {
  test('to a Service is routed anew when its destination has changed', () => {
    const node = kernel(rules([LOCAL]))
    const there = send(node, packet('tcp 192.168.49.2:40000 > 10.96.10.1:80'))
    expect(end(there)).toBe('tcp 192.168.49.2:40000 > 10.244.0.10:8080 sent veth')
    expect(hooks(there)).toEqual(['output', 'postrouting'])
    const back = answered(node, there, 'veth')
    expect(end(back)).toBe('tcp 10.96.10.1:80 > 192.168.49.2:40000 delivered')
    expect(hooks(back)).toEqual(['prerouting', 'input'])
  })

  test('to its own node port goes out and comes back', () => {
    const node = kernel(rules([REMOTE]))
    const there = send(node, packet('tcp 127.0.0.1:40000 > 127.0.0.1:30080'))
    expect(packetText(there.packet)).toMatch(/^tcp 192\.168\.49\.2:\d+ > 10\.244\.1\.10:8080$/)
    expect(end(answered(node, there))).toBe('tcp 127.0.0.1:30080 > 127.0.0.1:40000 delivered')
  })

  test('to itself goes out by lo and in again, with its connection', () => {
    const node = kernel(rules([REMOTE]))
    const there = send(node, packet('tcp 127.0.0.1:40000 > 127.0.0.1:10248'))
    expect(there.packet).toMatchObject({ input: 'lo' })
    expect(hooks(there)).toEqual(['output', 'postrouting', 'prerouting', 'input'])
    expect(node.connections.size).toBe(1)
    const back = send(node, answerTo(there.packet))
    expect(end(back)).toBe('tcp 127.0.0.1:10248 > 127.0.0.1:40000 delivered')
    expect(back).toMatchObject({ state: 'established', isReply: true })
    expect(node.connections.size).toBe(1)
  })

  test('to a Service whose endpoint is on the node itself, and back', () => {
    const node = kernel(rules(['192.168.49.2:8443']))
    const there = send(node, packet('tcp 192.168.49.2:40000 > 10.96.10.1:80'))
    expect(there.outcome.kind).toBe('delivered')
    // from itself: masqueraded as a hairpin
    expect(packetText(there.packet)).toMatch(/^tcp 192\.168\.49\.2:\d+ > 192\.168\.49\.2:8443$/)
    expect(end(send(node, answerTo(there.packet)))).toBe(
      'tcp 10.96.10.1:80 > 192.168.49.2:40000 delivered',
    )
  })
})

describe('a packet that is stopped', () => {
  const drops = ['FORWARD -m conntrack --ctstate NEW -d 10.244.1.7/32 -j DROP']
  const rejects = ['INPUT -p tcp -m tcp --dport 10250 -j REJECT --reject-with tcp-reset']

  test('says at which hook, and leaves no connection behind', () => {
    const node = kernel(rules([LOCAL], [...drops, ...rejects]))
    const dropped = receive(node, from('tcp 10.244.0.5:40000 > 10.244.1.7:80'))
    expect(dropped.outcome).toEqual({ kind: 'drop', hook: 'forward' })
    const rejected = receive(node, from('tcp 10.244.0.5:40000 > 192.168.49.2:10250'))
    expect(rejected.outcome).toEqual({ kind: 'reject', hook: 'input', with: 'tcp-reset' })
    expect(node.connections.size).toBe(0)
  })

  test('has no route', () => {
    const node = kernel(rules([LOCAL]), { route: () => ({ kind: 'none' }) })
    const passage = receive(node, from('tcp 10.244.0.5:40000 > 203.0.113.1:80'))
    expect([passage.outcome.kind, hooks(passage)]).toEqual(['noRoute', ['prerouting']])
    const own = send(node, packet('tcp 192.168.49.2:40000 > 203.0.113.1:80'))
    expect([own.outcome.kind, hooks(own)]).toEqual(['noRoute', []])
    expect(node.connections.size).toBe(0)
  })

  test('is of no connection', () => {
    const node = kernel(
      rules(
        [LOCAL],
        ['FORWARD -m conntrack --ctstate INVALID -m nfacct --nfacct-name  ct -j DROP'],
      ),
    )
    const stray = receive(node, {
      ...from('tcp 10.244.1.10:8080 > 10.244.0.5:40000', 'eth0'),
      segment: 'syn-ack',
    })
    expect(stray).toMatchObject({ state: 'invalid', outcome: { kind: 'drop', hook: 'forward' } })
    expect(node.connections.memory.counter('ct')).toBe(1)
  })

  test('loses its way if masquerading finds no address', () => {
    const node = kernel(rules([REMOTE]), { sourceAddress: () => undefined })
    const passage = receive(node, from('tcp 198.51.100.7:50000 > 192.168.49.2:30080', 'eth0'))
    expect(passage.outcome).toEqual({ kind: 'drop', hook: 'postrouting' })
  })
})

describe('source ports', () => {
  const masquerade = (how: string) =>
    parseIptablesSave(
      `*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -j MASQUERADE${how}\nCOMMIT\n`,
    )
  const portOf = ({ packet: last }: Passage): number => last.source.port

  test('stay if they are free, and are others if not', () => {
    const node = kernel(masquerade(''))
    const first = receive(node, from('tcp 10.244.0.5:40000 > 203.0.113.1:80'))
    const second = receive(node, from('tcp 10.244.0.6:40000 > 203.0.113.1:80'))
    const other = receive(node, from('tcp 10.244.0.6:40000 > 203.0.113.2:80'))
    expect([portOf(first), portOf(other)]).toEqual([40_000, 40_000])
    expect(portOf(second)).not.toBe(40_000)
    expect(end(answered(node, second))).toBe('tcp 203.0.113.1:80 > 10.244.0.6:40000 sent veth')
    expect(end(answered(node, first))).toBe('tcp 203.0.113.1:80 > 10.244.0.5:40000 sent veth')
  })

  test('are others at once where the rule wants them random, among their like', () => {
    const node = kernel(masquerade(' --random-fully'))
    const ports = [40_000, 700, 22].map((port) =>
      portOf(receive(node, from(`tcp 10.244.0.5:${port} > 203.0.113.1:80`))),
    )
    expect(ports[0]).toBeGreaterThanOrEqual(1024)
    expect(ports[0]).not.toBe(40_000)
    expect(ports[1]! >= 600 && ports[1]! < 1024).toBe(true)
    expect(ports[2]! >= 1 && ports[2]! < 512).toBe(true)
  })

  test('run out: the new packet is lost, and no other connection with it', () => {
    const node = kernel(masquerade(''), { connections: new Connections() })
    let lost = 0
    for (let client = 0; client < 700; client++) {
      const text = `udp 10.244.${client >> 8}.${client & 255}:22 > 203.0.113.1:53`
      if (receive(node, from(text)).outcome.kind === 'drop') lost++
    }
    // ports 1 to 511
    expect(node.connections.size).toBeLessThanOrEqual(511)
    expect(node.connections.size).toBeGreaterThan(300)
    expect(lost).toBe(700 - node.connections.size)
  })

  test('change without a rule if two ways to one endpoint meet', () => {
    const node = kernel(rules([REMOTE]))
    const straight = receive(node, from('tcp 10.244.0.5:40000 > 10.244.1.10:8080'))
    const round = receive(node, from('tcp 10.244.0.5:40000 > 10.96.10.1:80'))
    expect(end(straight)).toBe('tcp 10.244.0.5:40000 > 10.244.1.10:8080 sent eth0')
    expect(packetText(round.packet)).toMatch(/^tcp 10\.244\.0\.5:\d+ > 10\.244\.1\.10:8080$/)
    expect(portOf(round)).not.toBe(40_000)
    expect(end(answered(node, round))).toBe('tcp 10.96.10.1:80 > 10.244.0.5:40000 sent veth')
  })
})

describe('any packet', () => {
  test('that is sent has an answer that comes back to its sender, from where it was sent to', () => {
    const client = fc.constantFrom('10.244.0.5', '10.244.0.10', '10.244.0.11', '198.51.100.7')
    const target = fc.constantFrom(
      '10.96.10.1:80',
      '192.168.49.2:30080',
      '192.168.49.2:10250',
      '10.244.1.10:8080',
      '203.0.113.1:443',
    )
    const port = fc.constantFrom(80, 600, 40_000, 40_001)
    fc.assert(
      fc.property(fc.array(fc.tuple(client, port, target), { maxLength: 30 }), (all) => {
        const node = kernel(rules([LOCAL, REMOTE, '10.244.0.11:8080', '192.168.49.2:8443']))
        for (const [source, sourcePort, destination] of all) {
          const text = `tcp ${source}:${sourcePort} > ${destination}`
          const there = receive(node, from(text, source.startsWith('10.') ? 'veth' : 'eth0'))
          expect(['sent', 'delivered']).toContain(there.outcome.kind)
          const answer = answerTo(there.packet)
          const back =
            there.outcome.kind === 'delivered'
              ? send(node, answer)
              : receive(node, { ...answer, input: there.packet.output ?? '' })
          expect(back.outcome.kind).toBe('sent')
          expect(packetText(answerTo(back.packet))).toBe(text)
        }
      }),
      { numRuns: 200 },
    )
  })

  test('passes a node without rules', () => {
    const node = kernel(EMPTY_RULESET, { sourceAddress: () => ip('192.168.49.2') })
    const passage = receive(node, from('udp 10.244.0.5:40000 > 203.0.113.1:53'))
    expect(end(passage)).toBe('udp 10.244.0.5:40000 > 203.0.113.1:53 sent eth0')
    expect(passage.steps).toEqual([])
  })
})
