// What no other check explains is tried, so that no diagnosis says that all is well where a trace fails.
import { describe, expect, test } from 'vitest'
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
