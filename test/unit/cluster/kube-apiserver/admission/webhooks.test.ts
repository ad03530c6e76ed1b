import { describe, expect, it } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'
import { post } from '../../../../support/refusals.ts'

const GROUP = '/apis/admissionregistration.k8s.io/v1'
const DEFAULT = '/api/v1/namespaces/default'

const withWebhook = (more = '', kind = 'validating'): RawApi => {
  const api = new RawApi()
  const { problems } = post(
    api,
    `${GROUP}/${kind}webhookconfigurations`,
    `metadata: {name: hooks}\nwebhooks: [{name: check.example.com, sideEffects: None, admissionReviewVersions: [v1], clientConfig: {service: {namespace: default, name: hook, path: /check}}, rules: [{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [configmaps]}]${more}}]`,
  )
  expect(problems).toEqual([])
  return api
}

const map = (api: RawApi, name = 'one') =>
  post(api, `${DEFAULT}/configmaps`, `metadata: {name: ${name}}`)

const FAILED =
  'Internal error occurred: failed calling webhook "check.example.com": failed to call webhook: Post "https://hook.default.svc:443/check?timeout=10s": '

describe('a webhook that nobody answers', () => {
  it.each(['validating', 'mutating'])('keeps what it is %s from being written', (kind) => {
    const { status, body } = map(withWebhook('', kind))
    expect([status, body['message']]).toEqual([500, `${FAILED}service "hook" not found`])
  })

  it('cannot be reached at a port that is not there, or without endpoints', () => {
    const api = withWebhook()
    post(
      api,
      `${DEFAULT}/services`,
      'metadata: {name: hook}\nspec: {clusterIP: 10.96.0.77, ports: [{port: 80}], selector: {a: b}}',
    )
    expect(map(api).body['message']).toBe(`${FAILED}no service port 443 found for service "hook"`)
    const ports = { spec: { ports: [{ port: 443 }] } }
    api.send('PATCH', `${DEFAULT}/services/hook`, ports, {
      contentType: 'application/merge-patch+json',
    })
    expect(map(api).body['message']).toBe(
      `${FAILED}dial tcp 10.96.0.77:443: connect: connection refused`,
    )
    post(
      api,
      `${DEFAULT}/pods`,
      'metadata: {name: p, labels: {a: b}}\nspec: {containers: [{name: c, image: i}]}',
    )
    expect(map(api).status).toBe(201)
  })

  it('is not missed by who does not need it', () => {
    expect(map(withWebhook(', failurePolicy: Ignore')).status).toBe(201)
    expect(map(withWebhook(', objectSelector: {matchLabels: {no: body}}')).status).toBe(201)
    const api = withWebhook(
      `, matchConditions: [{name: c, expression: "object.metadata.name == 'one'"}]`,
    )
    expect([map(api, 'two').status, map(api).status]).toEqual([201, 500])
  })
})
