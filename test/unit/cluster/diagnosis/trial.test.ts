// What no other check explains is tried, so that no diagnosis says that all is well where a trace fails.
import { describe, expect, test } from 'vitest'
import type { Remedy } from '#diagnosis/cause.ts'
import { attemptOf, BrokenCluster } from '../../../support/diagnosis.ts'
import { client, webDeployment, webService } from '../../../support/faults/manifests.ts'
import type { Manifest } from '../../../support/scripted-cluster.ts'

const cluster = (...manifests: readonly Manifest[]) =>
  new BrokenCluster().with(client(), webDeployment(), webService(), ...manifests)

const pod = (name: string, spec: object): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: {
    containers: [{ name: 'shell', image: 'busybox:1.37', command: ['sleep', '86400'] }],
    ...spec,
  },
})

describe('a request that fails for no reason that a check knows', () => {
  test.each([
    { from: 'pod:default/client', to: 'http://wep/' },
    { from: 'pod:default/client', to: 'http://web.defualt/' },
    { from: 'node:node-1', to: 'http://web/' },
    { from: 'pod:default/client', to: 'http://10.244.200.1/' },
  ])('$from to $to', (asked) => {
    const [cause, ...others] = cluster().diagnose('default/web', attemptOf(asked)).causes
    expect(others).toEqual([])
    expect(cause?.code).toBe('RequestFails')
    expect(cause?.says).toContain('fails: ')
  })
})

test.each([
  ['dnsPolicy Default', { dnsPolicy: 'Default' }, 'its dnsPolicy is Default'],
  ['host network', { hostNetwork: true }, 'ClusterFirst means the node'],
  [
    'a name server of its own',
    { dnsPolicy: 'None', dnsConfig: { nameservers: ['8.8.8.8'] } },
    'its dnsPolicy is None',
  ],
])('a caller with %s asks a name server that knows no Services', (_name, spec, why) => {
  const broken = cluster(pod('caller', spec))
  const attempt = attemptOf({ from: 'pod:default/caller', to: 'http://web/' })
  const diagnosis = broken.diagnose('default/web', attempt)
  expect(diagnosis.causes.map(({ code }) => code)).toEqual(['CallerAsksAnotherDns'])
  expect(diagnosis.causes[0]?.says).toContain(why)
  broken.mend(diagnosis)
  expect(broken.codes('default/web', attempt)).toEqual([])
})

test('one caller that is locked in is no fault of the Service, if nobody asks about it', () => {
  const broken = cluster(pod('free', {}), {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'locked', namespace: 'default' },
    spec: { podSelector: { matchLabels: { role: 'client' } }, policyTypes: ['Egress'] },
  })
  expect(broken.codes()).toEqual([])
  expect(broken.codes('default/web', attemptOf({ from: 'pod:default/client' }))).toHaveLength(1)
})

test('a caller by address needs no DNS', () => {
  const broken = cluster(
    pod('caller', { dnsPolicy: 'Default' }),
    webService({ clusterIP: '10.96.1.1' }, 'site'),
  )
  const asked = { from: 'pod:default/caller', to: 'http://10.96.1.1/' }
  expect(broken.codes('default/site', attemptOf(asked))).toEqual([])
})

test('a Pod that is made again is written as its author wrote it', () => {
  const broken = cluster(pod('caller', { dnsPolicy: 'Default', terminationGracePeriodSeconds: 1 }))
  const attempt = attemptOf({ from: 'pod:default/caller', to: 'http://web/' })
  const [{ remedy } = {} as { remedy?: Remedy }] = broken.diagnose('default/web', attempt).causes
  const text = JSON.stringify(remedy?.apply)
  expect(text).toContain('"terminationGracePeriodSeconds":1')
  expect(text).not.toMatch(/kube-api-access|nodeName|tolerations|last-applied/)
})

describe('from outside, without a word where', () => {
  const outside = attemptOf({ from: 'internet' })

  test('a Service without an outside address is out of reach', () => {
    expect(cluster().codes('default/web', outside)).toEqual(['OnlyInsideTheCluster'])
  })

  test('a node port or a load balancer is tried', () => {
    const broken = cluster(
      webService({ type: 'NodePort' }, 'ported'),
      webService({ type: 'LoadBalancer' }, 'balanced'),
      webService(
        { type: 'LoadBalancer', loadBalancerSourceRanges: ['198.51.100.0/24'] },
        'restricted',
      ),
    )
    expect(broken.codes('default/ported', outside)).toEqual([])
    expect(broken.codes('default/balanced', outside)).toEqual([])
    const [cause] = broken.diagnose('default/restricted', outside).causes
    expect(cause?.code).toBe('RequestFails')
    expect(cause?.says).toContain('loadBalancerSourceRanges')
  })
})

test('where everybody fails, somebody is asked why', () => {
  const broken = new BrokenCluster().with(
    pod('caller', { nodeName: 'node-1' }),
    webDeployment({ nodeName: 'node-2' }),
    webService({ internalTrafficPolicy: 'Local' }),
  )
  expect(broken.codes()).toEqual(['NoLocalEndpoint'])
})
