import { describe, expect, it } from 'vitest'
import type { KubeObject } from '#apimachinery/object.ts'
import { Framework } from '../../../support/conformance.ts'
import { internalIp, isReady } from '../../../support/conformance-pods.ts'

const f = new Framework()
const SYSTEM = { namespace: 'kube-system' }

/** kubernetes: test/e2e/e2e.go setupSuite */
describe('what stands before all specs', () => {
  it('finds all nodes schedulable and ready', () => {
    const query = 'fieldSelector=spec.unschedulable%3Dfalse&resourceVersion=0'
    const { items } = f.list('nodes', { query })
    expect(items.length).toBeGreaterThan(1)
    for (const node of items) {
      const conditions = Object.fromEntries(
        (node.status?.conditions ?? []).map(({ type, status }) => [type, status]),
      )
      expect(conditions['Ready']).toBe('True')
      expect(conditions['NetworkUnavailable'] ?? 'False').toBe('False')
      const taints = (node.spec?.taints ?? []).map(({ key }) => key)
      expect(taints.filter((key) => key !== 'node-role.kubernetes.io/control-plane')).toEqual([])
      expect(node.metadata.labels?.['kubernetes.io/hostname']).toBe(node.metadata.name)
      expect(internalIp(node)).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
    }
  })

  it('finds all Pods of the system running', () => {
    const pods = f.items('pods', '', SYSTEM)
    expect(pods).not.toEqual([])
    for (const pod of pods) expect([pod.status.phase, isReady(pod)]).toEqual(['Running', true])
    expect(f.items('replicationcontrollers', '', SYSTEM)).toEqual([])
    for (const { spec, status } of f.items('replicasets.apps', '', SYSTEM))
      expect(status?.readyReplicas ?? 0).toBe(spec?.replicas)
    const daemons = f.items('daemonsets.apps', '', SYSTEM)
    expect(daemons).not.toEqual([])
    for (const { status } of daemons)
      expect(status?.numberReady).toBe(status?.desiredNumberScheduled)
  })

  it('finds the version and the family of addresses', () => {
    expect(f.ask('GET', '/version')).toMatchObject({ major: '1', minor: '36' })
    const { spec } = f.get('services', 'kubernetes', { namespace: 'default' })
    expect(spec.clusterIP).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
  })
})

/** kubernetes: test/e2e/framework/framework.go BeforeEach, client-go tools/watch UntilWithSync */
describe('what stands before each spec', () => {
  it.each([
    ['serviceaccounts', 'default'],
    ['configmaps', 'kube-root-ca.crt'],
  ])('waits for %s/%s by a watch that begins with what there is', (resource, name) => {
    f.begin('suite')
    const query = [
      `fieldSelector=metadata.name%3D${name}`,
      'allowWatchBookmarks=true',
      'sendInitialEvents=true',
      'resourceVersionMatch=NotOlderThan',
      'timeoutSeconds=300',
    ].join('&')
    const watching = f.watch(resource, query)
    const seen: (readonly [string, KubeObject['metadata']])[] = []
    watching.next('the end of the beginning', ({ type, object }) => {
      seen.push([type, object.metadata])
      return type === 'BOOKMARK'
    })
    watching.close()
    const [added, bookmark] = seen
    expect(seen).toHaveLength(2)
    expect([added![0], added![1].name]).toEqual(['ADDED', name])
    expect(bookmark![1].annotations).toEqual({ 'k8s.io/initial-events-end': 'true' })
    expect(bookmark![1].resourceVersion).toMatch(/^[1-9]\d*$/)
  })
})
