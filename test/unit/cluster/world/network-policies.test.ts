import { describe, expect, it } from 'vitest'
import type { ScriptedCluster } from '../../../support/scripted-cluster.ts'
import { aPod, create, ipOf, liveCluster, manifest } from './live-cluster.ts'

const policy = (name: string, spec: object, namespace = 'default') =>
  manifest('NetworkPolicy', name, { spec }, 'networking.k8s.io/v1', namespace)

const ofApp = (app: string) => ({ podSelector: { matchLabels: { app } } })

/** Pods `web`, `client` and `other` in default and `client` in shop, whose namespace has the label team=shop. */
const policyCluster = (...specs: readonly object[]): ScriptedCluster => {
  const cluster = liveCluster({ template: 'bare' })
  const ports = [{ name: 'http', containerPort: 8080 }]
  create(
    cluster,
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop', labels: { team: 'shop' } },
    },
    aPod('web', { image: 'nginx', ports }, { nodeName: 'node-1' }),
    aPod('client', { image: 'nginx' }, { nodeName: 'node-2' }),
    aPod('other', { image: 'nginx' }, { nodeName: 'node-2' }),
    {
      ...aPod('client', { image: 'nginx' }),
      metadata: { name: 'client', namespace: 'shop', labels: { app: 'client' } },
    },
    ...specs.map((spec, index) => policy(`policy-${index}`, spec)),
  )
  return cluster
}

interface Question {
  readonly from?: string
  readonly to?: string
  readonly port?: number
  readonly protocol?: 'tcp' | 'udp'
  readonly direction?: 'egress' | 'ingress'
}

const verdict = (
  cluster: ScriptedCluster,
  {
    from = 'default/client',
    to = 'default/web',
    port = 8080,
    protocol = 'tcp',
    direction,
  }: Question,
) => {
  const world = cluster.cluster.world()
  const endOf = (text: string) => {
    const [namespace = '', name] = text.split('/')
    return name === undefined ? ipOf(namespace) : world.pod(namespace, name)!
  }
  return world.policy(endOf(from), endOf(to), port, protocol, direction)
}

const isAllowed = (cluster: ScriptedCluster, question: Question = {}): boolean =>
  verdict(cluster, question).isAllowed

describe('without a policy', () => {
  it('everything is allowed', () => {
    const cluster = policyCluster()
    expect(isAllowed(cluster)).toBe(true)
    expect(isAllowed(cluster, { from: '203.0.113.9' })).toBe(true)
    expect(isAllowed(cluster, { to: '203.0.113.9' })).toBe(true)
  })
})

describe('a policy for ingress', () => {
  it('denies all to the Pods that it selects, and to no others', () => {
    const cluster = policyCluster(ofApp('web'))
    expect(isAllowed(cluster)).toBe(false)
    expect(isAllowed(cluster, { to: 'default/other' })).toBe(true)
    expect(isAllowed(cluster, { from: 'default/web', to: 'default/client' })).toBe(true)
  })

  it('says whom it selects and what it lacks', () => {
    expect(verdict(policyCluster(ofApp('web')), {}).says).toBe(
      'Pod default/web is selected for ingress by NetworkPolicy default/policy-0: only what is listed there may pass, and no rule lists traffic from Pod default/client to its TCP port 8080.',
    )
  })

  it('does not reach into other namespaces', () => {
    const cluster = policyCluster({ podSelector: {} })
    expect(isAllowed(cluster, { to: 'shop/client' })).toBe(true)
  })

  it.each([
    [
      'Pods of its own namespace',
      { podSelector: { matchLabels: { app: 'client' } } },
      [true, false, false],
    ],
    [
      'all Pods of namespaces',
      { namespaceSelector: { matchLabels: { team: 'shop' } } },
      [false, false, true],
    ],
    [
      'Pods of all namespaces',
      { namespaceSelector: {}, podSelector: { matchLabels: { app: 'client' } } },
      [true, false, true],
    ],
    ['all Pods of its own namespace', { podSelector: {} }, [true, true, false]],
  ])('may allow %s', (_what, peer, expected) => {
    const cluster = policyCluster({ ...ofApp('web'), ingress: [{ from: [peer] }] })
    const senders = ['default/client', 'default/other', 'shop/client']
    expect(senders.map((from) => isAllowed(cluster, { from }))).toEqual(expected)
    expect(isAllowed(cluster, { from: '203.0.113.9' })).toBe(false)
  })

  it('may allow networks, but for parts of them', () => {
    const ipBlock = { cidr: '203.0.113.0/24', except: ['203.0.113.128/25'] }
    const cluster = policyCluster({ ...ofApp('web'), ingress: [{ from: [{ ipBlock }] }] })
    expect(isAllowed(cluster, { from: '203.0.113.9' })).toBe(true)
    expect(isAllowed(cluster, { from: '203.0.113.200' })).toBe(false)
    expect(isAllowed(cluster)).toBe(false)
  })

  it('allows all senders with a rule that names none, and none without a rule', () => {
    expect(isAllowed(policyCluster({ ...ofApp('web'), ingress: [{}] }))).toBe(true)
    expect(isAllowed(policyCluster({ ...ofApp('web'), ingress: [] }))).toBe(false)
  })

  it.each([
    ['a number', { port: 8080 }, 8080, true],
    ['another number', { port: 80 }, 8080, false],
    ["the Pod's name for it", { port: 'http' }, 8080, true],
    ['a name that the Pod does not have', { port: 'admin' }, 8080, false],
    ['a range', { port: 8000, endPort: 8100 }, 8080, true],
    ['the end of a range', { port: 8000, endPort: 8080 }, 8080, true],
    ['a range that ends before', { port: 8000, endPort: 8079 }, 8080, false],
    ['a protocol', { protocol: 'TCP' }, 8080, true],
    ['another protocol', { protocol: 'UDP', port: 8080 }, 8080, false],
  ])('may allow ports: %s', (_what, port, asked, expected) => {
    const cluster = policyCluster({ ...ofApp('web'), ingress: [{ ports: [port] }] })
    expect(isAllowed(cluster, { port: asked })).toBe(expected)
  })

  it('adds to what other policies allow', () => {
    const cluster = policyCluster(
      { ...ofApp('web'), ingress: [{ from: [ofApp('client')] }] },
      { ...ofApp('web'), ingress: [{ from: [ofApp('other')] }] },
    )
    expect(['default/client', 'default/other'].map((from) => isAllowed(cluster, { from }))).toEqual(
      [true, true],
    )
    expect(isAllowed(cluster, { from: 'shop/client' })).toBe(false)
  })

  it('cannot keep out the node of the Pod, nor the Pod itself', () => {
    const cluster = policyCluster(ofApp('web'))
    expect(isAllowed(cluster, { from: '192.168.49.2' })).toBe(true)
    expect(isAllowed(cluster, { from: '192.168.49.3' })).toBe(false)
    expect(isAllowed(cluster, { from: 'default/web' })).toBe(true)
  })
})

describe('a policy for egress', () => {
  const egress = (rules: readonly object[]) => ({
    ...ofApp('client'),
    policyTypes: ['Egress'],
    egress: rules,
  })

  it('denies all that its Pods send, and leaves what they receive', () => {
    const cluster = policyCluster(egress([]))
    expect(isAllowed(cluster)).toBe(false)
    expect(isAllowed(cluster, { to: '203.0.113.9' })).toBe(false)
    expect(isAllowed(cluster, { from: 'default/web', to: 'default/client' })).toBe(true)
  })

  it('is asked apart from ingress', () => {
    const cluster = policyCluster(egress([]))
    expect(isAllowed(cluster, { direction: 'egress' })).toBe(false)
    expect(isAllowed(cluster, { direction: 'ingress' })).toBe(true)
  })

  it('may allow receivers and their ports', () => {
    const cluster = policyCluster(egress([{ to: [ofApp('web')], ports: [{ port: 'http' }] }]))
    expect(isAllowed(cluster)).toBe(true)
    expect(isAllowed(cluster, { port: 80 })).toBe(false)
    expect(isAllowed(cluster, { to: 'default/other' })).toBe(false)
  })

  it('knows a Pod by its address', () => {
    const cluster = policyCluster(egress([{ to: [ofApp('web')] }]))
    const { podIP } = (
      cluster.get('/api/v1/namespaces/default/pods/web') as { status: { podIP: string } }
    ).status
    expect(isAllowed(cluster, { to: podIP })).toBe(true)
  })
})
