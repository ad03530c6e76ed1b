import { describe, expect, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'

const api = new RawApi()

interface Listed {
  readonly name: string
  readonly storageVersionHash?: string
}

const hashesOf = (path: string): Readonly<Record<string, string | undefined>> => {
  const resources = api.send('GET', path).body['resources'] as unknown as readonly Listed[]
  return Object.fromEntries(resources.map((each) => [each.name, each.storageVersionHash]))
}

describe('what is stored tells in which version', () => {
  // what real servers of several releases answer
  test.each([
    ['/api/v1', 'configmaps', 'qFsyl6wFWjQ='],
    ['/api/v1', 'pods', 'xPOwRZ+Yhw8='],
    ['/api/v1', 'nodes', 'XwShjMxG9Fs='],
    ['/api/v1', 'events', 'r2yiGXH7wu8='],
    ['/apis/events.k8s.io/v1', 'events', 'r2yiGXH7wu8='],
    ['/apis/apps/v1', 'deployments', '8aSe+NMegvE='],
    ['/apis/autoscaling/v1', 'horizontalpodautoscalers', 'qwQve8ut294='],
    ['/apis/autoscaling/v2', 'horizontalpodautoscalers', 'qwQve8ut294='],
    ['/api/v1', 'componentstatuses', undefined],
    ['/api/v1', 'bindings', undefined],
    ['/api/v1', 'pods/status', undefined],
    ['/apis/authorization.k8s.io/v1', 'selfsubjectaccessreviews', undefined],
  ])('%s %s', (path, name, hash) => {
    const hashes = hashesOf(path)
    expect(Object.keys(hashes)).toContain(name)
    expect(hashes[name]).toBe(hash)
  })
})

test('the aggregated document does not say it', () => {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  expect(api.send('GET', '/apis', '', { accept }).text).not.toContain('storageVersion')
})
