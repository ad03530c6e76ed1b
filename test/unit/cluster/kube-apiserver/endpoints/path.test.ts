import { StatusError } from '#apimachinery/status-error.ts'
import { pathSegments, resourcePath } from '#kube-apiserver/endpoints/path.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const NONE = { group: '', version: 'v1', namespace: '', name: '', subresource: '', rest: '' }

const read = (path: string) => resourcePath(pathSegments(path))

describe('resourcePath()', () => {
  test.each([
    ['/api/v1/pods', { ...NONE, plural: 'pods' }],
    ['/api/v1/nodes/node-1', { ...NONE, plural: 'nodes', name: 'node-1' }],
    ['/api/v1/namespaces', { ...NONE, plural: 'namespaces' }],
    ['/api/v1/namespaces/shop', { ...NONE, plural: 'namespaces', name: 'shop' }],
    [
      '/api/v1/namespaces/shop/status',
      { ...NONE, plural: 'namespaces', name: 'shop', subresource: 'status' },
    ],
    [
      '/api/v1/namespaces/shop/finalize',
      { ...NONE, plural: 'namespaces', name: 'shop', subresource: 'finalize' },
    ],
    ['/api/v1/namespaces/shop/pods', { ...NONE, namespace: 'shop', plural: 'pods' }],
    [
      '/api/v1/namespaces/shop/pods/web/log',
      { ...NONE, namespace: 'shop', plural: 'pods', name: 'web', subresource: 'log' },
    ],
    [
      '/api/v1/namespaces/shop/services/web/proxy/a/b',
      {
        ...NONE,
        namespace: 'shop',
        plural: 'services',
        name: 'web',
        subresource: 'proxy',
        rest: 'a/b',
      },
    ],
    [
      '/apis/apps/v1/namespaces/shop/deployments/web/scale',
      {
        ...NONE,
        group: 'apps',
        namespace: 'shop',
        plural: 'deployments',
        name: 'web',
        subresource: 'scale',
      },
    ],
    [
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Abasic-user',
      {
        ...NONE,
        group: 'rbac.authorization.k8s.io',
        plural: 'clusterroles',
        name: 'system:basic-user',
      },
    ],
    ['//api//v1//pods/', { ...NONE, plural: 'pods' }],
    ['/api/v1/namespaces/status/pods', { ...NONE, namespace: 'status', plural: 'pods' }],
  ])('%s', (path, expected) => {
    expect(read(path)).toEqual(expected)
  })

  test.each(['/api', '/apis', '/api/v1', '/apis/apps', '/apis/apps/v1', '/apis/apps/v1/'])(
    '%s names no resource',
    (path) => {
      expect(read(path)).toBeUndefined()
    },
  )
})

describe('pathSegments()', () => {
  test.each([
    '/api/v1/namespaces/../secrets',
    '/api/v1/%2e%2e/secrets',
    '/api/v1/./pods',
    '/api/v1/namespaces/a%2fb/pods',
    '/api/v1/namespaces/a%2Fpods',
    '/api/v1/pods/a%00b',
    '/api/v1/pods/%',
    '/api/v1/pods/%ff',
    '/api/v1/pods/%c0%ae',
    `/api${'/a'.repeat(5000)}`,
  ])('serves nothing under %s', (path) => {
    expect(() => pathSegments(path)).toThrow('the server could not find the requested resource')
  })

  test('never throws anything but a Status and never yields a path step', () => {
    const piece = fc.constantFrom('/', '..', '.', '%2e', '%2f', '%', '%00', '%e2%82%ac', 'a', '\\')
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }), (pieces) => {
        try {
          for (const segment of pathSegments(pieces.join('')))
            expect(
              segment === '' || segment === '.' || segment === '..' || segment.includes('/'),
            ).toBe(false)
        } catch (error) {
          expect(error).toBeInstanceOf(StatusError)
        }
      }),
      { seed: 1, numRuns: 1000 },
    )
  })
})
