import { describe, expect, it } from 'vitest'
import type { ProxySettings } from '#kube-proxy/backend.ts'
import { iptablesBackend } from '#kube-proxy/iptables/backend.ts'
import { iptablesSave } from '#netfilter/iptables-text.ts'
import { aServicePort, aProxyEndpoint } from '../../../../support/proxy-objects.ts'
import { cidr, ip, proxySettings, tablesOf } from '../../../../support/proxy-recordings.ts'

const PLACE = { nodeName: 'node-1', zone: '', nodeIP: ip('192.168.49.2') }
const NOTHING = { services: [], endpointSlices: [] }

const linesOf = (chain: string, settings: Partial<ProxySettings>): readonly string[] =>
  iptablesSave(tablesOf(iptablesBackend, NOTHING, PLACE, proxySettings(settings)))
    .split('\n')
    .filter((line) => line.startsWith(`-A ${chain} `))

const COMMENT =
  '-m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain"'

describe('where node ports are reached', () => {
  it.each<[string, Partial<ProxySettings>, readonly string[]]>([
    ['at every address', {}, [`${COMMENT} -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS`]],
    [
      'at every address if a range holds everything',
      { nodePortAddresses: [cidr('192.168.0.0/16'), cidr('0.0.0.0/0')] },
      [`${COMMENT} -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS`],
    ],
    [
      'at every address but 127.0.0.1',
      { localhostNodePorts: false },
      [`! -d 127.0.0.0/8 ${COMMENT} -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS`],
    ],
    [
      'at the addresses of a range',
      { nodePortAddresses: [cidr('192.168.49.0/24')] },
      [`-d 192.168.49.2/32 ${COMMENT} -j KUBE-NODEPORTS`],
    ],
    [
      'at 127.0.0.1 as well if a range holds it',
      { nodePortAddresses: [cidr('127.0.0.0/8'), cidr('192.168.49.2/32')] },
      [
        `-d 127.0.0.1/32 ${COMMENT} -j KUBE-NODEPORTS`,
        `-d 192.168.49.2/32 ${COMMENT} -j KUBE-NODEPORTS`,
      ],
    ],
    [
      'not at 127.0.0.1, whatever the ranges, if that is not wanted',
      {
        nodePortAddresses: [cidr('127.0.0.0/8'), cidr('192.168.49.2/32')],
        localhostNodePorts: false,
      },
      [`-d 192.168.49.2/32 ${COMMENT} -j KUBE-NODEPORTS`],
    ],
    ['nowhere', { nodePortAddresses: [cidr('172.16.0.0/12')] }, []],
  ])('%s', (_, settings, rules) =>
    expect(linesOf('KUBE-SERVICES', settings)).toEqual(
      rules.map((rule) => `-A KUBE-SERVICES ${rule}`),
    ),
  )
})

describe('127.0.0.0/8', () => {
  const BLOCK =
    '-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP'

  it.each<[string, Partial<ProxySettings>, readonly string[]]>([
    ['is closed to the outside where node ports need it open', {}, [BLOCK]],
    ['needs no rule without them', { localhostNodePorts: false }, []],
    ['needs no rule if no range holds it', { nodePortAddresses: [cidr('192.168.0.0/16')] }, []],
    ['needs the rule if a range holds it', { nodePortAddresses: [cidr('127.0.0.1/32')] }, [BLOCK]],
  ])('%s', (_, settings, rules) => expect(linesOf('KUBE-FIREWALL', settings)).toEqual(rules))

  it('has rules that count who uses a node port there, if it is open', () => {
    const port = aServicePort({ nodePort: 30080 })
    const rulesWith = (settings: Partial<ProxySettings>) =>
      iptablesBackend
        .bundle(port, [aProxyEndpoint('10.244.0.10')], PLACE, proxySettings(settings))
        .rules.find(({ chain }) => chain === 'KUBE-NODEPORTS')!.rules
    expect(rulesWith({})).toHaveLength(2)
    expect(rulesWith({ localhostNodePorts: false })).toHaveLength(1)
    expect(rulesWith({ nodePortAddresses: [cidr('192.168.0.0/16')] })).toHaveLength(1)
  })
})

describe('the mark of what is to be masqueraded', () => {
  it('is the bit that is set', () => {
    const settings = { masqueradeMark: 1 << 5 }
    expect(linesOf('KUBE-MARK-MASQ', settings)).toEqual([
      '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x20/0x20',
    ])
    expect(linesOf('KUBE-POSTROUTING', settings)).toEqual([
      '-A KUBE-POSTROUTING -m mark ! --mark 0x20/0x20 -j RETURN',
      '-A KUBE-POSTROUTING -j MARK --set-xmark 0x20/0x0',
      '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
    ])
    expect(linesOf('KUBE-FORWARD', settings)[1]).toContain('--mark 0x20/0x20 -j ACCEPT')
  })
})
