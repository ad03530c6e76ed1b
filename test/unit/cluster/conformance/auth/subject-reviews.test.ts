// kubernetes: test/e2e/auth/{subjectreviews,selfsubjectreviews}.go
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#apimachinery/object.ts'
import type { ApiRequest } from '#kube-apiserver/endpoints/http.ts'
import { Framework } from '../../../../support/conformance.ts'

const f = new Framework()

const AUTHORIZATION = 'authorization.k8s.io/v1'
const AUTHENTICATION = 'authentication.k8s.io/v1'

/** As a client set that impersonates. */
const as = (
  impersonate: NonNullable<ApiRequest['impersonate']>,
  method: string,
  path: string,
  body: object | undefined = undefined,
): { readonly status: number; readonly body: JsonObject } => {
  const answer = f.api.cluster.handle({
    method,
    path,
    query: [],
    accept: 'application/json',
    contentType: body === undefined ? '' : 'application/json',
    userAgent: 'test/v1',
    body: body === undefined ? '' : JSON.stringify(body),
    user: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
    impersonate,
  })
  if ('watch' in answer) throw new Error(`${path} is a watch`)
  return { status: answer.status, body: JSON.parse(answer.body.join('')) as JsonObject }
}

describe('[sig-auth] SubjectReview', () => {
  it('should support SubjectReview API operations [Conformance]', () => {
    f.begin('subjectreview')
    const { metadata } = f.create('serviceaccounts', { metadata: { name: 'e2e' } })
    const namespace = f.namespace
    const user = `system:serviceaccount:${namespace}:e2e`
    const groups = [
      'system:authenticated',
      'system:serviceaccounts',
      `system:serviceaccounts:${namespace}`,
    ]
    const resourceAttributes = { verb: 'list', resource: 'configmaps', namespace, version: 'v1' }
    const spec = { resourceAttributes, user, groups, uid: metadata.uid }
    const review = (kind: string, where: string, more: object = {}) =>
      f.ask('POST', `/apis/${AUTHORIZATION}/${where}${kind.toLowerCase()}s`, {
        apiVersion: AUTHORIZATION,
        kind,
        ...more,
        spec,
      }) as { readonly status: { readonly allowed: boolean } }
    const actual = () =>
      as({ user, groups }, 'GET', `/api/v1/namespaces/${namespace}/configmaps`).status
    const check = (allowed: boolean): void => {
      expect(review('SubjectAccessReview', '').status.allowed).toBe(allowed)
      const local = review('LocalSubjectAccessReview', `namespaces/${namespace}/`, {
        metadata: { namespace },
      })
      expect(local.status.allowed).toBe(allowed)
      expect(actual()).toBe(allowed ? 200 : 403)
    }
    check(false)
    f.create('rolebindings.rbac.authorization.k8s.io', {
      metadata: { name: 'e2e-view' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'ServiceAccount', name: 'e2e', namespace }],
    })
    check(true)
  })
})

describe('[sig-auth] SelfSubjectReview', () => {
  it('should support SelfSubjectReview API operations [Conformance]', () => {
    f.begin('selfsubjectreview')
    expect(f.ask('GET', '/apis')).toMatchObject({
      groups: expect.arrayContaining([
        expect.objectContaining({ name: 'authentication.k8s.io' }),
      ]) as object,
    })
    expect(f.ask('GET', `/apis/${AUTHENTICATION}`)).toMatchObject({
      resources: expect.arrayContaining([
        expect.objectContaining({ name: 'selfsubjectreviews' }),
      ]) as object,
    })
    const path = `/apis/${AUTHENTICATION}/selfsubjectreviews`
    const body = { apiVersion: AUTHENTICATION, kind: 'SelfSubjectReview' }
    expect(f.ask('POST', path, body)).toMatchObject({
      status: { userInfo: { username: 'kubernetes-admin' } },
    })
    const impersonated = { user: 'jane-doe', groups: ['system:authenticated', 'developers'] }
    expect(as(impersonated, 'POST', path, body)).toMatchObject({
      status: 201,
      body: { status: { userInfo: { username: 'jane-doe', groups: impersonated.groups } } },
    })
  })
})
