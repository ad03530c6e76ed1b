import { describe, expect, it } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'

describe('kubarium.dev', () => {
  const bare = new RawApi()
  const own = new RawApi({ template: 'default' })
  const AGGREGATED = {
    accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  }

  it.each([
    ['/', {}],
    ['/apis', {}],
    ['/apis', AGGREGATED],
    ['/openapi/v3', {}],
    ['/apis/apiregistration.k8s.io/v1/apiservices', {}],
  ])('is shown at %s, but not by the cluster of the recordings', (url, headers) => {
    expect(own.send('GET', url, '', headers).text).toContain('kubarium.dev')
    expect(bare.send('GET', url, '', headers).text).not.toContain('kubarium.dev')
  })

  it('is served by both', () => {
    for (const cluster of [bare, own])
      expect(cluster.send('GET', '/apis/kubarium.dev/v1/machines').body['items']).toHaveLength(3)
  })
})
