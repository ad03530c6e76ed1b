import { describe, expect, test } from 'vitest'
import type { DeploymentSpec } from '#api/apps/v1/deployment/types.ts'
import { forbidden } from '#apimachinery/status-error.ts'
import { deploymentController } from '#kube-controller-manager/deployment/deployment.ts'
import { proportionalSizes } from '#kube-controller-manager/deployment/scale.ts'
import { replicaSetController } from '#kube-controller-manager/replicaset/replicaset.ts'
import { templateHash } from '#kube-controller-manager/template-hash.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'
import { deployment, replicaSet, runPods, template } from '../../../support/controller-objects.ts'

const setup = (spec: Partial<DeploymentSpec> = {}) => {
  const cluster = new FakeCluster(deploymentController, replicaSetController)
  const { client } = cluster
  client.create('deployments.apps', deployment(spec))
  const get = () => client.get('deployments.apps', 'default', 'web')!
  const change = (changes: Partial<DeploymentSpec>) => {
    const current = get()
    client.update('deployments.apps', { ...current, spec: { ...current.spec, ...changes } })
    cluster.settle()
  }
  const replicaSets = () =>
    Object.fromEntries(
      client
        .list('replicasets.apps')
        .map((rs) => [rs.spec.template.spec.containers[0]!.image, rs.spec.replicas]),
    )
  const conditions = () =>
    get().status.conditions?.map((c) => `${c.type} ${c.status} ${c.reason}: ${c.message}`)
  const roll = (steps = 100) => {
    for (let step = 0; step < steps; step++) {
      cluster.settle()
      if (runPods(client) === 0) return
    }
  }
  cluster.settle()
  return { cluster, client, get, change, replicaSets, conditions, roll }
}

const image = (name: string) => ({ template: template({ app: 'web' }, name) })

describe('the Deployment controller', () => {
  test('creates a ReplicaSet named after its template and reports the rollout', () => {
    const { cluster, client, get, conditions, roll } = setup()
    const hash = templateHash(template(), undefined)
    const rs = client.get('replicasets.apps', 'default', `web-${hash}`)!
    expect(rs.metadata.labels).toEqual({ app: 'web', 'pod-template-hash': hash })
    expect(rs.spec.selector.matchLabels).toEqual({ app: 'web', 'pod-template-hash': hash })
    expect(rs.metadata.annotations).toEqual({
      'deployment.kubernetes.io/desired-replicas': '3',
      'deployment.kubernetes.io/max-replicas': '4',
      'deployment.kubernetes.io/revision': '1',
    })
    expect(get().metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' })
    expect(cluster.events[0]).toBe(
      `Normal ScalingReplicaSet Deployment/web: Scaled up replica set web-${hash} from 0 to 3`,
    )
    expect(conditions()).toEqual([
      'Available False MinimumReplicasUnavailable: Deployment does not have minimum availability.',
      `Progressing True ReplicaSetUpdated: ReplicaSet "web-${hash}" is progressing.`,
    ])
    roll()
    expect(conditions()).toEqual([
      'Available True MinimumReplicasAvailable: Deployment has minimum availability.',
      `Progressing True NewReplicaSetAvailable: ReplicaSet "web-${hash}" has successfully progressed.`,
    ])
    expect(get().status).toMatchObject({
      availableReplicas: 3,
      observedGeneration: 1,
      readyReplicas: 3,
      replicas: 3,
      terminatingReplicas: 0,
      updatedReplicas: 3,
    })
    expect(get().status).not.toHaveProperty('unavailableReplicas')
  })

  test('writes nothing when all is as it should be, also after a rebuild', () => {
    const { cluster, client, roll } = setup()
    roll()
    expect(cluster.writesWhenSettled()).toBe(0)
    const before = client.writes
    cluster.rebuild()
    cluster.settle()
    expect(client.writes).toBe(before)
    expect(cluster.nextDeadline()).toBeUndefined()
  })

  test('never has more Pods than the surge allows nor fewer available ones than promised in a rolling update', () => {
    const { client, change, cluster, replicaSets, roll } = setup({ replicas: 10 })
    roll()
    change(image('nginx:2'))
    for (let step = 0; step < 200; step++) {
      const pods = client.list('pods').filter((p) => p.metadata.deletionTimestamp === undefined)
      expect(pods.length).toBeLessThanOrEqual(13)
      expect(pods.filter((p) => p.status.phase === 'Running').length).toBeGreaterThanOrEqual(8)
      // One Pod at a time makes progress.
      const next = client
        .list('pods')
        .find((p) => p.metadata.deletionTimestamp !== undefined || p.status.phase === undefined)
      if (next === undefined) break
      runPods(client, (p) => p.metadata.name === next.metadata.name)
      cluster.settle()
    }
    expect(replicaSets()).toEqual({ nginx: 0, 'nginx:2': 10 })
  })

  test('tells of each step of a rolling update', () => {
    const { cluster, change, roll } = setup({ replicas: 1 })
    roll()
    cluster.events.length = 0
    change(image('nginx:2'))
    roll()
    const old = `web-${templateHash(template(), undefined)}`
    const next = `web-${templateHash(image('nginx:2').template, undefined)}`
    expect(cluster.events.filter((event) => event.includes('ScalingReplicaSet'))).toEqual([
      `Normal ScalingReplicaSet Deployment/web: Scaled up replica set ${next} from 0 to 1`,
      `Normal ScalingReplicaSet Deployment/web: Scaled down replica set ${old} from 1 to 0`,
    ])
  })

  test('gives the old ReplicaSet the next revision when its template comes back', () => {
    const { client, change, get, roll } = setup()
    roll()
    change(image('nginx:2'))
    roll()
    change(image('nginx'))
    roll()
    expect(get().metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3')
    const back = client.list('replicasets.apps').find((rs) => rs.spec.replicas === 3)
    expect(back?.metadata.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '3',
      'deployment.kubernetes.io/revision-history': '1',
    })
  })

  test('stops all old Pods before it starts new ones when it recreates', () => {
    const { client, change, replicaSets, roll } = setup({ strategy: { type: 'Recreate' } })
    roll()
    change(image('nginx:2'))
    expect(replicaSets()).toEqual({ nginx: 0 })
    expect(client.list('pods')).toHaveLength(3)
    roll()
    expect(replicaSets()).toEqual({ nginx: 0, 'nginx:2': 3 })
  })

  test('holds a paused rollout still, scales it all the same, and goes on when resumed', () => {
    const { change, conditions, replicaSets, roll } = setup()
    roll()
    change({ paused: true, ...image('nginx:2') })
    expect(replicaSets()).toEqual({ nginx: 3 })
    expect(conditions()).toEqual([
      'Available True MinimumReplicasAvailable: Deployment has minimum availability.',
      'Progressing Unknown DeploymentPaused: Deployment is paused',
    ])
    change({ replicas: 5 })
    expect(replicaSets()).toEqual({ nginx: 5 })
    change({ paused: false })
    roll()
    expect(replicaSets()).toEqual({ nginx: 0, 'nginx:2': 5 })
  })

  test('calls a rollout stuck when it makes no progress until the deadline', () => {
    const { cluster, client, change, conditions, roll } = setup({ progressDeadlineSeconds: 60 })
    roll()
    change(image('broken'))
    const name = client.list('replicasets.apps').find((rs) => rs.spec.replicas === 1)!.metadata.name
    cluster.advance(60_000)
    expect(conditions()?.[1]).toContain('ReplicaSetUpdated')
    cluster.rebuild()
    cluster.advance(1_000)
    expect(conditions()).toEqual([
      'Available True MinimumReplicasAvailable: Deployment has minimum availability.',
      `Progressing False ProgressDeadlineExceeded: ReplicaSet "${name}" has timed out progressing.`,
    ])
    expect(cluster.writesWhenSettled()).toBe(0)
    expect(cluster.nextDeadline()).toBeUndefined()
  })

  test('scales old and new in proportion in the middle of a rollout', () => {
    const { change, replicaSets, roll } = setup({ replicas: 10 })
    roll()
    change(image('broken'))
    expect(replicaSets()).toEqual({ nginx: 8, broken: 5 })
    change({ replicas: 20 })
    expect(replicaSets()).toEqual({ nginx: 15, broken: 10 })
  })

  test('keeps only as many old ReplicaSets as the history limit says', () => {
    const { change, replicaSets, roll } = setup({ revisionHistoryLimit: 1 })
    for (const name of ['nginx', 'nginx:2', 'nginx:3', 'nginx:4']) {
      change(image(name))
      roll()
    }
    expect(replicaSets()).toEqual({ 'nginx:3': 0, 'nginx:4': 3 })
  })

  test('adopts a ReplicaSet that an earlier Deployment left behind', () => {
    const { cluster, client, replicaSets, roll } = setup()
    roll()
    const [rs] = client.list('replicasets.apps')
    const { ownerReferences: _, ...metadata } = rs!.metadata
    client.update('replicasets.apps', { ...rs!, metadata })
    cluster.settle()
    expect(client.list('replicasets.apps')[0]!.metadata.ownerReferences?.[0]?.name).toBe('web')
    expect(replicaSets()).toEqual({ nginx: 3 })
  })

  test('counts a collision and takes another name when the name is taken', () => {
    const cluster = new FakeCluster(deploymentController, replicaSetController)
    const { client } = cluster
    const name = `web-${templateHash(template(), undefined)}`
    client.create(
      'replicasets.apps',
      replicaSet({ replicas: 0, selector: { matchLabels: { x: 'y' } } }, { name }),
    )
    client.create('deployments.apps', deployment())
    cluster.settle()
    expect(client.get('deployments.apps', 'default', 'web')!.status.collisionCount).toBe(1)
    expect(
      client.get('replicasets.apps', 'default', `web-${templateHash(template(), 1)}`),
    ).toBeDefined()
  })

  test('says why a ReplicaSet cannot be created', () => {
    const cluster = new FakeCluster(deploymentController)
    const { client } = cluster
    const error = forbidden({ group: 'apps', resource: 'replicasets' }, 'x', 'exceeded quota')
    client.refuse = (verb) =>
      verb === 'create' && client.list('deployments.apps').length > 0 ? error : undefined
    client.create('deployments.apps', deployment())
    cluster.settle()
    const name = `web-${templateHash(template(), undefined)}`
    const message = `Failed to create new replica set "${name}": replicasets.apps "x" is forbidden: exceeded quota`
    expect(cluster.events[0]).toBe(`Warning ReplicaSetCreateError Deployment/web: ${message}`)
    expect(client.list('deployments.apps')[0]!.status.conditions).toMatchObject([
      { type: 'Progressing', status: 'False', reason: 'ReplicaSetCreateError', message },
    ])
  })

  test('shows the failure of its ReplicaSet as its own', () => {
    const { cluster, client, change, conditions, roll } = setup()
    roll()
    const error = forbidden({ group: '', resource: 'pods' }, 'x', 'exceeded quota')
    client.refuse = (verb, resource) =>
      verb === 'create' && resource === 'pods' ? error : undefined
    change(image('nginx:2'))
    expect(conditions()?.[2]).toBe(
      'ReplicaFailure True FailedCreate: pods "x" is forbidden: exceeded quota',
    )
    client.refuse = () => undefined
    cluster.advance(1000)
    roll()
    expect(conditions()).toHaveLength(2)
  })
})

test('proportionalSizes() gives what rounding left over to the first', () => {
  const rs = (name: string, replicas: number) =>
    replicaSet(
      { replicas },
      { name, annotations: { 'deployment.kubernetes.io/max-replicas': '10' } },
    )
  const wanted = deployment({
    replicas: 20,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0 } },
  })
  const sizes = proportionalSizes(wanted, [rs('a', 4), rs('b', 3), rs('c', 3)], 10)
  expect([...sizes]).toEqual([
    ['a', 8],
    ['b', 6],
    ['c', 6],
  ])
})
