import { abortAllDurableObjects } from 'cloudflare:test'
import { expect, test } from 'vitest'
import { call, newSession, withBody, type TestSession } from './session.ts'

const HOSTS = '/apis/kubarium.dev/v1/externalhosts'

const payments = (more: object = {}) => ({
  apiVersion: 'kubarium.dev/v1',
  kind: 'ExternalHost',
  metadata: { name: 'payments' },
  spec: {
    hostnames: ['payments.example'],
    addresses: ['192.0.2.200'],
    ports: [{ port: 80, replies: [{ path: '/*', body: 'paid' }] }],
    ...more,
  },
})

interface Traced {
  readonly outcome: string
  readonly reply?: { readonly body?: string }
}

const send = async (session: TestSession): Promise<Traced> => {
  const to = 'http://payments.example/'
  const answer = await call(`/api/sessions/${session.id}/trace`, {
    ...withBody('POST', { from: { node: 'node-1' }, to }),
    headers: { authorization: `Bearer ${session.key}` },
  })
  return answer.json()
}

test('an ExternalHost is on the internet from the moment it is created, whatever becomes of the session', async () => {
  const session = await newSession()
  expect((await send(session)).outcome).toBe('nxdomain')
  const created = await session.kubernetes(HOSTS, withBody('POST', payments()))
  expect(created.status).toBe(201)
  expect(await send(session)).toMatchObject({ outcome: 'delivered', reply: { body: 'paid' } })
  await abortAllDurableObjects()
  expect(await send(session)).toMatchObject({ outcome: 'delivered', reply: { body: 'paid' } })
  const down = await session.kubernetes(`${HOSTS}/payments`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify({ spec: { down: true } }),
  })
  expect(down.status).toBe(200)
  expect((await send(session)).outcome).toBe('timeout')
})

test('an ExternalHost is listed, explained and refused as other kinds are', async () => {
  const session = await newSession({ delays: 'instant' })
  const inside = payments({ addresses: ['10.96.0.1'] })
  const refused = await session.kubernetes(HOSTS, withBody('POST', inside))
  expect(refused.status).toBe(422)
  expect(await refused.json()).toMatchObject({
    reason: 'Invalid',
    details: { kind: 'ExternalHost', causes: [{ field: 'spec.addresses[0]' }] },
  })
  await session.kubernetes(HOSTS, withBody('POST', payments()))
  const table = await session.json<{ rows: readonly { cells: readonly unknown[] }[] }>(HOSTS, {
    headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
  })
  expect(table.rows[0]!.cells.slice(0, 5)).toEqual([
    'payments',
    'payments.example',
    '192.0.2.200',
    '80/TCP',
    'Up',
  ])
  const { components } = await session.json<{
    components: { schemas: Record<string, { properties: object }> }
  }>('/openapi/v3/apis/kubarium.dev/v1')
  expect(components.schemas).toHaveProperty(['dev.kubarium.v1.ExternalHostSpec'])
})
