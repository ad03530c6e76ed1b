import { describe, expect, it } from 'vitest'
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import { environmentOf, expandArguments } from '#kubelet/environment.ts'
import { expand } from '#kubelet/expansion.ts'
import { pod } from '../../../support/pods.ts'

const service = (
  name: string,
  clusterIP: string,
  ports: Service['spec']['ports'] = [],
): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { clusterIP, ports },
  status: { loadBalancer: {} },
})

const kubernetes = service('kubernetes', '10.96.0.1', [{ name: 'https', port: 443 }])

const environment = (parts: Partial<Container>, enableServiceLinks = true) => {
  const container: Container = { name: 'c', resources: {}, ...parts }
  const owner = pod({
    metadata: { uid: 'u-1', labels: { app: 'web' }, annotations: { note: 'x' } },
    spec: {
      containers: [container],
      nodeName: 'node-1',
      serviceAccountName: 'default',
      enableServiceLinks,
    },
  })
  return environmentOf(owner, container, {
    configMap: (name) =>
      name === 'settings'
        ? {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name },
            data: { port: '80', 'log.level': 'info' },
          }
        : undefined,
    secret: (name) =>
      name === 'password'
        ? { apiVersion: 'v1', kind: 'Secret', metadata: { name }, data: { key: 'c2VzYW1l' } }
        : undefined,
    services: () => [
      service('web-api', '10.96.0.7', [
        { name: 'http', port: 80 },
        { name: 'dns', port: 53, protocol: 'UDP' },
      ]),
      service('headless', 'None', [{ port: 1 }]),
    ],
    kubernetes: () => kubernetes,
    allocatable: { cpu: '2', memory: '8Gi' },
    podIP: '10.244.0.9',
    hostIP: '192.168.49.2',
  })
}

const envOf = (parts: Partial<Container>, links = false) => {
  const result = environment(parts, links)
  if ('error' in result) throw new Error(result.error)
  return result.env
}

describe('references in values', () => {
  const known: Readonly<Record<string, string>> = { A: '1', B: '$(A)' }
  it.each([
    ['$(A)', '1'],
    ['x-$(A)-$(B)', 'x-1-$(A)'],
    ['$(C)', '$(C)'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$1'],
    ['$(A', '$(A'],
    ['$', '$'],
    ['$x', '$x'],
    ['$$', '$'],
  ])('%s is %s', (text, expected) => {
    expect(expand(text, (name) => known[name])).toBe(expected)
  })

  it('see what stands before them', () => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'B', value: '$(A)$(C)' },
      { name: 'C', value: '3' },
    ]
    expect(envOf({ env })['B']).toBe('1$(C)')
  })

  it('are replaced in commands', () => {
    expect(expandArguments(['echo', '$(A)', '$$(A)'], { A: 'x' })).toEqual(['echo', 'x', '$(A)'])
  })
})

describe('sources of values', () => {
  it('are ConfigMaps and Secrets, wholly or by key', () => {
    const env = envOf({
      envFrom: [
        { configMapRef: { name: 'settings' }, prefix: 'S_' },
        { secretRef: { name: 'password' } },
      ],
      env: [
        { name: 'PORT', valueFrom: { configMapKeyRef: { name: 'settings', key: 'port' } } },
        { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'password', key: 'key' } } },
        { name: 'NONE', valueFrom: { secretKeyRef: { name: 'x', key: 'y', optional: true } } },
      ],
    })
    expect(env).toMatchObject({
      S_port: '80',
      'S_log.level': 'info',
      key: 'sesame',
      PORT: '80',
      PASSWORD: 'sesame',
    })
    expect(env).not.toHaveProperty('NONE')
  })

  it.each([
    [{ configMapKeyRef: { name: 'x', key: 'y' } }, 'configmap "x" not found'],
    [{ secretKeyRef: { name: 'x', key: 'y' } }, 'secret "x" not found'],
    [
      { configMapKeyRef: { name: 'settings', key: 'y' } },
      "couldn't find key y in ConfigMap default/settings",
    ],
    [
      { secretKeyRef: { name: 'password', key: 'constructor' } },
      "couldn't find key constructor in Secret default/password",
    ],
  ])('%j is an error where it is missing', (valueFrom, error) => {
    expect(environment({ env: [{ name: 'A', valueFrom }] })).toEqual({ error })
  })

  it.each([
    ['metadata.name', 'p'],
    ['metadata.namespace', 'default'],
    ['metadata.uid', 'u-1'],
    ["metadata.labels['app']", 'web'],
    ["metadata.annotations['gone']", ''],
    ['metadata.labels', 'app="web"'],
    ['spec.nodeName', 'node-1'],
    ['spec.serviceAccountName', 'default'],
    ['status.hostIP', '192.168.49.2'],
    ['status.podIP', '10.244.0.9'],
  ])('the field %s is %s', (fieldPath, value) => {
    expect(envOf({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath } } }] })['A']).toBe(value)
  })

  it.each([
    ['limits.cpu', undefined, '1'],
    ['requests.cpu', '1m', '250'],
    ['limits.memory', '1Mi', '8192'],
    ['requests.memory', undefined, '67108864'],
    ['requests.ephemeral-storage', undefined, '0'],
  ])('the resource %s in units of %s is %s', (resource, divisor, value) => {
    const resourceFieldRef = { resource, ...(divisor === undefined ? {} : { divisor }) }
    const env = envOf({
      resources: { requests: { cpu: '250m', memory: '64Mi' }, limits: { cpu: '500m' } },
      env: [{ name: 'A', valueFrom: { resourceFieldRef } }],
    })
    expect(env['A']).toBe(value)
  })
})

describe('Services', () => {
  it('are told to every container of their namespace', () => {
    const env = envOf({ env: [{ name: 'URL', value: 'http://$(WEB_API_SERVICE_HOST)' }] }, true)
    expect(env).toMatchObject({
      URL: 'http://10.96.0.7',
      WEB_API_SERVICE_HOST: '10.96.0.7',
      WEB_API_SERVICE_PORT: '80',
      WEB_API_SERVICE_PORT_HTTP: '80',
      WEB_API_PORT: 'tcp://10.96.0.7:80',
      WEB_API_PORT_80_TCP: 'tcp://10.96.0.7:80',
      WEB_API_PORT_80_TCP_PROTO: 'tcp',
      WEB_API_PORT_80_TCP_PORT: '80',
      WEB_API_PORT_80_TCP_ADDR: '10.96.0.7',
      WEB_API_PORT_53_UDP: 'udp://10.96.0.7:53',
      KUBERNETES_SERVICE_HOST: '10.96.0.1',
    })
    expect(env).not.toHaveProperty('HEADLESS_SERVICE_HOST')
  })

  it('but the API server are not, without links', () => {
    const env = envOf({})
    expect(env).toHaveProperty('KUBERNETES_SERVICE_PORT_HTTPS', '443')
    expect(env).not.toHaveProperty('WEB_API_SERVICE_HOST')
  })
})
