// What the specs "should support … API operations" share. kubernetes: test/e2e/apps/cronjob.go, test/e2e/network/ingress.go and the like
import { expect } from 'vitest'
import type { KubeObject } from '#apimachinery/object.ts'
import type { Framework, WatchEvent } from './conformance.ts'

export interface Operations {
  readonly name: string
  /** What is created three times. */
  readonly body: {
    readonly metadata: { readonly generateName: string }
    readonly [field: string]: unknown
  }
  readonly group: string
  readonly version?: string
  readonly plural: string
  readonly namespaced: boolean
  readonly statusPatch?: object
  /** The last of the three, changed through its status and read back. */
  readonly statusUpdate?: (old: KubeObject) => object
}

export const apiOperations = (f: Framework, operations: Operations): void => {
  discovery(f, operations)
  const { name, body, namespaced } = operations
  const labels = { 'special-label': f.namespace }
  const whole = { ...body, metadata: { ...body.metadata, labels } }
  const query = `labelSelector=special-label%3D${f.namespace}`
  f.create(name, whole)
  f.create(name, whole)
  const created = f.create(name, whole)
  expect(created.metadata.resourceVersion).toMatch(/^[1-9]\d*$/)
  const object = created.metadata.name
  expect(f.get(name, object).metadata.uid).toBe(created.metadata.uid)
  const listed = f.list(name, { query })
  expect(listed.items).toHaveLength(3)
  const everywhere = { namespace: '' }
  const since = `${query}&resourceVersion=${listed.metadata.resourceVersion}`
  const watching = f.watch(name, since)
  expect(f.list(name, { query, ...everywhere }).items).toHaveLength(3)
  const watchingAll = namespaced ? f.watch(name, since, everywhere) : undefined
  const patch = { metadata: { annotations: { patched: 'true' } } }
  const patched = f.patch(name, object, patch, { type: 'merge' })
  expect(patched).toMatchObject(patch)
  expect(revisionOf(patched)).toBeGreaterThan(revisionOf(created))
  const updated = f.change(name, object, ({ metadata }) => ({
    metadata: { ...metadata, annotations: { ...metadata.annotations, updated: 'true' } },
  }))
  expect(updated.metadata.annotations).toMatchObject({ patched: 'true', updated: 'true' })
  const isUpdated = ({ type, object: seen }: WatchEvent<KubeObject>): boolean => {
    expect(type).toBe('MODIFIED')
    return seen.metadata.annotations?.['updated'] === 'true'
  }
  watching.next('both annotations', isUpdated)
  watchingAll?.next('both annotations everywhere', isUpdated)
  watching.close()
  watchingAll?.close()
  if (operations.statusPatch !== undefined) statusOperations(f, operations, object!)
  deletions(f, name, object!, query)
}

const revisionOf = ({ metadata }: KubeObject): number => Number(metadata.resourceVersion)

const discovery = (f: Framework, { group, version = 'v1', plural }: Operations): void => {
  const groupVersion = `${group}/${version}`
  expect(f.ask('GET', '/apis')).toMatchObject({
    groups: expect.arrayContaining([expect.objectContaining({ name: group })]) as object,
  })
  expect(f.ask('GET', `/apis/${group}`)).toMatchObject({
    kind: 'APIGroup',
    versions: expect.arrayContaining([{ groupVersion, version }]) as object,
  })
  expect(f.ask('GET', `/apis/${groupVersion}`)).toMatchObject({
    groupVersion,
    resources: expect.arrayContaining([expect.objectContaining({ name: plural })]) as object,
  })
}

const statusOperations = (f: Framework, operations: Operations, object: string): void => {
  const { name, statusPatch = {}, statusUpdate } = operations
  const status = { subresource: 'status' }
  const annotated = { metadata: { annotations: { patchedstatus: 'true' } }, status: statusPatch }
  const patched = f.patch(name, object, annotated, { ...status, type: 'merge' })
  expect(patched).toMatchObject(annotated)
  if (statusUpdate !== undefined) {
    const wanted = statusUpdate(patched)
    expect(f.change(name, object, () => ({ status: wanted }), status)).toMatchObject({
      status: wanted,
    })
  }
  const { kind, metadata } = f.get(name, object, status)
  expect([kind, metadata.uid]).toEqual([patched.kind, patched.metadata.uid])
}

/** What is held by a finalizer may stay, marked as deleted. */
const deletions = (f: Framework, name: string, object: string, query: string): void => {
  f.delete(name, object)
  f.until('its end', () => f.find(name, object) === undefined)
  expect(f.list(name, { query }).items).toHaveLength(2)
  f.deleteCollection(name, '', {}, { query })
  f.until('the end of all', () => f.list(name, { query }).items.length === 0)
}
