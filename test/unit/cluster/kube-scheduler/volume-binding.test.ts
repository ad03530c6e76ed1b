import { describe, expect, it } from 'vitest'
import type { PersistentVolume } from '#api/core/v1/persistent-volume/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { RawApi } from '../../../support/raw-api.ts'
import { post } from '../../../support/refusals.ts'

const DEFAULT = '/api/v1/namespaces/default'

const withClass = (provisioner: string, more = ''): RawApi => {
  const api = new RawApi()
  post(
    api,
    '/apis/storage.k8s.io/v1/storageclasses',
    `metadata: {name: late}\nprovisioner: ${provisioner}\nvolumeBindingMode: WaitForFirstConsumer\n${more}`,
  )
  return api
}

const claim = (api: RawApi, name: string, size = '1Gi', mode = 'ReadWriteOnce') =>
  post(
    api,
    `${DEFAULT}/persistentvolumeclaims`,
    `metadata: {name: ${name}}\nspec: {accessModes: [${mode}], storageClassName: late, resources: {requests: {storage: ${size}}}}`,
  )

const disk = (api: RawApi, name: string, node: string, size = '5Gi', mode = 'ReadWriteOnce') =>
  post(
    api,
    '/api/v1/persistentvolumes',
    `metadata: {name: ${name}}\nspec: {capacity: {storage: ${size}}, accessModes: [${mode}], storageClassName: late, local: {path: /d}, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [${node}]}]}]}}}`,
  )

const pod = (api: RawApi, name: string, ...claims: readonly string[]) => {
  const volumes = claims.map(
    (each) => `{name: ${each}, persistentVolumeClaim: {claimName: ${each}}}`,
  )
  post(
    api,
    `${DEFAULT}/pods`,
    `metadata: {name: ${name}}\nspec: {containers: [{name: c, image: i}], volumes: [${volumes.join(', ')}]}`,
  )
}

const nodeOf = (api: RawApi, name: string): string | undefined =>
  (api.send('GET', `${DEFAULT}/pods/${name}`).body as unknown as Pod).spec.nodeName

const volumeOf = (api: RawApi, name: string): PersistentVolume =>
  api.send('GET', `/api/v1/persistentvolumes/${name}`).body as unknown as PersistentVolume

const refusalOf = (api: RawApi, name: string): string => {
  const { status } = api.send('GET', `${DEFAULT}/pods/${name}`).body as unknown as Pod
  return status.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? ''
}

describe('a claim that waits for its first consumer', () => {
  it('is bound to a volume of the node that its Pod gets', () => {
    const api = withClass('kubernetes.io/no-provisioner')
    claim(api, 'data')
    disk(api, 'far', 'node-3')
    expect(volumeOf(api, 'far').status.phase).toBe('Available')
    pod(api, 'user', 'data')
    expect(nodeOf(api, 'user')).toBe('node-3')
    expect(volumeOf(api, 'far').spec.claimRef?.name).toBe('data')
    expect(volumeOf(api, 'far').status.phase).toBe('Bound')
  })

  it('keeps its Pod from running where there is no volume, until there is one', () => {
    const api = withClass('kubernetes.io/no-provisioner')
    claim(api, 'data')
    pod(api, 'user', 'data')
    expect(refusalOf(api, 'user')).toBe(
      "0/3 nodes are available: 3 node(s) didn't find available persistent volumes to bind. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
    )
    disk(api, 'near', 'node-2')
    expect(nodeOf(api, 'user')).toBe('node-2')
  })

  it('gets a volume of its own beside others of the same Pod', () => {
    const api = withClass('kubernetes.io/no-provisioner')
    claim(api, 'large', '4Gi')
    claim(api, 'small', '1Gi')
    disk(api, 'five', 'node-2')
    disk(api, 'two', 'node-2', '2Gi')
    disk(api, 'nine', 'node-1', '9Gi')
    pod(api, 'user', 'large', 'small')
    expect(nodeOf(api, 'user')).toBe('node-2')
    expect(volumeOf(api, 'five').spec.claimRef?.name).toBe('large')
    expect(volumeOf(api, 'two').spec.claimRef?.name).toBe('small')
  })

  it('tells whoever makes volumes which node it is for', () => {
    const api = withClass('k8s.io/minikube-hostpath')
    claim(api, 'data')
    pod(api, 'user', 'data')
    const { body } = api.send('GET', `${DEFAULT}/persistentvolumeclaims/data`)
    expect(body).toMatchObject({
      metadata: {
        annotations: { 'volume.kubernetes.io/selected-node': nodeOf(api, 'user') },
      },
      status: { phase: 'Bound' },
    })
  })

  it('goes on waiting for a volume after a restart, and for the same node', () => {
    const api = withClass('example.com/slow')
    claim(api, 'data')
    pod(api, 'user', 'data')
    expect(nodeOf(api, 'user')).toBeUndefined()
    const { body } = api.send('GET', `${DEFAULT}/persistentvolumeclaims/data`)
    const { annotations } = body['metadata'] as { annotations: Record<string, string> }
    const node = annotations['volume.kubernetes.io/selected-node']!
    api.restart()
    post(
      api,
      '/api/v1/persistentvolumes',
      'metadata: {name: made}\nspec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], storageClassName: late, hostPath: {path: /d}, claimRef: {namespace: default, name: data}}',
    )
    expect(nodeOf(api, 'user')).toBe(node)
  })
})

describe('a volume that is bound', () => {
  it('holds its Pods to the nodes that reach it', () => {
    const api = withClass('kubernetes.io/no-provisioner')
    claim(api, 'data')
    disk(api, 'far', 'node-3')
    pod(api, 'first', 'data')
    api.send(
      'PATCH',
      '/api/v1/nodes/node-3',
      { spec: { unschedulable: true } },
      { contentType: 'application/merge-patch+json' },
    )
    pod(api, 'second', 'data')
    expect(refusalOf(api, 'second')).toMatch(
      /^0\/3 nodes are available: 1 node\(s\) were unschedulable, 2 node\(s\) didn't match PersistentVolume's node affinity\. /,
    )
  })

  it('is for one Pod if it is to be', () => {
    const api = withClass('kubernetes.io/no-provisioner')
    claim(api, 'data', '1Gi', 'ReadWriteOncePod')
    disk(api, 'far', 'node-3', '5Gi', 'ReadWriteOncePod')
    pod(api, 'first', 'data')
    pod(api, 'second', 'data')
    expect(refusalOf(api, 'second')).toMatch(
      /^0\/3 nodes are available: 3 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode\. /,
    )
    api.send('DELETE', `${DEFAULT}/pods/first?gracePeriodSeconds=0`)
    expect(nodeOf(api, 'second')).toBe('node-3')
  })
})
