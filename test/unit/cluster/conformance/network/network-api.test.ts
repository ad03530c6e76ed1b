import { beforeEach, describe, expect, it } from 'vitest'
import { apiOperations } from '../../../../support/conformance-operations.ts'
import { Framework } from '../../../../support/conformance.ts'

const f = new Framework()
const group = 'networking.k8s.io'

describe('[sig-network] Ingress API', () => {
  it('should support creating Ingress API operations [Conformance]', () => {
    f.begin('ingress')
    apiOperations(f, {
      name: 'ingresses.networking.k8s.io',
      group,
      plural: 'ingresses',
      namespaced: true,
      body: {
        metadata: { generateName: 'e2e-example-ing' },
        spec: { defaultBackend: { service: { name: 'default-backend', port: { number: 80 } } } },
      },
      statusPatch: { loadBalancer: { ingress: [{ ip: '169.1.1.1' }] } },
      statusUpdate: () => ({
        loadBalancer: {
          ingress: [
            { hostname: 'hello.com', ip: '169.1.1.1', ports: [{ port: 80, protocol: 'TCP' }] },
          ],
        },
      }),
    })
  })
})

describe('[sig-network] IngressClass API', () => {
  it('should support creating IngressClass API operations [Conformance]', () => {
    f.begin('ingressclass')
    apiOperations(f, {
      name: 'ingressclasses.networking.k8s.io',
      group,
      plural: 'ingressclasses',
      namespaced: false,
      body: {
        metadata: { generateName: 'e2e-example-ingressclass' },
        spec: { controller: 'example.com/controller' },
      },
    })
  })
})

describe('[sig-network] ServiceCIDR and IPAddress API', () => {
  beforeEach(() => f.begin('servicecidr'))
  const IPS = 'ipaddresses.networking.k8s.io'
  const CIDRS = 'servicecidrs.networking.k8s.io'

  it('should support ServiceCIDR API operations [Conformance]', () => {
    const cidr = f.get(CIDRS, 'kubernetes')
    const viaStatus = f.get(CIDRS, 'kubernetes', { subresource: 'status' })
    expect(viaStatus).toMatchObject({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { uid: cidr.metadata.uid },
    })
    expect(f.list(CIDRS).items.length).toBeGreaterThan(0)
    const watching = f.watch(CIDRS)
    expect(watching.events.map(({ type }) => type)).toContain('ADDED')
    watching.close()
  })

  it('should support IPAddress API operations [Conformance]', () => {
    const parentRef = { group: 'mygroup', resource: 'myresources', namespace: 'foo', name: 'bar' }
    const newIp = (name: string, type: string) =>
      f.create(IPS, { metadata: { name, labels: { type } }, spec: { parentRef } })
    const name = '255.255.255.255'
    const created = newIp(name, 'broadcast')
    newIp('fe80::42:1dff:fe84:f9e2', 'link-local')
    const patch = { metadata: { annotations: { patched: 'true' } } }
    const patched = f.patch(IPS, name, patch, { type: 'merge' })
    expect(patched).toMatchObject(patch)
    expect(Number(patched.metadata.resourceVersion)).toBeGreaterThan(
      Number(created.metadata.resourceVersion),
    )
    const updated = f.change(IPS, name, ({ metadata }) => ({
      metadata: { ...metadata, annotations: { ...metadata.annotations, updated: 'true' } },
    }))
    expect(updated.metadata.annotations).toEqual({ patched: 'true', updated: 'true' })
    expect(f.items(IPS, 'type=broadcast')).toHaveLength(1)
    const watching = f.watch(IPS, 'labelSelector=type%3Dbroadcast')
    expect(watching.events).toHaveLength(1)
    f.delete(IPS, name)
    f.deleteCollection(IPS, 'type=link-local')
    expect(f.items(IPS, 'type=link-local')).toEqual([])
    expect(f.find(IPS, name)).toBeUndefined()
    expect(watching.events.map(({ type }) => type)).toEqual(['ADDED', 'DELETED'])
    watching.close()
  })
})
