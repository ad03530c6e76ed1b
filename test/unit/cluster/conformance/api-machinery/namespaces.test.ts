import { beforeEach, describe, expect, it } from 'vitest'
import { Framework } from '../../../../support/conformance.ts'
import { PAUSE, simplePod } from '../../../../support/conformance-objects.ts'

const f = new Framework()
const gone = (name: string) =>
  f.until(`the end of ${name}`, () => f.find('namespaces', name) === undefined)

/** Deleted, and made again: nothing is left in it. */
const recreated = (name: string): void => {
  f.delete('namespaces', name)
  gone(name)
  f.create('namespaces', { metadata: { name } })
}

describe('[sig-api-machinery] Namespaces [Serial]', () => {
  beforeEach(() => f.begin('namespaces'))

  it('should ensure that all pods are removed when a namespace is deleted [Conformance]', () => {
    const namespace = f.newNamespace('nsdeletetest')
    f.create('pods', simplePod('test-pod', {}, PAUSE), { namespace })
    f.until('the Pod', () => f.get('pods', 'test-pod', { namespace }).status?.phase === 'Running')
    recreated(namespace)
    expect(f.find('pods', 'test-pod', { namespace })).toBeUndefined()
  })

  it('should ensure that all services are removed when a namespace is deleted [Conformance]', () => {
    const namespace = f.newNamespace('nsdeletetest')
    const spec = { ports: [{ port: 80 }], selector: { foo: 'bar' } }
    f.create('services', { metadata: { name: 'test-service' }, spec }, { namespace })
    recreated(namespace)
    expect(f.find('services', 'test-service', { namespace })).toBeUndefined()
  })

  it('should patch a Namespace [Conformance]', () => {
    const name = f.newNamespace('nspatchtest')
    const patch = { metadata: { labels: { testLabel: 'testValue' } } }
    f.patch('namespaces', name, patch)
    expect(f.get('namespaces', name)).toMatchObject(patch)
  })

  it('should apply changes to a namespace status [Conformance]', () => {
    const name = f.namespace
    const status = { subresource: 'status' }
    expect(f.get('namespaces', name, status).status?.phase).toBe('Active')
    const condition = (type: string, message: string) => ({
      type,
      status: 'True' as const,
      reason: 'E2E',
      message,
      lastTransitionTime: null,
    })
    const first = condition('StatusPatch', 'Patched by an e2e test')
    const annotated = { metadata: { annotations: { 'e2e-patched-ns-status': name } } }
    const patched = f.patch(
      'namespaces',
      name,
      { ...annotated, status: { conditions: [first] } },
      { ...status, type: 'merge' },
    )
    expect(patched).toMatchObject(annotated)
    expect(patched.status?.conditions?.at(-1)).toMatchObject({
      reason: 'E2E',
      message: first.message,
    })
    const second = condition('StatusUpdate', 'Updated by an e2e test')
    const updated = f.change(
      'namespaces',
      name,
      (old) => ({
        status: { ...old.status, conditions: [...(old.status?.conditions ?? []), second] },
      }),
      status,
    )
    expect(updated.status?.conditions?.at(-1)).toMatchObject({
      type: 'StatusUpdate',
      message: second.message,
    })
  })

  it('should apply an update to a Namespace [Conformance]', () => {
    const name = f.namespace
    const updated = f.change('namespaces', name, ({ metadata }) => ({
      metadata: { ...metadata, labels: { ...metadata.labels, [name]: 'updated' } },
    }))
    expect(updated.metadata.labels).toMatchObject({ [name]: 'updated' })
  })

  it('should apply a finalizer to a Namespace [Conformance]', () => {
    const name = f.newNamespace('e2e-ns')
    const fake = 'e2e.example.com/fakeFinalizer'
    const finalize = (change: (finalizers: readonly string[]) => readonly string[]) =>
      f.change(
        'namespaces',
        name,
        ({ spec }) => ({ spec: { ...spec, finalizers: change(spec?.finalizers ?? []) } }),
        { subresource: 'finalize' },
      ).spec?.finalizers
    expect(finalize((old) => [...old, fake])).toEqual(['kubernetes', fake])
    expect(finalize((old) => old.filter((each) => each !== fake))).toEqual(['kubernetes'])
  })
})

describe('[sig-api-machinery] OrderedNamespaceDeletion', () => {
  it('namespace deletion should delete pod first [Conformance]', () => {
    f.begin('namespacedeletion')
    const namespace = f.newNamespace('nsdeletetest')
    const where = { namespace }
    const metadata = { name: 'test-pod', finalizers: ['e2e.example.com/finalizer'] }
    f.create('pods', { ...simplePod('test-pod', {}, PAUSE), metadata }, where)
    f.until('the Pod', () => f.get('pods', 'test-pod', where).status?.phase === 'Running')
    f.create('configmaps', { metadata: { name: 'test-configmap' }, data: { key: 'value' } }, where)
    f.delete('namespaces', namespace)
    f.until('the failure to delete all', () => {
      const { status } = f.get('namespaces', namespace)
      return (
        status?.phase === 'Terminating' &&
        status.conditions?.some(({ type }) => type === 'NamespaceDeletionContentFailure')
      )
    })
    f.get('configmaps', 'test-configmap', where)
    expect(f.get('pods', 'test-pod', where).metadata.deletionTimestamp).toBeDefined()
    f.change(
      'pods',
      'test-pod',
      (old) => ({ metadata: { ...old.metadata, finalizers: [] } }),
      where,
    )
    f.until('the end of the Pod', () => f.find('pods', 'test-pod', where) === undefined)
    gone(namespace)
  })
})
