import { describe, expect, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'

const api = new RawApi()
const NAMESPACE = '/api/v1/namespaces/default'
const RBAC = '/apis/rbac.authorization.k8s.io/v1/namespaces/default'
const GROUP = 'rbac.authorization.k8s.io'
const JANE = { impersonate: { user: 'jane', groups: [] } }

const verbs = ['get', 'patch', 'update']
const resources = ['configmaps', 'services']
api.send('POST', `${RBAC}/roles`, {
  metadata: { name: 'writer' },
  rules: [{ apiGroups: [''], resources, verbs }],
})
api.send('POST', `${RBAC}/rolebindings`, {
  metadata: { name: 'writer' },
  subjects: [{ kind: 'User', name: 'jane', apiGroup: GROUP }],
  roleRef: { kind: 'Role', name: 'writer', apiGroup: GROUP },
})

const service = (type: string) => ({
  metadata: { name: 's' },
  spec: { type, ports: [{ port: 80 }] },
})
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }
const APPLY = { contentType: 'application/apply-patch+yaml' }

const put = (who: object) => api.send('PUT', `${NAMESPACE}/services/s`, service('ClusterIP'), who)
const apply = (who: object) =>
  api.send('PATCH', `${NAMESPACE}/configmaps/c?fieldManager=me`, configMap, { ...APPLY, ...who })

describe('whoever may change but not create makes nothing new', () => {
  test.each([
    ['by a PUT', 'services', 's', put],
    ['by what is applied', 'configmaps', 'c', apply],
  ])('%s', (_how, plural, name, write) => {
    expect(write(JANE).body).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message: `${plural} "${name}" is forbidden: User "jane" cannot create resource "${plural}" in API group "" in the namespace "default"`,
    })
    expect(write({}).status).toBe(201)
    expect(write(JANE).status).toBe(200)
  })
})
