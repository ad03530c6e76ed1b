import { describe, expect, test } from 'vitest'
import { call, newSession, type TestSession } from './session.ts'

interface Problem {
  readonly title: string
  readonly detail: string
}

const MANIFESTS = `
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: wep}, ports: [{port: 80}]}
`

const broken = async (): Promise<TestSession> => {
  const session = await newSession({ delays: 'instant', manifests: MANIFESTS })
  // what was applied has come to rest
  await session.kubernetes('/api/v1/pods')
  return session
}

const get = (session: TestSession, path: string, accept = 'application/json') =>
  call(`/api/sessions/${session.id}/${path}`, { headers: { accept } })

describe('GET /api/sessions/:id/diagnosis', () => {
  test('names the cause and the change that mends it', async () => {
    const session = await broken()
    const answer = await get(session, 'diagnosis?service=default/web')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      service: 'default/web',
      isHealthy: false,
      causes: [
        {
          code: 'NoPodMatchesSelector',
          place: { kind: 'Service', name: 'web', field: 'spec.selector' },
          remedy: { patch: { type: 'merge', patch: { spec: { selector: { app: 'web' } } } } },
        },
      ],
    })
  })

  test('says it in a terminal and in YAML too', async () => {
    const session = await broken()
    const text = await (await get(session, 'diagnosis?service=web', 'text/plain')).text()
    expect(text).toContain('default/web: one cause found.')
    expect(text).toContain('kubectl patch service web -n default --type merge')
    const yaml = await get(session, 'diagnosis?service=web', 'application/yaml')
    expect(await yaml.text()).toContain('code: NoPodMatchesSelector')
  })

  test.each([
    ['', 400, 'service: write NAMESPACE/NAME'],
    ['?service=a/b/c', 400, 'service: write NAMESPACE/NAME'],
    ['?service=web&from=mars', 400, 'from: write pod:NAMESPACE/NAME'],
    ['?service=web&to=gopher://x', 400, 'to:'],
    ['?service=web&from=pod:default/nobody', 400, 'from: there is no Pod default/nobody'],
    ['?service=web&from=node:node-9', 400, 'from: there is no Node node-9'],
    ['?service=web&color=red', 400, 'color: unknown'],
    ['?service=shop/web', 404, 'There is no Service shop/web'],
  ])('answers %j with %i', async (query, status, detail) => {
    const answer = await get(await broken(), `diagnosis${query}`)
    expect(answer.status).toBe(status)
    expect((await answer.json<Problem>()).detail).toContain(detail)
  })
})

describe('GET /api/sessions/:id/trace', () => {
  const tracePath = (from: string, to: string) =>
    `trace?${new URLSearchParams({ from, to }).toString()}`

  test('is the link of a trace that starts in a Pod, on a node or outside', async () => {
    const session = await broken()
    for (const [from, to, outcome] of [
      ['pod:default/web', 'http://kubernetes.default:443/', 'delivered'],
      ['node:node-1', 'http://10.96.0.10:9153/metrics', 'delivered'],
      ['internet', 'http://192.168.49.2:30999/', 'refused'],
    ] as const) {
      const answer = await get(session, tracePath(from, to))
      expect([from, await answer.json()]).toMatchObject([from, { outcome }])
    }
  })

  test.each([
    ['trace', 'from: write pod:NAMESPACE/NAME'],
    [tracePath('moon', 'http://web/'), 'from: write pod:NAMESPACE/NAME'],
    [tracePath('pod:a/b/c', 'http://web/'), 'from: "a/b/c" is no "namespace/name" of a Pod'],
    [tracePath('node:', 'http://web/'), 'from: "" is no name of a node'],
    [tracePath('internet', 'gopher://web/'), 'to:'],
    ['trace?from=__proto__&to=http://web/', 'from: write pod:NAMESPACE/NAME'],
  ])('refuses %j', async (path, detail) => {
    const answer = await get(await broken(), path)
    expect(answer.status).toBe(400)
    expect((await answer.json<Problem>()).detail).toContain(detail)
  })
})

describe('GET /api/sessions/:id/nodes/:node/tables', () => {
  test('prints what iptables-save prints', async () => {
    const session = await newSession({ template: 'bare' })
    const text = await (await get(session, 'nodes/node-1/tables')).text()
    expect(text).toContain(
      '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES\n',
    )
    const filter = await (await get(session, 'nodes/node-1/tables?table=filter')).text()
    expect(filter.startsWith('*filter\n')).toBe(true)
    expect(filter).not.toContain('*nat')
    const none = await (await get(session, 'nodes/node-1/tables?table=raw')).text()
    expect(none).toBe('# kube-proxy on node-1 wrote no such table\n')
  })

  test('prints the virtual servers of the mode ipvs, and the tables of nftables', async () => {
    const ipvs = await newSession({ template: 'bare', proxyMode: 'ipvs' })
    expect(await (await get(ipvs, 'nodes/node-1/tables')).text()).toMatch(
      /^TCP {2}10\.96\.0\.1:443 rr *\n {2}-> 192\.168\.49\.2:8443 +Masq/m,
    )
    const nftables = await newSession({ template: 'bare', proxyMode: 'nftables' })
    expect(await (await get(nftables, 'nodes/node-1/tables')).text()).toContain(
      'table ip kube-proxy {\n',
    )
  })

  test('gives programs JSON', async () => {
    const session = await newSession({ template: 'bare' })
    expect(await (await get(session, 'nodes/node-2/tables?format=json')).json()).toMatchObject({
      node: 'node-2',
      mode: 'iptables',
      sync: 'synced',
      tables: [
        { family: 'ip', name: 'filter' },
        { family: 'ip', name: 'nat' },
      ],
    })
  })

  test.each([
    ['nodes/node-9/tables', 404, 'no Node "node-9"'],
    ['nodes/node-1/tables?format=xml', 400, 'format: write iptables, nftables, ipvs or json'],
    ['nodes/node-1/tables?family=x', 400, 'family: write ip, ip6 or inet'],
    ['nodes/node-1/tables?colour=red', 400, 'colour: unknown; the parameters are format'],
  ])('answers %j with %i', async (path, status, detail) => {
    const answer = await get(await newSession({ template: 'bare' }), path)
    expect(answer.status).toBe(status)
    expect((await answer.json<Problem>()).detail).toContain(detail)
  })
})
