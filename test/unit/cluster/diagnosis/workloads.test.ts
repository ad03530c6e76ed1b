// Selectors that find no Pods, and what would make or resemble them.
import { expect, test } from 'vitest'
import { BrokenCluster } from '../../../support/diagnosis.ts'
import {
  client,
  namespace,
  webContainer,
  webDeployment,
  webService,
} from '../../../support/faults/manifests.ts'
import type { Manifest } from '../../../support/scripted-cluster.ts'

const labelled = (name: string, labels: object): Manifest => ({
  ...client(),
  metadata: { name, namespace: 'default', labels },
})

test('Pods that a quota forbids are said to be missing for that reason', () => {
  const broken = new BrokenCluster().with(
    client(),
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'few', namespace: 'default' },
      spec: { hard: { pods: '1' } },
    },
    webDeployment(),
    webService(),
  )
  const [cause, ...others] = broken.diagnose().causes
  expect(others).toEqual([])
  expect(cause?.says).toContain('Deployment web, which has none yet: ')
  expect(cause?.says).toContain('exceeded quota: few')
  expect(cause?.remedy).toBeUndefined()
})

test('nobody is told to select Pods that have nothing to do with it', () => {
  const broken = new BrokenCluster().with(
    labelled('db', { app: 'redis' }),
    labelled('queue', { app: 'kafka' }),
    webService(),
  )
  const [cause] = broken.diagnose().causes
  expect(cause?.code).toBe('NoPodMatchesSelector')
  expect(cause?.remedy).toBeUndefined()
})

test('labels that the cluster gives by itself are in no remedy', () => {
  const zone = { metadata: { labels: { 'topology.kubernetes.io/zone': 'a' } } }
  const broken = new BrokenCluster()
  for (const name of ['node-1', 'node-2', 'node-3'])
    broken.script.merge({ apiVersion: 'v1', kind: 'Node', metadata: { name } }, zone)
  broken.with(webDeployment(), webService({ selector: { app: 'wep' } }), namespace('shop'))
  const { remedy } = broken.diagnose().causes[0]!
  expect(remedy?.patch?.patch).toEqual({ spec: { selector: { app: 'web' } } })
})

test('a UDP port is mended with a UDP port', () => {
  const image = 'registry.k8s.io/e2e-test-images/agnhost:2.53'
  const args = ['netexec', '--http-port=8080', '--udp-port=8081']
  const ports = (targetPort: number) => [
    { name: 'http', port: 80, targetPort: 8080 },
    { name: 'udp', port: 81, targetPort, protocol: 'UDP' },
  ]
  const broken = new BrokenCluster().with(
    client(),
    webContainer({ image, args }),
    webService({ ports: ports(8081) }, 'right'),
    webService({ ports: ports(8085).slice(1) }),
  )
  const diagnosis = broken.diagnose()
  expect(diagnosis.causes.map(({ code }) => code)).toEqual(['ServicesShareThePods'])
  broken.mend(diagnosis)
  expect(broken.outcome({ pod: 'default/client' }, 'udp://web:81')).toBe('delivered')
})
