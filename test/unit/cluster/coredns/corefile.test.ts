import { describe, expect, it } from 'vitest'
import { parseCorefile, type ServerBlock } from '#coredns/corefile.ts'
import { answerQuestion, clusterCorefile } from '#coredns/server.ts'
import { addonObjects } from '#bootstrap/addons.ts'
import { settingsOf } from '#settings.ts'
import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import { askText, dnsCluster, dnsServer, outsideWorld } from '../../../support/dns-cluster.ts'

const blocks = (text: string): readonly ServerBlock[] => {
  const parsed = parseCorefile(text)
  if ('failure' in parsed) throw new Error(parsed.failure)
  return parsed.blocks
}
const failure = (text: string): string => {
  const parsed = parseCorefile(text)
  return 'failure' in parsed ? parsed.failure : 'it starts'
}
const client = dnsCluster()
const kubeadm = (
  addonObjects(settingsOf({})).find(
    ({ object }) => object.kind === 'ConfigMap' && object.metadata.name === 'coredns',
  )!.object as ConfigMap
).data!['Corefile']!

describe("kubeadm's Corefile", () => {
  it('answers for the cluster with 30 seconds and forwards the rest', () => {
    expect(blocks(kubeadm)).toMatchObject([
      {
        zones: ['.'],
        port: 53,
        isShuffled: true,
        kubernetes: {
          zones: ['cluster.local.', 'in-addr.arpa.', 'ip6.arpa.'],
          pods: 'insecure',
          ttl: 30,
          fallthrough: ['in-addr.arpa.', 'ip6.arpa.'],
        },
        cache: { success: 30, denial: 30, noSuccess: ['cluster.local.'] },
        forwards: [{ zone: '.', to: ['/etc/resolv.conf'] }],
      },
    ])
  })

  it('cuts the lifetime of what others say, but not of the cluster', () => {
    const server = dnsServer(client, kubeadm)
    expect(askText(server, 'A', 'web.default.svc.cluster.local')).toBe(
      'NOERROR; web.default.svc.cluster.local. 30 IN A 10.96.5.5',
    )
    expect(askText(server, 'A', 'api.external.com')).toBe(
      'NOERROR; api.external.com. 30 IN A 192.0.2.80',
    )
  })
})

describe('a Corefile with which CoreDNS does not start', () => {
  const at = (line: number, message: string) =>
    `/etc/coredns/Corefile:${line} - Error during parsing: ${message}`
  it.each([
    ['.:53 {\n  kubernets cluster.local\n}', at(2, "Unknown directive 'kubernets'")],
    [
      '.:53 {\n  errors\n',
      "/etc/coredns/Corefile:2 - Syntax error: Unexpected token 'errors', expecting '}'",
    ],
    ['.:53 {\n  forward . 1.1.1.1 {\n', at(2, 'Unexpected EOF')],
    ['.:53 {\n  errors }\n}', at(2, "Unexpected '}' because no matching opening brace")],
    ['. {\n  import other\n}', at(2, 'File to import not found: other')],
    [
      '(a) {\n  import b\n}\n(b) {\n  import a\n}\n. {\n  import a\n}',
      at(5, 'maximum snippet import depth (1000) exceeded'),
    ],
    ['. {\n}\n.:53 {\n}', 'cannot serve dns://.:53 - it is already defined'],
    ['. {\n  cache 0\n}', 'plugin/cache: cache TTL can not be zero or negative: 0'],
    [
      '. {\n  cache\n  cache\n}',
      'plugin/cache: this plugin can only be used once per Server Block',
    ],
    [
      '. {\n  forward .\n}',
      `plugin/forward: ${at(2, "Wrong argument count or unexpected line ending after '.'")}`,
    ],
    ['. {\n  forward . dns.google\n}', 'plugin/forward: not an IP address or file: "dns.google"'],
    [
      '. {\n  forward . 1.1.1.1 {\n    fast\n  }\n}',
      `plugin/forward: ${at(3, "unknown property 'fast'")}`,
    ],
    ['. {\n  kubernetes in-addr.arpa\n}', 'plugin/kubernetes: non-reverse zone name must be used'],
    [
      '. {\n  kubernetes cluster.local {\n    pods some\n  }\n}',
      'plugin/kubernetes: wrong value for pods: some,  must be one of: disabled, verified, insecure',
    ],
    [
      '. {\n  kubernetes cluster.local {\n    ttl x\n  }\n}',
      'plugin/kubernetes: strconv.Atoi: parsing "x": invalid syntax',
    ],
    [
      '. {\n  kubernetes cluster.local {\n    ttl 3601\n  }\n}',
      `plugin/kubernetes: ${at(3, 'ttl must be in range [0, 3600]: 3601')}`,
    ],
    [
      '. {\n  kubernetes cluster.local {\n    nonsense\n  }\n}',
      `plugin/kubernetes: ${at(3, "unknown property 'nonsense'")}`,
    ],
  ])('%j says %s', (text, expected) => {
    expect(failure(text)).toBe(expected)
  })
})

describe('what a Corefile may say', () => {
  it('has comments, quotes, several zones and snippets', () => {
    const text = `
# all of it
(shared) {
  errors # here too
  forward . "192.0.2.1"
}
cluster.local example.org:5353 {
  import shared
}
a.test,
b.test {
  import /etc/coredns/custom/*.override
}
`
    expect(
      blocks(text).map(({ zones, port, forwards }) => [zones, port, forwards.map(({ to }) => to)]),
    ).toEqual([
      [['cluster.local.'], 53, [['192.0.2.1']]],
      [['example.org.'], 5353, [['192.0.2.1']]],
      [['a.test.'], 53, []],
      [['b.test.'], 53, []],
    ])
  })

  it('turns networks into reverse zones', () => {
    const zones = (key: string) => blocks(`${key} {\n}`)[0]!.zones
    expect(zones('10.0.0.0/8')).toEqual(['10.in-addr.arpa.'])
    expect(zones('10.96.0.0/15')).toEqual(['96.10.in-addr.arpa.', '97.10.in-addr.arpa.'])
  })

  it('asks the servers of the nearest zone', () => {
    const asked: string[] = []
    const server = dnsServer(
      client,
      '. {\n forward . 192.0.2.1\n}\nexample.org {\n forward . 192.0.2.2\n}\n',
      {
        forward: (address, question) => {
          asked.push(`${question.name} ${address}`)
          return outsideWorld(question)
        },
      },
    )
    askText(server, 'A', 'www.example.org')
    askText(server, 'A', 'www.example.com')
    expect(asked).toEqual(['www.example.org. 192.0.2.2', 'www.example.com. 192.0.2.1'])
  })

  it('goes on to the next upstream, and fails if none answers', () => {
    const corefile = '. {\n forward . 192.0.2.1 192.0.2.2\n}\n'
    const one = dnsServer(client, corefile, {
      forward: (address, question) =>
        address === '192.0.2.1' ? 'timeout' : outsideWorld(question),
    })
    expect(askText(one, 'A', 'api.external.com')).toContain('192.0.2.80')
    const none = dnsServer(client, corefile, { forward: () => 'refused' })
    expect(askText(none, 'A', 'api.external.com')).toBe('SERVFAIL')
    expect(answerQuestion(none, { type: 'A', name: 'x.' }).forwarded).toHaveLength(2)
  })

  it('answers nothing for zones that it does not serve, or without plugins for them', () => {
    const server = dnsServer(client, 'cluster.local {\n errors\n}\n')
    expect(askText(server, 'A', 'web.default.svc.cluster.local')).toBe('SERVFAIL')
    expect(askText(server, 'A', 'example.com')).toBe('REFUSED')
  })

  it('knows hosts before everything else', () => {
    const server = (more: string) =>
      dnsServer(
        client,
        `. {\n hosts {\n 192.0.2.7 db.example.com web.default.svc.cluster.local\n${more}\n }\n kubernetes cluster.local\n forward . 1.1.1.1\n}\n`,
      )
    const open = server('fallthrough\n ttl 60')
    expect(askText(open, 'A', 'db.example.com')).toBe('NOERROR; db.example.com. 60 IN A 192.0.2.7')
    expect(askText(open, 'AAAA', 'db.example.com')).toBe('NOERROR')
    expect(askText(open, 'A', 'web.default.svc.cluster.local')).toContain('192.0.2.7')
    expect(askText(open, 'PTR', '7.2.0.192.in-addr.arpa')).toContain('PTR db.example.com.')
    expect(askText(open, 'A', 'kubernetes.default.svc.cluster.local')).toContain('10.96.0.1')
    expect(askText(server(''), 'A', 'kubernetes.default.svc.cluster.local')).toBe('SERVFAIL')
  })

  it.each([
    [
      'name exact old.example.com web.default.svc.cluster.local',
      'old.example.com',
      'web.default.svc.cluster.local. 5 IN A 10.96.5.5',
    ],
    [
      'name old.example.com web.default.svc.cluster.local answer auto',
      'old.example.com',
      'old.example.com. 5 IN A 10.96.5.5',
    ],
    [
      'stop name suffix .test .default.svc.cluster.local',
      'web.test',
      'web.default.svc.cluster.local. 5 IN A 10.96.5.5',
    ],
    ['name prefix old- new-', 'old-web.test', ''],
    [
      'name substring shop default',
      'web.shop.svc.cluster.local',
      'web.default.svc.cluster.local. 5 IN A 10.96.5.5',
    ],
  ])('rewrite %s: %s is %s', (rule, name, expected) => {
    const server = dnsServer(client, `. {\n rewrite ${rule}\n kubernetes cluster.local\n}\n`)
    const { message } = answerQuestion(server, { type: 'A', name: `${name}.` })
    expect(message.question.name).toBe(`${name}.`)
    expect(askText(server, 'A', name)).toBe(expected === '' ? 'SERVFAIL' : `NOERROR; ${expected}`)
  })

  it('shuffles addresses if it says loadbalance', () => {
    const first = () => 0
    const plain = dnsServer(client, '. {\n kubernetes cluster.local\n}\n', { below: first })
    const balanced = dnsServer(client, '. {\n kubernetes cluster.local\n loadbalance\n}\n', {
      below: first,
    })
    const addresses = (server: typeof plain) =>
      answerQuestion(server, { type: 'A', name: 'db.shop.svc.cluster.local.' }).message.answer.map(
        (record) => ('address' in record ? record.address : ''),
      )
    expect(addresses(plain)).toEqual(['10.244.1.8', '10.244.1.9'])
    expect(addresses(balanced)).toEqual(['10.244.1.9', '10.244.1.8'])
  })

  it('ends when aliases lead it to itself again and again', () => {
    const server = dnsServer(
      client,
      '. {\n rewrite name api.external.com outside.default.svc.cluster.local\n kubernetes cluster.local\n}\n',
    )
    const { message } = answerQuestion(server, {
      type: 'A',
      name: 'outside.default.svc.cluster.local.',
    })
    expect(message.rcode).toBe('NOERROR')
    expect(message.answer.every(({ type }) => type === 'CNAME')).toBe(true)
  })
})

describe("the cluster's Corefile", () => {
  it('is that of its ConfigMap', () => {
    const cluster = dnsCluster()
    expect(clusterCorefile(cluster)).toMatchObject({
      failure: expect.stringContaining('configmap "coredns" not found'),
    })
    const config = (data: Record<string, string>): ConfigMap => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'coredns', namespace: 'kube-system' },
      data,
    })
    cluster.create('configmaps', config({}))
    expect(clusterCorefile(cluster)).toMatchObject({
      failure: expect.stringContaining('references non-existent config key: Corefile'),
    })
    cluster.update('configmaps', config({ Corefile: kubeadm }))
    expect(clusterCorefile(cluster)).toBe(parseCorefile(kubeadm))
  })
})
