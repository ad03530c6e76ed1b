import { beforeEach, describe, expect, it } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { templateHash } from '#kube-controller-manager/template-hash.ts'
import { Framework } from '../../../../support/conformance.ts'
import { newDaemonSet, newReplicaSet, simplePod } from '../../../../support/conformance-objects.ts'

const f = new Framework()
const PDBS = 'poddisruptionbudgets.policy'
const labels = { foo: 'bar' }

const newPdb = (name: string, minAvailable: number | string, own: object = labels) =>
  f.create(PDBS, {
    metadata: { name, labels: own },
    spec: { selector: { matchLabels: labels }, minAvailable },
  })

/** Created and seen by its controller. */
const observed = (name: string): void => {
  f.until('the controller', () => {
    const { status, metadata } = f.get(PDBS, name)
    return status?.observedGeneration === metadata.generation
  })
}

const running = (count: number): readonly Pod[] =>
  f.until(`${count} running Pods`, () => {
    const pods = f
      .items('pods', 'foo=bar')
      .filter((pod) => pod.status?.phase === 'Running' && !pod.metadata.deletionTimestamp)
    return pods.length === count ? pods : undefined
  })

const evict = (pod: Pod | undefined) => {
  const name = pod?.metadata.name ?? ''
  return f.ask('POST', f.path('pods', name, { subresource: 'eviction' }), {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace: f.namespace },
  })
}

const isDenied = (pod: Pod | undefined): void => {
  expect(f.refused(() => evict(pod))).toMatchObject({
    code: 429,
    reason: 'TooManyRequests',
    details: { causes: [{ reason: 'DisruptionBudget' }] },
  })
}

describe('[sig-apps] DisruptionController', () => {
  beforeEach(() => f.begin('disruption'))

  it('Listing PodDisruptionBudgets for all namespaces should list and delete a collection of PodDisruptionBudgets [Conformance]', () => {
    const special = { foo_pdb: 'bar_pdb' }
    newPdb('foo', 2, special)
    newPdb('foo2', '1%', special)
    const other = f.newNamespace('disruption-2')
    f.create(
      PDBS,
      {
        metadata: { name: 'foo3', labels: special },
        spec: { selector: { matchLabels: labels }, minAvailable: 2 },
      },
      { namespace: other },
    )
    const names = (where: object) =>
      f.items(PDBS, 'foo_pdb=bar_pdb', where).map(({ metadata }) => metadata.name)
    expect(names({ namespace: '' })).toEqual(['foo', 'foo2', 'foo3'])
    expect(names({})).toEqual(['foo', 'foo2'])
    f.deleteCollection(PDBS, '')
    f.until('their end', () => names({}).length === 0)
    expect(names({ namespace: other })).toEqual(['foo3'])
    f.delete('namespaces', other)
  })

  it('should create a PodDisruptionBudget [Conformance]', () => {
    newPdb('foo', '1%')
    observed('foo')
    const updated = f.change(PDBS, 'foo', ({ spec }) => ({ spec: { ...spec, minAvailable: '2%' } }))
    expect(updated.spec.minAvailable).toBe('2%')
    observed('foo')
    const patched = f.patch(PDBS, 'foo', { spec: { minAvailable: '3%' } }, { type: 'merge' })
    expect(patched.spec.minAvailable).toBe('3%')
    f.delete(PDBS, 'foo')
    expect(f.find(PDBS, 'foo')).toBeUndefined()
  })

  it('should observe PodDisruptionBudget status updated [Conformance]', () => {
    newPdb('foo', 1)
    for (const index of [0, 1, 2]) f.create('pods', simplePod(`pod-${index}`, labels))
    running(3)
    f.until('allowed disruptions', () => (f.get(PDBS, 'foo').status?.disruptionsAllowed ?? 0) > 0)
  })

  it('should update/patch PodDisruptionBudget status [Conformance]', () => {
    const status = { subresource: 'status' }
    newPdb('foo', 1)
    observed('foo')
    f.create('pods', simplePod('pod-0', labels))
    running(1)
    const now = new Date(f.api.cluster.now).toISOString().replace(/\.\d+/, '')
    f.change(
      PDBS,
      'foo',
      (old) => ({ status: { ...old.status, disruptedPods: { 'pod-0': now } } }),
      status,
    )
    expect(f.get(PDBS, 'foo', status).status?.disruptedPods).toEqual({ 'pod-0': now })
    const patch = { status: { disruptedPods: { 'pod-0': null } } }
    const patched = f.patch(PDBS, 'foo', patch, { ...status, type: 'merge' })
    expect(patched.status?.disruptedPods ?? {}).toEqual({})
  })

  it('should block an eviction until the PDB is updated to allow it [Conformance]', () => {
    newPdb('foo', 3)
    observed('foo')
    f.create('replicasets.apps', newReplicaSet({ name: 'rs', replicas: 3, labels }))
    const [pod] = running(3)
    isDenied(pod)
    f.change(PDBS, 'foo', ({ spec }) => ({ spec: { ...spec, minAvailable: 2 } }))
    running(3)
    f.until('3 healthy Pods', () => {
      const { status } = f.get(PDBS, 'foo')
      return status?.currentHealthy === 3 && status.desiredHealthy === 2
    })
    evict(pod)
    const patch = { spec: { minAvailable: null, maxUnavailable: 0 } }
    f.patch(PDBS, 'foo', patch, { type: 'merge' })
    const [another] = running(3)
    isDenied(another)
    f.delete(PDBS, 'foo')
    running(3)
    evict(another)
  })
})

describe('[sig-apps] ControllerRevision [Serial]', () => {
  beforeEach(() => f.begin('controllerrevisions'))

  it('should manage the lifecycle of a ControllerRevision [Conformance]', () => {
    const name = 'e2e-abcde-daemon-set'
    const REVISIONS = 'controllerrevisions.apps'
    const label = `daemonset-name=${name}`
    const daemons = { 'daemonset-name': name }
    f.create('daemonsets.apps', newDaemonSet(name, daemons))
    const nodes = f.items('nodes').length
    f.until(
      'a Pod on each node',
      () => f.get('daemonsets.apps', name).status?.numberReady === nodes,
    )
    expect(f.items('daemonsets.apps', label, { namespace: '' })).toHaveLength(1)
    const set = f.get('daemonsets.apps', name)
    const revisions = f.items(REVISIONS, label, { namespace: '' })
    expect(revisions).toHaveLength(1)
    const first = revisions[0]!
    expect(first.metadata.ownerReferences?.[0]).toMatchObject({
      kind: 'DaemonSet',
      uid: set.metadata.uid,
    })
    const firstName = first.metadata.name!
    const patch = { metadata: { labels: { [firstName]: 'patched' } } }
    expect(f.patch(REVISIONS, firstName, patch)).toMatchObject(patch)
    const { template } = set.spec
    const later = { ...template, spec: { ...template.spec, terminationGracePeriodSeconds: 1 } }
    const hash = templateHash(later, set.status?.collisionCount)
    f.create(REVISIONS, {
      metadata: {
        name: `${name}-${hash}`,
        labels: { ...daemons, 'controller-revision-hash': hash },
        ownerReferences: first.metadata.ownerReferences,
      },
      data: first['data'],
      revision: 2,
    })
    const count = (wanted: number) =>
      f.until(`${wanted} revisions`, () => f.items(REVISIONS, label).length === wanted)
    count(2)
    f.delete(REVISIONS, firstName)
    count(1)
    const current = f.items(REVISIONS)[0]!.metadata.name!
    const updated = f.change(REVISIONS, current, ({ metadata }) => ({
      metadata: { ...metadata, labels: { ...metadata.labels, [current]: 'updated' } },
    }))
    expect(updated.metadata.labels).toMatchObject({ [current]: 'updated' })
    f.patch('daemonsets.apps', name, {
      spec: { template: { spec: { terminationGracePeriodSeconds: 1 } } },
      updateStrategy: { type: 'RollingUpdate' },
    })
    count(2)
    f.deleteCollection(REVISIONS, `${current}=updated`)
    count(1)
    expect(f.items(REVISIONS).map((each) => each['revision'])).toEqual([3])
  })
})
