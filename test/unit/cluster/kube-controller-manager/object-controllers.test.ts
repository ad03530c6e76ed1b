import { beforeEach, describe, expect, it } from 'vitest'
import type { KubeObject } from '#apimachinery/object.ts'
import { clusterRoleAggregation } from '#kube-controller-manager/clusterroleaggregation/cluster-role-aggregation.ts'
import { claimProtection } from '#kube-controller-manager/storage-protection/storage-protection.ts'
import { FakeCluster } from '../../../support/fake-cluster.ts'

const ROLES = 'clusterroles.rbac.authorization.k8s.io'
const CLAIMS = 'persistentvolumeclaims'

let cluster: FakeCluster
const create = (resource: string, object: object): void => {
  cluster.client.create(resource as never, object as never)
  cluster.settle()
}
const read = (resource: string, namespace: string, name: string): KubeObject | undefined =>
  cluster.client.dynamic.get(resource, namespace, name)

describe('the protection of claims', () => {
  const finalizers = ['kubernetes.io/pvc-protection']
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'default', finalizers },
    spec: {},
  }
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: {
      nodeName: 'n',
      containers: [],
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
    },
    status: { phase: 'Running' },
  }

  beforeEach(() => {
    cluster = new FakeCluster(claimProtection)
  })

  it('is given to a claim without it', () => {
    create(CLAIMS, { ...claim, metadata: { name: 'data', namespace: 'default' } })
    expect(read(CLAIMS, 'default', 'data')!.metadata.finalizers).toEqual(finalizers)
    expect(cluster.writesWhenSettled()).toBe(0)
  })

  it('ends at once if nobody uses the claim', () => {
    create(CLAIMS, claim)
    cluster.client.dynamic.delete(CLAIMS, 'default', 'data')
    cluster.settle()
    expect(read(CLAIMS, 'default', 'data')).toBeUndefined()
  })

  it('ends when the last Pod that uses the claim ends', () => {
    create(CLAIMS, claim)
    create('pods', pod)
    cluster.client.dynamic.delete(CLAIMS, 'default', 'data')
    cluster.settle()
    expect(read(CLAIMS, 'default', 'data')).toBeDefined()
    const live = read('pods', 'default', 'p')!
    cluster.client.dynamic.update(
      'pods',
      { ...live, status: { phase: 'Succeeded' } } as KubeObject,
      {
        subresource: 'status',
      },
    )
    cluster.settle()
    expect(read(CLAIMS, 'default', 'data')).toBeUndefined()
  })
})

describe('the aggregation of roles', () => {
  const rule = (resource: string): object => ({
    apiGroups: [''],
    resources: [resource],
    verbs: ['get'],
  })
  const role = (name: string, parts: object, labels: object = {}): object => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name, labels },
    ...parts,
  })

  it('keeps a role equal to the sum of those it names, each rule once', () => {
    cluster = new FakeCluster(clusterRoleAggregation)
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { to: 'sum' } }] }
    create(ROLES, role('sum', { aggregationRule }))
    create(ROLES, role('b', { rules: [rule('pods'), rule('nodes')] }, { to: 'sum' }))
    create(ROLES, role('a', { rules: [rule('pods')] }, { to: 'sum' }))
    create(ROLES, role('other', { rules: [rule('secrets')] }))
    expect(read(ROLES, '', 'sum')).toMatchObject({ rules: [rule('pods'), rule('nodes')] })
    expect(cluster.writesWhenSettled()).toBe(0)
  })
})
