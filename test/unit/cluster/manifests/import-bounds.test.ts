import type { JsonObject } from '#apimachinery/object.ts'
import { describe, expect, test } from 'vitest'
import { importInto, linesOf, listText, live, workload } from '../../../support/dumps.ts'
import { RawApi } from '../../../support/raw-api.ts'

const imported = (...items: readonly JsonObject[]) => {
  const api = new RawApi({ template: 'default' })
  return { api, report: importInto(api, listText(...items)) }
}

const many = (count: number): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`x.io/k${index}`, 'v']))

describe('an import that means harm', () => {
  test.each<readonly [string, JsonObject, readonly string[]]>([
    [
      'thousands of labels that no node has',
      live('apps/v1', 'Deployment', 'default/a', {
        spec: workload({ nodeSelector: many(5000) }),
      }),
      ['applied 1', 'changed 21'],
    ],
    [
      'thousands of finalizers',
      live('v1', 'ConfigMap', 'default/a', { metadata: { finalizers: Object.keys(many(5000)) } }),
      ['applied 1', 'changed 1'],
    ],
    [
      'thousands of ports that are not to be had',
      live('v1', 'Service', 'default/a', {
        spec: {
          type: 'NodePort',
          ports: Array.from({ length: 2000 }, () => ({ port: 80, nodePort: 1 })),
        },
      }),
      ['failed 1'],
    ],
    [
      'a name of a megabyte',
      live('v1', 'ConfigMap', `default/${'a'.repeat(1_000_000)}`),
      ['failed 1'],
    ],
    [
      'keys that every object has',
      live('v1', 'Service', 'default/a', {
        metadata: JSON.parse('{"labels": {"__proto__": "a", "constructor": "b"}}') as JsonObject,
        spec: JSON.parse(
          '{"ports": [{"port": 80}], "selector": {"constructor": "b"}}',
        ) as JsonObject,
      }),
      ['failed 1'],
    ],
    ['a kind that every object has', live('v1', 'constructor', 'default/a'), ['failed 1']],
  ])('%s: the report stays short', (_name, item, expected) => {
    const { report } = imported(item)
    const counts = Object.entries(report)
      .filter(([, entries]) => (entries as readonly unknown[]).length > 0)
      .map(([field, entries]) => `${field} ${(entries as readonly unknown[]).length}`)
    expect(counts).toEqual(expected)
    expect(JSON.stringify(report).length).toBeLessThan(20_000)
  })

  test('takes only so many objects', () => {
    const items = Array.from({ length: 5001 }, () => live('v1', 'ConfigMap', 'default/a'))
    expect(linesOf(imported(...items).report)).toEqual([
      'failed  : more than 5000 objects: send them in parts',
    ])
  })
})

describe('what providers write', () => {
  test('is not kept where it tells of the other cluster, and is where somebody asked for it', () => {
    const { api } = imported(
      live('v1', 'Service', 'default/gke', {
        metadata: {
          annotations: {
            'cloud.google.com/neg': '{"ingress":true}',
            'cloud.google.com/neg-status': '{"network_endpoint_groups":{"80":"k8s1-1"}}',
          },
        },
        spec: { ports: [{ port: 80 }] },
      }),
      live('networking.k8s.io/v1beta1', 'Ingress', 'default/eks', {
        metadata: {
          annotations: {
            'alb.ingress.kubernetes.io/scheme': 'internet-facing',
            'ingress.kubernetes.io/backends': '{"k8s1-1":"HEALTHY"}',
            'kubernetes.io/ingress.class': 'alb',
          },
        },
        spec: {
          backend: { serviceName: 'gke', servicePort: 'http' },
          rules: [{ http: { paths: [{ backend: { serviceName: 'gke', servicePort: 80 } }] } }],
        },
      }),
    )
    const service = api.send('GET', '/api/v1/namespaces/default/services/gke')
    expect(service.body['metadata']).toMatchObject({
      annotations: { 'cloud.google.com/neg': '{"ingress":true}' },
    })
    expect(service.text).not.toContain('neg-status')
    const ingress = api.send('GET', '/apis/networking.k8s.io/v1/namespaces/default/ingresses/eks')
    expect(ingress.text).not.toContain('HEALTHY')
    expect(ingress.body).toMatchObject({
      metadata: { annotations: { 'kubernetes.io/ingress.class': 'alb' } },
      spec: {
        defaultBackend: { service: { name: 'gke', port: { name: 'http' } } },
        rules: [
          {
            http: {
              paths: [
                {
                  pathType: 'ImplementationSpecific',
                  backend: { service: { name: 'gke', port: { number: 80 } } },
                },
              ],
            },
          },
        ],
      },
    })
  })
})
