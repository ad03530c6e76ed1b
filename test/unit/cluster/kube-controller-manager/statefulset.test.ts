import { describe, expect, test } from 'vitest'
import type { StatefulSet, StatefulSetSpec } from '#api/apps/v1/stateful-set/types.ts'
import type { ControllerRevision } from '#api/apps/v1/controller-revision/types.ts'
import type { OwnerReference } from '#apimachinery/object.ts'
import { garbageCollector } from '#kube-controller-manager/garbage-collector/garbage-collector.ts'
import { claimOwners } from '#kube-controller-manager/statefulset/identity.ts'
import { statefulSetController } from '#kube-controller-manager/statefulset/statefulset.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'
import { pod, runPods, template } from '../../../support/controller-objects.ts'

const statefulSet = (spec: Partial<StatefulSetSpec>): StatefulSet => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db', namespace: 'default' },
  spec: {
    serviceName: 'db',
    replicas: 3,
    revisionHistoryLimit: 10,
    podManagementPolicy: 'OrderedReady',
    selector: { matchLabels: { app: 'db' } },
    template: template({ app: 'db' }, 'postgres:16'),
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    ...spec,
  },
  status: { replicas: 0 },
})

const setup = (spec: Partial<StatefulSetSpec> = {}) => {
  const cluster = new FakeCluster(statefulSetController, garbageCollector)
  const { client } = cluster
  client.create('statefulsets.apps', statefulSet(spec))
  cluster.settle()
  const get = () => client.get('statefulsets.apps', 'default', 'db')!
  const change = (changes: Partial<StatefulSetSpec>) => {
    client.update('statefulsets.apps', { ...get(), spec: { ...get().spec, ...changes } })
    cluster.settle()
  }
  const names = () => client.list('pods').map((p) => p.metadata.name)
  const images = () => client.list('pods').map((p) => p.spec.containers[0]!.image)
  const roll = () => {
    do cluster.settle()
    while (runPods(client) > 0)
  }
  return { cluster, client, get, change, names, images, roll }
}

const image = (name: string) => ({ template: template({ app: 'db' }, name) })

describe('the StatefulSet controller', () => {
  test('makes one Pod after the other, each when the one before is ready', () => {
    const { client, cluster, names, roll } = setup()
    expect(names()).toEqual(['db-0'])
    runPods(client)
    cluster.settle()
    expect(names()).toEqual(['db-0', 'db-1'])
    roll()
    expect(names()).toEqual(['db-0', 'db-1', 'db-2'])
    expect(cluster.events).toEqual([
      'Normal SuccessfulCreate StatefulSet/db: create Pod db-0 in StatefulSet db successful',
      'Normal SuccessfulCreate StatefulSet/db: create Pod db-1 in StatefulSet db successful',
      'Normal SuccessfulCreate StatefulSet/db: create Pod db-2 in StatefulSet db successful',
    ])
  })

  test('gives each Pod its identity', () => {
    const { client, get } = setup()
    const first = client.list('pods')[0]!
    const { updateRevision } = get().status
    expect(first.metadata).toMatchObject({
      generateName: 'db-',
      labels: {
        app: 'db',
        'apps.kubernetes.io/pod-index': '0',
        'controller-revision-hash': updateRevision,
        'statefulset.kubernetes.io/pod-name': 'db-0',
      },
    })
    expect(first.spec).toMatchObject({ hostname: 'db-0', subdomain: 'db' })
  })

  test('reports its revisions and counts', () => {
    const { client, get, roll } = setup()
    roll()
    const revision = client.list('controllerrevisions.apps')[0]!
    expect(revision.revision).toBe(1)
    expect(get().status).toEqual({
      availableReplicas: 3,
      collisionCount: 0,
      currentReplicas: 3,
      currentRevision: revision.metadata.name,
      observedGeneration: 1,
      readyReplicas: 3,
      replicas: 3,
      updateRevision: revision.metadata.name,
      updatedReplicas: 3,
    })
  })

  test('writes nothing when all is as it should be, also after a rebuild', () => {
    const { cluster, client, roll } = setup()
    roll()
    expect(cluster.writesWhenSettled()).toBe(0)
    const before = client.writes
    cluster.rebuild()
    cluster.settle()
    expect(client.writes).toBe(before)
  })

  test('makes all Pods at once when told to', () => {
    const { names } = setup({ podManagementPolicy: 'Parallel' })
    expect(names()).toEqual(['db-0', 'db-1', 'db-2'])
  })

  test('replaces Pods from the highest down when the template changes', () => {
    const { cluster, client, change, get, images, roll } = setup()
    roll()
    const { currentRevision } = get().status
    change(image('postgres:17'))
    expect(client.list('pods').map((p) => p.metadata.deletionTimestamp !== undefined)).toEqual([
      false,
      false,
      true,
    ])
    runPods(client)
    cluster.settle()
    expect(images()).toEqual(['postgres:16', 'postgres:16', 'postgres:17'])
    expect(get().status).toMatchObject({ currentRevision, currentReplicas: 2, updatedReplicas: 1 })
    roll()
    expect(images()).toEqual(['postgres:17', 'postgres:17', 'postgres:17'])
    expect(get().status.currentRevision).toBe(get().status.updateRevision)
    expect(
      client
        .list('controllerrevisions.apps')
        .map((r) => r.revision)
        .sort(),
    ).toEqual([1, 2])
  })

  test('leaves Pods below the partition as they are, even when they must be made again', () => {
    const { client, change, images, roll } = setup()
    roll()
    change({
      ...image('postgres:17'),
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } },
    })
    roll()
    expect(images()).toEqual(['postgres:16', 'postgres:17', 'postgres:17'])
    client.delete('pods', 'default', 'db-0')
    roll()
    expect(images()).toEqual(['postgres:16', 'postgres:17', 'postgres:17'])
  })

  test('gives an old revision the next number when its template comes back', () => {
    const { client, change, roll } = setup()
    roll()
    for (const name of ['postgres:17', 'postgres:16']) {
      change(image(name))
      roll()
    }
    expect(
      client
        .list('controllerrevisions.apps')
        .map((r) => r.revision)
        .sort(),
    ).toEqual([2, 3])
  })

  test('keeps as many unused revisions as the limit says', () => {
    const { client, change, roll } = setup({ revisionHistoryLimit: 1 })
    roll()
    for (const name of ['postgres:17', 'postgres:18', 'postgres:19']) {
      change(image(name))
      roll()
    }
    expect(
      client
        .list('controllerrevisions.apps')
        .map((r) => r.revision)
        .sort(),
    ).toEqual([3, 4])
  })

  test('scales down from the highest, one after the other', () => {
    const { cluster, change, client, names, roll } = setup()
    roll()
    change({ replicas: 1 })
    expect(names()).toHaveLength(3)
    runPods(client)
    cluster.settle()
    expect(names()).toEqual(['db-0', 'db-1'])
    roll()
    expect(names()).toEqual(['db-0'])
  })

  test('makes the claims of its templates before the Pods and keeps them afterwards', () => {
    const { cluster, client, change, roll } = setup({
      replicas: 1,
      volumeClaimTemplates: [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'data' },
          spec: { resources: { requests: { storage: '1Gi' } } },
          status: {},
        },
      ],
    })
    expect(cluster.events[0]).toBe(
      'Normal SuccessfulCreate StatefulSet/db: create Claim data-db-0 Pod db-0 in StatefulSet db success',
    )
    expect(client.list('pods')[0]!.spec.volumes).toEqual([
      { name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } },
    ])
    expect(client.get('persistentvolumeclaims', 'default', 'data-db-0')?.metadata.labels).toEqual({
      app: 'db',
    })
    roll()
    change({ replicas: 0 })
    roll()
    expect(client.list('persistentvolumeclaims')).toHaveLength(1)
  })

  test('lets claims go with the set or with a Pod that is scaled away, if told to', () => {
    const { client, change, roll } = setup({
      replicas: 2,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' },
      volumeClaimTemplates: [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'data' },
          spec: { resources: {} },
          status: {},
        },
      ],
    })
    roll()
    change({ replicas: 1 })
    roll()
    expect(client.list('persistentvolumeclaims').map((c) => c.metadata.name)).toEqual(['data-db-0'])
    client.delete('statefulsets.apps', 'default', 'db')
    roll()
    expect(client.list('persistentvolumeclaims')).toEqual([])
  })

  test('takes over revisions that lose their owner', () => {
    const cluster = new FakeCluster(statefulSetController)
    const { client } = cluster
    client.create('statefulsets.apps', statefulSet({ replicas: 0 }))
    cluster.settle()
    const revision = (): ControllerRevision => client.list('controllerrevisions.apps')[0]!
    const other = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      name: 'x',
      uid: 'x',
      controller: true,
    }
    const owned = (ownerReferences: readonly OwnerReference[]): void => {
      const { metadata } = revision()
      client.update('controllerrevisions.apps', {
        ...revision(),
        metadata: { ...metadata, ownerReferences },
      })
      cluster.settle()
    }
    const { name } = revision().metadata
    owned([other])
    expect(
      client.get('controllerrevisions.apps', 'default', name!)!.metadata.ownerReferences,
    ).toEqual([other])
    owned([])
    expect(revision().metadata.ownerReferences).toMatchObject([{ kind: 'StatefulSet', name: 'db' }])
    expect(cluster.writesWhenSettled()).toBe(0)
  })

  test('adopts only Pods that bear one of its names', () => {
    const cluster = new FakeCluster(statefulSetController)
    const { client } = cluster
    client.create('pods', pod({ name: 'db-0', labels: { app: 'db' } }))
    client.create('pods', pod({ name: 'other', labels: { app: 'db' } }))
    client.create('statefulsets.apps', statefulSet({ replicas: 1 }))
    cluster.settle()
    const owners = client.list('pods').map((p) => p.metadata.ownerReferences?.[0]?.name)
    expect(owners).toEqual(['db', undefined])
  })
})

describe('claimOwners()', () => {
  const policy = { whenDeleted: 'Delete', whenScaled: 'Delete' } as const
  const set = (spec: Partial<StatefulSetSpec> = {}): StatefulSet => {
    const made = statefulSet({ replicas: 1, persistentVolumeClaimRetentionPolicy: policy, ...spec })
    return { ...made, metadata: { ...made.metadata, uid: 'set-1' } }
  }
  const db0 = pod({ name: 'db-0', uid: 'pod-0' })
  const db1 = pod({ name: 'db-1', uid: 'pod-1' })
  const reference = (kind: string, name: string, uid: string, more: object = {}) => ({
    apiVersion: kind === 'Pod' ? 'v1' : 'apps/v1',
    kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
    ...more,
  })
  const bySet = reference('StatefulSet', 'db', 'set-1')
  const other = reference('Thing', 'x', 'x', { controller: false })

  test.each([
    ['the set while its Pod is wanted', set(), db0, [], [bySet]],
    ['a Pod that is scaled away', set(), db1, [bySet], [reference('Pod', 'db-1', 'pod-1')]],
    [
      'the set again when its Pod is wanted again',
      set({ replicas: 2 }),
      db1,
      [reference('Pod', 'db-1', 'pod-1'), other],
      [other, bySet],
    ],
    [
      'nobody when claims stay',
      set({
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      }),
      db0,
      [bySet],
      [],
    ],
    [
      'the set as a controller where it was only an owner',
      set(),
      db0,
      [{ ...bySet, controller: false }],
      [bySet],
    ],
    [
      'an earlier set of the name',
      set(),
      db0,
      [{ ...bySet, uid: 'set-0' }],
      [{ ...bySet, uid: 'set-0' }],
    ],
    [
      'another controller alone',
      set(),
      db0,
      [{ ...other, controller: true }, bySet],
      [{ ...other, controller: true }],
    ],
  ])('gives a claim to %s', (_who, owner, member, before, after) => {
    expect(claimOwners(owner, member, before)).toEqual(after)
    expect(claimOwners(owner, member, after)).toBe(after)
  })
})
