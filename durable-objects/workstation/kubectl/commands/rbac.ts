// Whom bindings of roles speak of. kubernetes: api rbac/v1
import type { JsonObject } from '#apimachinery/object.ts'
import { KubectlFailure } from '#kubectl/failure.ts'

export const RBAC_GROUP = 'rbac.authorization.k8s.io'

export interface Subject extends JsonObject {
  readonly kind: string
  readonly apiGroup?: string
  readonly name: string
  readonly namespace?: string
}

export const userSubject = (name: string): Subject => ({
  kind: 'User',
  apiGroup: RBAC_GROUP,
  name,
})

export const groupSubject = (name: string): Subject => ({
  kind: 'Group',
  apiGroup: RBAC_GROUP,
  name,
})

/** `shop:bot`. `namespace`: for `:bot`; ``: the namespace must be said. */
export const serviceAccountSubject = (text: string, namespace = ''): Subject => {
  const [given = '', name = '', ...more] = text.split(':')
  if (name === '' || more.length > 0 || (given === '' && namespace === ''))
    throw new KubectlFailure('serviceaccount must be <namespace>:<name>')
  return { kind: 'ServiceAccount', name, namespace: given || namespace }
}

export const isSameSubject = (a: Subject, b: Subject): boolean =>
  a.kind === b.kind &&
  (a.apiGroup ?? '') === (b.apiGroup ?? '') &&
  a.name === b.name &&
  (a.namespace ?? '') === (b.namespace ?? '')
