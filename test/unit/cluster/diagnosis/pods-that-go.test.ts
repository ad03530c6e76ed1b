// Pods that are Ready and unreachable, or on their way out.
import { expect, test } from 'vitest'
import { BrokenCluster } from '../../../support/diagnosis.ts'
import {
  client,
  existing,
  webContainer,
  webDeployment,
  webService,
} from '../../../support/faults/manifests.ts'

const cluster = (web = webDeployment()) => new BrokenCluster().with(client(), web, webService())

test('a node that is gone is found before the cluster notices it', () => {
  const broken = cluster(webDeployment({ nodeName: 'node-2' }))
  const machine = existing('Machine', 'node-2', undefined, 'kubarium.dev/v1')
  broken.script.merge(machine, { spec: { power: 'Off' } })
  const diagnosis = broken.diagnose()
  expect(diagnosis.causes.map(({ code }) => code)).toEqual(['NodeIsDown'])
  expect(diagnosis.causes[0]?.says).toContain('no request to web is answered')
  broken.mend(diagnosis)
  expect(broken.codes()).toEqual([])
})

test('one Pod that is not Ready is said to be not Ready', () => {
  const broken = new BrokenCluster().with(
    client(),
    webContainer({ readinessProbe: { httpGet: { path: '/no', port: 80 }, periodSeconds: 1 } }),
    webService(),
  )
  broken.script.merge(existing('Deployment', 'web', 'default', 'apps/v1'), {
    spec: { replicas: 1 },
  })
  broken.settle()
  expect(broken.diagnose().causes[0]?.says).toContain('finds a Pod, but it is not Ready')
})

test('Pods that are being deleted and still answer are told apart from Pods that do not', () => {
  const pod = existing('Pod', 'last', 'default')
  const broken = new BrokenCluster().with(client(), webService(), {
    ...pod,
    metadata: { ...pod.metadata, labels: { app: 'web' } },
    spec: {
      terminationGracePeriodSeconds: 60,
      containers: [
        {
          name: 'web',
          image: 'nginx:1.29',
          lifecycle: { preStop: { sleep: { seconds: 50 } } },
        },
      ],
    },
  })
  broken.script.delete(pod)
  broken.script.advance(1000)
  expect(broken.outcome({ pod: 'default/client' }, 'http://web/')).toBe('delivered')
  const [cause] = broken.diagnose().causes
  expect(cause?.says).toContain('traffic still goes to them until they end')
  broken.settle()
  expect(broken.codes()).toEqual(['NoPodMatchesSelector'])
})
