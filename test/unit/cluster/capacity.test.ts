import type { ReplicaSet } from '#api/apps/v1/replica-set/types.ts'
import type { StatefulSet } from '#api/apps/v1/stateful-set/types.ts'
import { Cluster } from '#cluster.ts'
import { planStatefulSet } from '#kube-controller-manager/statefulset/plan.ts'
import { settingsOf } from '#settings.ts'
import { describe, expect, test } from 'vitest'

const HUGE = 2_147_483_647
const pod = { containers: [{ name: 'web', image: 'nginx' }] }
const labels = { app: 'web' }

const bareCluster = (): Cluster =>
  new Cluster({
    seed: 1,
    settings: settingsOf({ template: 'bare', delays: 'instant' }),
    createdAt: 1_760_000_000_000,
  })

const post = (cluster: Cluster, path: string, body: unknown): number =>
  cluster.handle({
    method: 'POST',
    path,
    query: [],
    accept: '',
    contentType: 'application/json',
    userAgent: 'test',
    body: JSON.stringify(body),
    user: { username: 'admin', groups: ['system:masters'] },
  }).status

describe('who asks for two billion Pods', () => {
  test('by a Deployment gets what a cluster can hold, and is told why not more', () => {
    const cluster = bareCluster()
    const template = { metadata: { labels }, spec: pod }
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: HUGE, selector: { matchLabels: labels }, template },
    }
    expect(post(cluster, '/apis/apps/v1/namespaces/default/deployments', deployment)).toBe(201)
    expect(cluster.count('pods')).toBe(12_000)
    expect(cluster.faults).toEqual([])
    const [replicaSet] = cluster.objects('replicasets.apps') as readonly ReplicaSet[]
    expect(replicaSet?.status.conditions).toMatchObject([
      {
        type: 'ReplicaFailure',
        status: 'True',
        message: expect.stringContaining('this cluster holds at most 12000 pods') as string,
      },
    ])
  })

  test('by a StatefulSet gets them in parts', () => {
    const set = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'web', namespace: 'default', uid: 'u' },
      spec: {
        replicas: HUGE,
        podManagementPolicy: 'Parallel',
        updateStrategy: { type: 'RollingUpdate' },
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: pod },
      },
      status: { replicas: 0 },
    } as unknown as StatefulSet
    const revised = { revision: 'web-1', template: set.spec.template }
    const plan = planStatefulSet({ set, pods: [], now: 0, current: revised, update: revised })
    expect(plan.create.length).toBe(500)
    expect(plan.create.at(-1)!.metadata.name).toBe('web-499')
  })
})
