// What kubectl prints of another cluster, as the beginning of a session.
import { describe, expect, test } from 'vitest'
import { call } from './session.ts'

const object = (kind: string, name: string, rest: object = {}) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'shop', uid: `uid-of-${name}`, resourceVersion: '7' },
  ...rest,
})

const DUMP = JSON.stringify({
  apiVersion: 'v1',
  kind: 'List',
  items: [
    object('ConfigMap', 'kube-root-ca.crt'),
    object('ConfigMap', 'settings', { data: { colour: 'green' } }),
    object('Service', 'web', {
      spec: { clusterIP: '172.20.3.4', clusterIPs: ['172.20.3.4'], ports: [{ port: 80 }] },
    }),
    object('Service', 'wrong', { spec: { ports: [{ port: 'eighty' }] } }),
  ],
})

interface Made {
  readonly id: string
  readonly key: string
  readonly import?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>
}

const post = (body: string, contentType = 'application/json', query = '') =>
  call(`/api/sessions${query}`, {
    method: 'POST',
    body,
    headers: { 'content-type': contentType },
  })

const summary = ({ import: report = {} }: Made) =>
  Object.entries(report).map(
    ([field, entries]) => `${field}: ${entries.map(({ name }) => String(name)).join(' ')}`,
  )

const REPORT = [
  'applied: shop settings web',
  'dropped: kube-root-ca.crt',
  'changed: ',
  'failed: wrong',
  'missing: ',
]

describe('POST /api/sessions with what another cluster printed', () => {
  test.each([
    ['as manifests', () => post(JSON.stringify({ template: 'bare', manifests: DUMP }))],
    ['as the body', () => post(DUMP, 'application/yaml', '?template=bare')],
    ['as the body, in JSON', () => post(DUMP, 'application/json', '?template=bare')],
  ])('takes what it can, and tells: %s', async (_name, send) => {
    const answer = await send()
    expect(answer.status).toBe(201)
    const made = await answer.json<Made>()
    expect(summary(made)).toEqual(REPORT)
    const { id, key } = made
    const live = await call(`/k8s/${id}.${key}/api/v1/namespaces/shop/configmaps/settings`)
    expect(await live.json()).toMatchObject({ data: { colour: 'green' } })
  })

  test('says nothing of an import when the manifests were written by somebody', async () => {
    const answer = await post(
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n',
      'application/yaml',
      '?template=bare&title=Mine',
    )
    expect(answer.status).toBe(201)
    const made = await answer.json<Made & { readonly title: string }>()
    expect([made.title, made.import]).toEqual(['Mine', undefined])
  })

  test.each([
    ['', 'no objects passed to apply'],
    ['apiVersion: v1\nkind: ConfigMap\nmetadata: {name: A}\n', 'ConfigMap "A" is invalid'],
    ['a: [', 'did not find expected'],
  ])('makes no session of %j', async (text, word) => {
    const answer = await post(text, 'application/yaml', '?template=bare')
    expect(answer.status).toBe(422)
    expect((await answer.json<{ readonly detail: string }>()).detail).toContain(word)
  })

  test('does not take 50 MB, and says what to do', async () => {
    const answer = await post(`# ${'x'.repeat(50 * 1024 * 1024)}`, 'application/yaml')
    expect(answer.status).toBe(413)
    expect((await answer.json<{ readonly detail: string }>()).detail).toContain('fewer kinds')
  })
})
