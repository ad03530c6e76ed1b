import { beforeEach, describe, expect, it } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { ReplicationController } from '#api/core/v1/replication-controller/types.ts'
import { controllerOf } from '#apimachinery/object.ts'
import { Framework } from '../../../../support/conformance.ts'
import {
  AGNHOST,
  newDeployment,
  newReplicationController,
  simplePod,
} from '../../../../support/conformance-objects.ts'

const f = new Framework()
const RCS = 'replicationcontrollers'
const name = 'simpletest.rc'

const newOwner = (replicas: number, own = name): ReplicationController => {
  const labels = { gctest: own }
  const created = f.create(
    RCS,
    newReplicationController({ name: own, replicas, labels, image: AGNHOST }),
  )
  f.until('its Pods', () => f.get(RCS, own).status?.replicas === replicas)
  return created
}

const deleteOwner = (owner: ReplicationController, propagationPolicy: string): void =>
  f.delete(RCS, owner.metadata.name, {
    propagationPolicy,
    preconditions: { uid: owner.metadata.uid },
  })

describe('[sig-api-machinery] Garbage collector', () => {
  beforeEach(() => f.begin('gc'))

  it('should delete pods created by rc when not orphaning [Conformance]', () => {
    deleteOwner(newOwner(2), 'Background')
    f.until('nothing', () => f.items(RCS).length === 0 && f.items('pods').length === 0, 60)
  })

  it('should orphan pods created by rc if delete options say so [Serial] [Conformance]', () => {
    deleteOwner(newOwner(30), 'Orphan')
    f.until('the end of the rc', () => f.items(RCS).length === 0)
    f.sleep(30)
    const pods = f.items('pods')
    expect(pods).toHaveLength(30)
    expect(pods.filter(({ metadata }) => metadata.ownerReferences !== undefined)).toEqual([])
  })

  const newOwnerDeployment = () => {
    const labels = { gctest: 'deployment' }
    const created = f.create(
      'deployments.apps',
      newDeployment({ name: 'simpletest.deployment', replicas: 2, labels }),
    )
    f.until('its ReplicaSet', () => f.items('replicasets.apps')[0]?.status?.replicas === 2)
    return created
  }
  const remaining = () => [
    f.items('deployments.apps').length,
    f.items('replicasets.apps').length,
    f.items('pods').length,
  ]

  it('should delete RS created by deployment when not orphaning [Conformance]', () => {
    const { metadata } = newOwnerDeployment()
    f.delete('deployments.apps', metadata.name, {
      propagationPolicy: 'Background',
      preconditions: { uid: metadata.uid },
    })
    f.until('nothing', () => remaining().every((count) => count === 0), 60)
  })

  it('should orphan RS created by deployment when deleteOptions.PropagationPolicy is Orphan [Conformance]', () => {
    const { metadata } = newOwnerDeployment()
    f.delete('deployments.apps', metadata.name, {
      propagationPolicy: 'Orphan',
      preconditions: { uid: metadata.uid },
    })
    f.sleep(30)
    expect(remaining()).toEqual([0, 1, 2])
    expect(f.items('replicasets.apps').map(controllerOf)).toEqual([undefined])
  })

  it('should keep the rc around until all its pods are deleted if the deleteOptions says so [Serial] [Conformance]', () => {
    const owner = newOwner(10)
    const { metadata } = f.items('pods')[0]!
    // one Pod takes its time
    f.change('pods', metadata.name, (old) => ({
      metadata: { ...old.metadata, finalizers: ['e2e.example.com/finalizer'] },
    }))
    deleteOwner(owner, 'Foreground')
    f.until('one Pod', () => f.items('pods').length === 1)
    f.sleep(30)
    const left = f.get(RCS, name).metadata
    expect(left.deletionTimestamp).toBeDefined()
    expect(left.finalizers).toEqual(['foregroundDeletion'])
    f.change('pods', metadata.name, (old) => ({ metadata: { ...old.metadata, finalizers: [] } }))
    f.until('the end of the rc', () => f.find(RCS, name) === undefined, 60)
    expect(f.items('pods')).toEqual([])
  })

  it("should not delete dependents that have both valid owner and owner that's waiting for dependents to be deleted [Serial] [Conformance]", () => {
    const deleted = newOwner(10, 'simpletest-rc-to-be-deleted')
    const staying = newOwner(0, 'simpletest-rc-to-stay')
    const reference = {
      apiVersion: 'v1',
      kind: 'ReplicationController',
      name: staying.metadata.name,
      uid: staying.metadata.uid,
    }
    const half = f.items('pods').slice(0, 5)
    for (const { metadata } of half)
      f.patch('pods', metadata.name, { metadata: { ownerReferences: [reference] } })
    deleteOwner(deleted, 'Foreground')
    f.until('the end of the first rc', () => f.find(RCS, deleted.metadata.name) === undefined)
    f.sleep(30)
    const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name)
    const left = f.items('pods')
    expect(names(left)).toEqual(names(half))
    for (const pod of left) expect(pod.metadata.ownerReferences).toEqual([reference])
  })

  it('should not be blocked by dependency circle [Conformance]', () => {
    const pods = ['pod1', 'pod2', 'pod3'].map((each) => f.create('pods', simplePod(each)))
    const ownedBy = (index: number, owner: Pod | undefined) =>
      f.patch('pods', pods[index]?.metadata.name, {
        metadata: {
          ownerReferences: [
            {
              apiVersion: 'v1',
              kind: 'Pod',
              name: owner?.metadata.name,
              uid: owner?.metadata.uid,
              controller: true,
              blockOwnerDeletion: true,
            },
          ],
        },
      })
    ownedBy(0, pods[2])
    ownedBy(1, pods[0])
    ownedBy(2, pods[1])
    f.delete('pods', 'pod1', { propagationPolicy: 'Foreground' })
    f.until('no Pods', () => f.items('pods').length === 0)
  })
})
