import { describe, expect, it } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { addressesInHosts, hostsFileText, podHostname } from '#coredns/hosts-file.ts'
import { DNS_SETTINGS, podResolvConf, resolvConfText } from '#coredns/resolv-conf.ts'
import { aBackend } from '../../../support/network-objects.ts'

const pod = (spec: Partial<Pod['spec']> = {}): Pod => aBackend('web-1', '10.244.1.5', { spec })
const text = (spec: Partial<Pod['spec']>) => resolvConfText(podResolvConf(pod(spec)))

const CLUSTER = `nameserver 10.96.0.10
search default.svc.cluster.local svc.cluster.local cluster.local
options ndots:5
`
const NODE = 'nameserver 192.168.49.1\n'

describe('/etc/resolv.conf', () => {
  it.each([
    ['nothing said', {}, CLUSTER],
    ['ClusterFirst', { dnsPolicy: 'ClusterFirst' }, CLUSTER],
    ['ClusterFirst on the node’s network', { dnsPolicy: 'ClusterFirst', hostNetwork: true }, NODE],
    [
      'ClusterFirstWithHostNet',
      { dnsPolicy: 'ClusterFirstWithHostNet', hostNetwork: true },
      CLUSTER,
    ],
    ['Default', { dnsPolicy: 'Default' }, NODE],
    [
      'None',
      {
        dnsPolicy: 'None',
        dnsConfig: {
          nameservers: ['1.1.1.1'],
          searches: ['resolv.conf.local'],
          options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
        },
      },
      'nameserver 1.1.1.1\nsearch resolv.conf.local\noptions ndots:2 edns0\n',
    ],
    [
      'ClusterFirst with more',
      {
        dnsConfig: {
          nameservers: ['10.96.0.10', '8.8.8.8'],
          searches: ['svc.cluster.local', 'corp.example'],
          options: [
            { name: 'timeout', value: '1' },
            { name: 'ndots', value: '1' },
          ],
        },
      },
      `nameserver 10.96.0.10
nameserver 8.8.8.8
search default.svc.cluster.local svc.cluster.local cluster.local corp.example
options ndots:1 timeout:1
`,
    ],
  ] as const)('of %s', (_, spec, expected) => {
    expect(text(spec)).toBe(expected)
  })

  it('has the search list of the node behind that of the cluster', () => {
    const node = { ...DNS_SETTINGS.node, searches: ['lan', 'cluster.local'] }
    expect(podResolvConf(pod(), { ...DNS_SETTINGS, node }).searches).toEqual([
      'default.svc.cluster.local',
      'svc.cluster.local',
      'cluster.local',
      'lan',
    ])
  })

  it('falls back to the node if the kubelet knows no cluster DNS', () => {
    expect(podResolvConf(pod(), { ...DNS_SETTINGS, clusterDNS: [] }).nameservers).toEqual([
      '192.168.49.1',
    ])
  })

  it('has three name servers at most', () => {
    const conf = podResolvConf(
      pod({ dnsConfig: { nameservers: ['1.1.1.1', '2.2.2.2', '3.3.3.3'] } }),
    )
    expect(conf.nameservers).toEqual(['10.96.0.10', '1.1.1.1', '2.2.2.2'])
    expect(conf.warnings).toEqual([
      'Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: 10.96.0.10 1.1.1.1 2.2.2.2',
    ])
  })

  it('has 32 search domains and 2048 characters of them at most', () => {
    const many = Array.from({ length: 40 }, (_, index) => `d${index}`)
    const short = podResolvConf(pod({ dnsConfig: { searches: many } }))
    expect(short.searches).toHaveLength(32)
    expect(short.warnings[0]).toMatch(
      /^Search Line limits were exceeded, some search paths have been omitted, the applied search line is: default\.svc\.cluster\.local .* d28$/,
    )
    const long = many.slice(0, 12).map((name) => `${name}.${'x'.repeat(200)}`)
    const { searches } = podResolvConf(pod({ dnsConfig: { searches: long } }))
    expect(searches).toHaveLength(12)
    expect(searches.join(' ').length).toBeLessThanOrEqual(2048)
  })
})

describe('/etc/hosts', () => {
  const head = `# Kubernetes-managed hosts file.
127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::0\tip6-localnet
fe00::0\tip6-mcastprefix
fe00::1\tip6-allnodes
fe00::2\tip6-allrouters
`
  it.each([
    ['a pod', {}, `${head}10.244.1.5\tweb-1\n`],
    ['a hostname', { hostname: 'one' }, `${head}10.244.1.5\tone\n`],
    [
      'a subdomain',
      { hostname: 'one', subdomain: 'db' },
      `${head}10.244.1.5\tone.db.default.svc.cluster.local\tone\n`,
    ],
    [
      'aliases',
      {
        hostAliases: [
          { ip: '127.0.0.1', hostnames: ['foo.local', 'bar.local'] },
          { ip: '10.1.2.3', hostnames: ['foo.remote'] },
        ],
      },
      `${head}10.244.1.5\tweb-1\n\n# Entries added by HostAliases.\n127.0.0.1\tfoo.local\tbar.local\n10.1.2.3\tfoo.remote\n`,
    ],
    [
      'the node’s network',
      { hostNetwork: true },
      '# Kubernetes-managed hosts file (host network).\n127.0.0.1\tlocalhost\n',
    ],
  ] as const)('of %s', (_, spec, expected) => {
    expect(hostsFileText(pod(spec))).toBe(expected)
  })

  it('shortens hostnames that are too long', () => {
    const name = `${'a'.repeat(62)}-${'b'.repeat(10)}`
    expect(podHostname({ metadata: { name }, spec: pod().spec }).hostname).toBe('a'.repeat(62))
    expect(podHostname(pod({ hostnameOverride: 'x.y' }))).toEqual({ hostname: 'x.y', domain: '' })
  })

  it('is read by name, whatever the letters', () => {
    const hosts = hostsFileText(pod({ hostAliases: [{ ip: '10.1.2.3', hostnames: ['A.test'] }] }))
    expect(addressesInHosts(hosts, 'a.TEST')).toEqual(['10.1.2.3'])
    expect(addressesInHosts(hosts, 'localhost')).toEqual(['127.0.0.1', '::1'])
    expect(addressesInHosts(hosts, 'HostAliases.')).toEqual([])
  })
})
