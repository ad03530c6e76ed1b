// What a beginner reads in traces of a whole cluster: each sentence is true, and says what is the matter.
import { describe, expect, test } from 'vitest'
import { readTraceRequest } from '#network/read-request.ts'
import type { Trace } from '#network/trace.ts'
import { tablesDocument } from '#network/tables-document.ts'
import { trace } from '#network/trace-request.ts'
import { BrokenCluster, client, webDeployment, webService } from '../../../support/diagnosis.ts'

const HOST_POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'host', namespace: 'default' },
  spec: {
    hostNetwork: true,
    nodeName: 'node-1',
    containers: [{ name: 'shell', image: 'busybox', command: ['sleep', '1d'] }],
  },
}

const CLUSTER_IP = '10.96.44.44'

const cluster = new BrokenCluster().with(
  webDeployment(),
  webService({ clusterIP: CLUSTER_IP, type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] }),
  webService({ clusterIP: 'None', ports: undefined }, 'portless'),
  client(),
  HOST_POD,
)

const send = (from: object, to: string, sentIn = cluster): Trace => {
  const request = readTraceRequest({ from, to })
  if ('problem' in request) throw new Error(request.problem)
  return trace(sentIn.script.cluster.world(true), request)
}

const POD = { pod: 'default/client' }

describe('a trace says', () => {
  test("why a Pod in its node's network knows no names of Services", () => {
    const { outcome, says } = send({ pod: 'default/host' }, 'http://web/')
    expect(outcome).toBe('nxdomain')
    expect(says).toContain('ClusterFirstWithHostNet')
    expect(says).not.toContain('search list')
  })

  test('at which port a Service was asked in vain', () => {
    const { outcome, says } = send(POD, `tcp://${CLUSTER_IP}:8080`)
    expect(outcome).toBe('timeout')
    expect(says).toContain('no rule on node')
    expect(says).toContain('TCP port 8080')
  })

  test("which Pod answers in its node's network", () => {
    const listening = new BrokenCluster().with(client(), {
      ...HOST_POD,
      spec: { ...HOST_POD.spec, containers: [{ name: 'web', image: 'nginx:1.29' }] },
    })
    const { says, reply } = send(POD, 'http://192.168.49.2/', listening)
    expect(says).toBe('Pod default/host (host network) answered HTTP 200')
    expect(reply?.from).toBe('default/host')
    expect(send(POD, 'https://192.168.49.2:8443/healthz', listening).reply?.from).toBe('node-1')
  })

  test('that a hostPort is open on the loopback of its node too', () => {
    const spec = {
      nodeName: 'node-2',
      containers: [
        { name: 'web', image: 'nginx:1.29', ports: [{ containerPort: 80, hostPort: 8088 }] },
      ],
    }
    const hosting = new BrokenCluster().with({ ...HOST_POD, spec })
    const there = send({ node: 'node-2' }, 'http://127.0.0.1:8088/', hosting)
    expect(there.says).toBe('Pod default/host answered HTTP 200')
    expect(send({ node: 'node-1' }, 'http://127.0.0.1:8088/', hosting).outcome).toBe('refused')
  })

  test('where a packet goes before the rules for packets that go there', () => {
    const { hops } = send({ workstation: true }, 'http://192.168.49.2:30080/')
    const there = hops.filter(({ isReply, where }) => isReply !== true && where.node === 'node-1')
    const at = (found: (hop: (typeof there)[number]) => boolean) => there.findIndex(found)
    const routed = at(({ what }) => what === 'route' || what === 'forward')
    expect(at(({ what }) => what === 'dnat')).toBeLessThan(routed)
    expect(routed).toBeLessThan(at(({ rule }) => rule?.chain === 'FORWARD'))
    expect(routed).toBeLessThan(at(({ what }) => what === 'snat'))
  })

  test("that the learner's computer is on the nodes' cable", () => {
    const { outcome, hops } = send({ workstation: true }, 'http://192.168.49.2:30080/')
    expect(outcome).toBe('delivered')
    const back = hops.filter(({ isReply }) => isReply === true).map(({ says }) => says)
    expect(back).toContain('192.168.49.1 is your computer, on the same cable')
    expect(back.join()).not.toContain('router')
  })

  test('once what listens on a node', () => {
    const { says } = send({ node: 'node-1' }, 'tcp://127.0.0.1:9')
    const ports = says.match(/tcp \d+/g) ?? []
    expect(ports.length).toBeGreaterThan(2)
    expect(new Set(ports).size).toBe(ports.length)
  })

  test('who answers for a headless Service without ports', () => {
    expect(send(POD, 'http://portless/').outcome).toBe('delivered')
  })

  test('that a virtual server without endpoints has none', () => {
    const ipvs = new BrokenCluster({ settings: { proxyMode: 'ipvs' } }).with(
      webService({ clusterIP: CLUSTER_IP }),
      client(),
    )
    const { outcome, says } = send(POD, `tcp://${CLUSTER_IP}:80`, ipvs)
    expect(outcome).toBe('rejected')
    expect(says).toContain(`the virtual server ${CLUSTER_IP}:80 has no real server`)
  })
})

test('tables of iptables hold no rules for IPv6', () => {
  const tables = cluster.script.cluster.tablesOf('node-1')!
  expect(tablesDocument('node-1', tables, { family: 'ip6' }).text).toMatch(/^# .*wrote nothing/)
  expect(tablesDocument('node-1', tables, { family: 'ip' }).text).toContain('*nat')
})
