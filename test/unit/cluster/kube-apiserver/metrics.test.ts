import { beforeEach, describe, expect, test } from 'vitest'
import { RawApi } from '../../../support/raw-api.ts'

const TYPE = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'
const MAPS = '/api/v1/namespaces/default/configmaps'

describe('/metrics', () => {
  let api: RawApi
  const lines = (name: string, path = '/metrics'): readonly string[] =>
    api
      .send('GET', path)
      .text.split('\n')
      .filter((line) => line.startsWith(`${name}{`))
  const requests = (): readonly string[] =>
    lines('apiserver_request_total').map((line) =>
      line.replace('apiserver_request_total', '').replace('component="apiserver",', ''),
    )

  beforeEach(() => {
    api = new RawApi()
  })

  test('is text for Prometheus', () => {
    const { contentType, text } = api.send('GET', '/metrics')
    expect(contentType).toBe(TYPE)
    expect(text.endsWith('\n')).toBe(true)
    for (const line of text.trimEnd().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+\{(\w+="[^"]*",?)+\} \S+)$/)
  })

  test('counts what is stored', () => {
    const before = lines('apiserver_storage_objects')
    expect(before).toContain('apiserver_storage_objects{resource="nodes"} 3')
    expect(before).toContain('apiserver_storage_objects{resource="deployments.apps"} 0')
    expect(before).toEqual([...before].sort())
    api.send('POST', '/apis/apps/v1/namespaces/default/deployments', {
      metadata: { name: 'web' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { a: 'b' } },
        template: {
          metadata: { labels: { a: 'b' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      },
    })
    expect(lines('apiserver_storage_objects')).toContain(
      'apiserver_storage_objects{resource="pods"} 2',
    )
    expect(lines('apiserver_resource_objects')).toContain(
      'apiserver_resource_objects{group="apps",resource="deployments"} 1',
    )
  })

  test('has no resources that discovery does not show', () => {
    expect(lines('apiserver_storage_objects').filter((line) => line.includes('kubarium'))).toEqual(
      [],
    )
    expect(
      lines('apiserver_storage_objects').filter((line) => line.includes('tokenreviews')),
    ).toEqual([])
  })

  test('counts what clients asked for, and how they were answered', () => {
    expect(requests()).toEqual([])
    for (const name of ['a', 'b']) api.send('POST', MAPS, { metadata: { name } })
    api.send('POST', MAPS, { metadata: { name: 'a' } })
    api.send('POST', `${MAPS}?dryRun=All`, { metadata: { name: 'c' } })
    api.send('GET', `${MAPS}/a`)
    api.send('GET', MAPS)
    api.send('GET', '/api/v1/configmaps')
    api.send('DELETE', `${MAPS}/b`)
    api.send('DELETE', MAPS)
    const merge = { contentType: 'application/merge-patch+json' }
    api.send('PATCH', '/api/v1/nodes/node-1/status', {}, merge)
    api.watch(`${MAPS}?watch=1`)
    const map = 'dry_run="",group="",resource="configmaps"'
    const rest = (scope: string, verb: string): string =>
      `scope="${scope}",subresource="",verb="${verb}",version="v1"}`
    expect(requests()).toEqual([
      `{code="200",${map},${rest('cluster', 'LIST')} 1`,
      `{code="200",${map},${rest('namespace', 'DELETECOLLECTION')} 1`,
      `{code="200",${map},${rest('namespace', 'LIST')} 1`,
      `{code="200",${map},${rest('namespace', 'WATCH')} 1`,
      `{code="200",${map},${rest('resource', 'DELETE')} 1`,
      `{code="200",${map},${rest('resource', 'GET')} 1`,
      '{code="200",dry_run="",group="",resource="nodes",scope="resource",subresource="status",verb="PATCH",version="v1"} 1',
      `{code="201",${map},${rest('resource', 'POST')} 2`,
      `{code="201",dry_run="All",group="",resource="configmaps",${rest('resource', 'POST')} 1`,
      `{code="409",${map},${rest('resource', 'POST')} 1`,
    ])
  })

  test('counts nothing that is not served, and no paths of other kinds', () => {
    for (const path of [
      '/api/v1/odd',
      '/apis/odd/v1/x',
      '/version',
      `${MAPS}/x/odd`,
      '/apis/apps/v1',
    ])
      api.send('GET', path)
    api.send('ODD', MAPS)
    expect(requests()).toEqual([])
  })

  test('begins anew when it is deleted', () => {
    api.send('GET', MAPS)
    expect(requests()).toHaveLength(1)
    expect(api.send('DELETE', '/metrics').text).toBe('metrics reset\n')
    expect(requests()).toEqual([])
  })

  test('of checks tell that all is well', () => {
    expect(api.send('GET', '/metrics/slis').contentType).toBe(TYPE)
    const checks = lines('kubernetes_healthcheck', '/metrics/slis')
    expect(checks).toContain('kubernetes_healthcheck{name="etcd",type="livez"} 1')
    expect(checks).toContain('kubernetes_healthcheck{name="informer-sync",type="readyz"} 1')
    expect(checks).not.toContain('kubernetes_healthcheck{name="informer-sync",type="livez"} 1')
  })

  test('is for who may', () => {
    const asked = (path: string, groups: readonly string[]): number =>
      api.send('GET', path, '', { impersonate: { user: 'x', groups } }).status
    for (const path of ['/metrics', '/metrics/slis']) {
      expect(asked(path, ['system:authenticated'])).toBe(403)
      expect(asked(path, ['system:monitoring'])).toBe(200)
    }
  })
})
