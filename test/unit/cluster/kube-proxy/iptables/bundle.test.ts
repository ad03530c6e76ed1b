import { describe, expect, it } from 'vitest'
import type { ProxySettings } from '#kube-proxy/backend.ts'
import type { ProxyEndpoint } from '#kube-proxy/endpoint.ts'
import { iptablesBackend } from '#kube-proxy/iptables/backend.ts'
import { chainNames } from '#kube-proxy/iptables/chain-names.ts'
import type { ServicePort } from '#kube-proxy/service-port.ts'
import { iptablesRule } from '#netfilter/iptables-text.ts'
import { aProxyEndpoint, aServicePort } from '../../../../support/proxy-objects.ts'
import { cidr, ip, proxySettings } from '../../../../support/proxy-recordings.ts'

const PLACE = { nodeName: 'node-1', zone: '', nodeIP: ip('192.168.49.2') }
const NAMES = chainNames(aServicePort().name)
const HERE = aProxyEndpoint('10.244.0.10')
const THERE = aProxyEndpoint('10.244.1.10', { nodeName: 'node-2' })
const HERE_CHAIN = 'KUBE-SEP-26PC3CYOE6X4RRUP'

const bundle = (
  port: Partial<ServicePort>,
  endpoints: readonly ProxyEndpoint[] = [HERE],
  settings: Partial<ProxySettings> = {},
  place = PLACE,
) => iptablesBackend.bundle(aServicePort(port), endpoints, place, proxySettings(settings))

type Bundle = ReturnType<typeof bundle>

const rulesOf = ({ chains }: Bundle, name: string): readonly string[] =>
  (chains.find(({ chain }) => chain.name === name)?.chain.rules ?? []).map((rule) =>
    iptablesRule(name, rule).replace(`-A ${name} `, ''),
  )

const sharedRulesOf = ({ rules }: Bundle, table: string, name: string): readonly string[] =>
  rules
    .filter((part) => part.table === table && part.chain === name)
    .flatMap((part) =>
      part.rules.map((rule) => iptablesRule(name, rule).replace(`-A ${name} `, '')),
    )

const chainsOf = ({ chains }: Bundle): readonly string[] =>
  chains.map(({ chain }) => chain.name.slice(0, 8))

describe('source ranges of a load balancer', () => {
  const lb = {
    nodePort: 30080,
    loadBalancerVIPs: [ip('203.0.113.10')],
    loadBalancerSourceRanges: [cidr('198.51.100.0/24'), cidr('203.0.113.64/26')],
  }
  const WHY = '-m comment --comment "default/web loadbalancer IP"'
  const REST =
    '-m comment --comment "other traffic to default/web will be dropped by KUBE-PROXY-FIREWALL"'

  it('stand between the address and the endpoints', () => {
    const found = bundle(lb)
    expect(sharedRulesOf(found, 'ip nat', 'KUBE-SERVICES')[1]).toBe(
      `-d 203.0.113.10/32 -p tcp ${WHY} -m tcp --dport 80 -j ${NAMES.firewall}`,
    )
    expect(rulesOf(found, NAMES.firewall)).toEqual([
      `-s 198.51.100.0/24 ${WHY} -j ${NAMES.external}`,
      `-s 203.0.113.64/26 ${WHY} -j ${NAMES.external}`,
      REST,
    ])
    expect(sharedRulesOf(found, 'ip filter', 'KUBE-PROXY-FIREWALL')).toEqual([
      `-d 203.0.113.10/32 -p tcp -m comment --comment "default/web traffic not accepted by ${NAMES.firewall}" -m tcp --dport 80 -j DROP`,
    ])
  })

  it('do not concern node ports and external IPs', () => {
    const found = bundle({ ...lb, externalIPs: [ip('198.51.100.1')] })
    expect(sharedRulesOf(found, 'ip nat', 'KUBE-NODEPORTS').at(-1)).toContain(
      `-j ${NAMES.external}`,
    )
    expect(sharedRulesOf(found, 'ip nat', 'KUBE-SERVICES')[1]).toBe(
      `-d 198.51.100.1/32 -p tcp -m comment --comment "default/web external IP" -m tcp --dport 80 -j ${NAMES.external}`,
    )
  })

  it('that hold the node let it through by the address of the load balancer', () => {
    const ranges = { ...lb, loadBalancerSourceRanges: [cidr('192.168.49.0/24')] }
    expect(rulesOf(bundle(ranges), NAMES.firewall)).toEqual([
      `-s 192.168.49.0/24 ${WHY} -j ${NAMES.external}`,
      `-s 203.0.113.10/32 ${WHY} -j ${NAMES.external}`,
      REST,
    ])
    const elsewhere = { ...PLACE, nodeIP: ip('192.168.50.2') }
    expect(rulesOf(bundle(ranges, [HERE], {}, elsewhere), NAMES.firewall)).toHaveLength(2)
  })

  it('that hold everything need no match', () =>
    expect(
      rulesOf(bundle({ ...lb, loadBalancerSourceRanges: [cidr('0.0.0.0/0')] }), NAMES.firewall)[0],
    ).toBe(`${WHY} -j ${NAMES.external}`))

  it('say nothing without a load balancer or without endpoints', () => {
    expect(chainsOf(bundle({ ...lb, loadBalancerVIPs: [] }))).not.toContain('KUBE-FW-')
    const none = bundle(lb, [])
    expect(none.chains).toEqual([])
    expect(sharedRulesOf(none, 'ip filter', 'KUBE-PROXY-FIREWALL')).toEqual([])
  })
})

describe('traffic of the cluster', () => {
  const CLUSTER_IP = '-m comment --comment "default/web cluster IP" -m tcp --dport 80'
  const POD = '-m comment --comment "pod traffic for default/web external destinations"'

  it.each<[ProxySettings['localDetector'], string | undefined, string | undefined]>([
    [
      { kind: 'cidr', cidr: cidr('10.0.0.0/8') },
      '! -s 10.0.0.0/8 -d 10.96.10.1/32 -p tcp',
      '-s 10.0.0.0/8',
    ],
    [{ kind: 'bridge', name: 'cni0' }, '-d 10.96.10.1/32 ! -i cni0 -p tcp', '-i cni0'],
    [{ kind: 'interfacePrefix', prefix: 'veth' }, '-d 10.96.10.1/32 ! -i veth+ -p tcp', '-i veth+'],
    [{ kind: 'none' }, undefined, undefined],
  ])('is told by %j', (localDetector, outside, inside) => {
    const found = bundle({ nodePort: 30080, isExternalPolicyLocal: true }, [HERE], {
      localDetector,
    })
    expect(rulesOf(found, NAMES.cluster).filter((rule) => rule.includes('KUBE-MARK-MASQ'))).toEqual(
      outside === undefined ? [] : [`${outside} ${CLUSTER_IP} -j KUBE-MARK-MASQ`],
    )
    expect(rulesOf(found, NAMES.external)).toEqual([
      ...(inside === undefined ? [] : [`${inside} ${POD} -j ${NAMES.cluster}`]),
      '-m comment --comment "masquerade LOCAL traffic for default/web external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ',
      `-m comment --comment "route LOCAL traffic for default/web external destinations" -m addrtype --src-type LOCAL -j ${NAMES.cluster}`,
      `-j ${NAMES.local}`,
    ])
  })

  it('is masqueraded all the same if everything is', () =>
    expect(
      rulesOf(
        bundle({}, [HERE], { masqueradeAll: true, localDetector: { kind: 'none' } }),
        NAMES.cluster,
      )[0],
    ).toBe(`-d 10.96.10.1/32 -p tcp ${CLUSTER_IP} -j KUBE-MARK-MASQ`))
})

describe('affinity', () => {
  const recent = (seconds: number) =>
    `-m comment --comment "default/web -> 10.244.0.10:8080" -m recent --rcheck --seconds ${seconds} --reap --name ${HERE_CHAIN} --mask 255.255.255.255 --rsource -j ${HERE_CHAIN}`

  it('looks for the client in the chains of both policies', () => {
    const found = bundle({ nodePort: 30080, isExternalPolicyLocal: true, stickySeconds: 60 }, [
      HERE,
      THERE,
    ])
    expect(rulesOf(found, NAMES.local)).toEqual([
      recent(60),
      `-m comment --comment "default/web -> 10.244.0.10:8080" -j ${HERE_CHAIN}`,
    ])
    expect(rulesOf(found, NAMES.cluster)[1]).toBe(recent(60))
    expect(rulesOf(found, NAMES.cluster)).toHaveLength(5)
  })

  it('remembers the client at its endpoint', () => {
    const remembered = (stickySeconds: number) =>
      rulesOf(bundle({ stickySeconds }), HERE_CHAIN)[1]?.includes('-m recent --set')
    expect(remembered(60)).toBe(true)
    expect(remembered(0)).toBe(false)
    expect(remembered(60)).toBe(true)
  })
})

describe('a port without endpoints for some traffic', () => {
  it('is silent about what it leaves to other nodes', () => {
    const found = bundle({ isInternalPolicyLocal: true, externalIPs: [ip('198.51.100.1')] }, [
      THERE,
    ])
    expect(sharedRulesOf(found, 'ip filter', 'KUBE-SERVICES')).toEqual([
      '-d 10.96.10.1/32 -p tcp -m comment --comment "default/web has no local endpoints" -m tcp --dport 80 -j DROP',
    ])
    expect(sharedRulesOf(found, 'ip filter', 'KUBE-EXTERNAL-SERVICES')).toEqual([])
    expect(chainsOf(found)).toEqual(['KUBE-EXT', 'KUBE-SVC', 'KUBE-SEP'])
    expect(rulesOf(found, NAMES.cluster)).toHaveLength(1)
  })

  it('drops external IPs and load balancers without a local endpoint, after the short ways', () => {
    const found = bundle(
      {
        externalIPs: [ip('198.51.100.1')],
        loadBalancerVIPs: [ip('203.0.113.10')],
        isExternalPolicyLocal: true,
        healthCheckNodePort: 30999,
      },
      [THERE],
    )
    expect(
      sharedRulesOf(found, 'ip filter', 'KUBE-EXTERNAL-SERVICES').map((rule) => rule.slice(0, 18)),
    ).toEqual(['-d 198.51.100.1/32', '-d 203.0.113.10/32'])
    expect(rulesOf(found, NAMES.external)).toHaveLength(3)
    expect(sharedRulesOf(found, 'ip filter', 'KUBE-NODEPORTS')).toEqual([
      '-p tcp -m comment --comment "default/web health check node port" -m tcp --dport 30999 -j ACCEPT',
    ])
  })

  it('answers health checks by TCP whatever its own protocol', () =>
    expect(
      sharedRulesOf(
        bundle({ protocol: 'UDP', healthCheckNodePort: 30999 }, []),
        'ip filter',
        'KUBE-NODEPORTS',
      )[0],
    ).toContain('-p tcp'))
})

describe('many endpoints', () => {
  const many = Array.from({ length: 1500 }, (_, index) =>
    aProxyEndpoint(`10.244.${index >> 8}.${index & 255}`),
  )

  it('share the traffic evenly', () => {
    const shares = rulesOf(bundle({}, many), NAMES.cluster).flatMap((rule) => {
      const found = /--probability (\S+)/.exec(rule)?.[1]
      return found === undefined ? [] : [Number(found)]
    })
    expect(shares).toHaveLength(1499)
    let left = 1
    for (const share of shares) {
      expect(left * share).toBeCloseTo(1 / 1500, 6)
      left *= 1 - share
    }
  })

  it('go without comments in a large cluster', () => {
    const large = bundle({ nodePort: 30080 }, [HERE], { isLargeCluster: true })
    expect(rulesOf(large, NAMES.cluster).at(-1)).toBe(`-j ${HERE_CHAIN}`)
    expect(rulesOf(large, HERE_CHAIN)).toEqual([
      '-s 10.244.0.10/32 -j KUBE-MARK-MASQ',
      '-p tcp -m tcp -j DNAT --to-destination 10.244.0.10:8080',
    ])
    expect(rulesOf(large, NAMES.external)[0]).toContain('--comment')
    expect(rulesOf(bundle({}), HERE_CHAIN)[0]).toContain('--comment')
  })

  it('keep their chains when another endpoint comes', () => {
    const before = bundle({}, [HERE])
    const after = bundle({}, [HERE, THERE])
    const chainOf = ({ chains }: Bundle) => chains.find(({ chain }) => chain.name === HERE_CHAIN)
    expect(chainOf(after)!.chain).toBe(chainOf(before)!.chain)
  })
})

describe('protocols', () => {
  it.each(['TCP', 'UDP', 'SCTP'] as const)(
    '%s is matched by the port of its packets',
    (protocol) => {
      const found = bundle({ protocol })
      const lower = protocol.toLowerCase()
      expect(sharedRulesOf(found, 'ip nat', 'KUBE-SERVICES')[0]).toContain(
        `-p ${lower} -m comment --comment "default/web cluster IP" -m ${lower} --dport 80`,
      )
    },
  )

  it('have chains of their own', () => {
    const name = aServicePort().name
    const names = (['TCP', 'UDP', 'SCTP'] as const).map(
      (protocol) => chainNames({ ...name, protocol }).cluster,
    )
    expect(new Set(names).size).toBe(3)
  })
})
