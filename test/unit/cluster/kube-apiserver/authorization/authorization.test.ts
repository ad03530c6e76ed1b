import { describe, expect, it } from 'vitest'
import type { PolicyRule } from '#api/rbac/v1/role/types.ts'
import type { UserInfo } from '#api/strategy.ts'
import { behaviours } from '#api/behaviours.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { Random } from '#environment.ts'
import type { Attributes } from '#kube-apiserver/authorization/attributes.ts'
import { authorizerOver } from '#kube-apiserver/authorization/authorizer.ts'
import { bootstrapPolicy } from '#kube-apiserver/authorization/bootstrap-policy.ts'
import { privilegeEscalation } from '#kube-apiserver/authorization/escalation.ts'
import {
  impersonatedUser,
  impersonationChecks,
} from '#kube-apiserver/authorization/impersonation.ts'
import { reviews } from '#kube-apiserver/authorization/reviews.ts'
import { ruleAllows } from '#kube-apiserver/authorization/rules.ts'
import { issueToken, tokenUser, type TokenRequest } from '#kube-apiserver/authorization/token.ts'
import { messageOf, NOW, readerOf, requestOf, run } from '../../../../support/admission.ts'

const GROUP = 'rbac.authorization.k8s.io'

const role = (name: string, ...rules: readonly PolicyRule[]): object => ({
  metadata: { name, namespace: 'default' },
  rules,
})

const binding = (name: string, roleName: string, subject: object, kind = 'Role'): object => ({
  metadata: { name, namespace: 'default' },
  roleRef: { apiGroup: GROUP, kind, name: roleName },
  subjects: [subject],
})

const policy: Record<string, object[]> = {}
for (const { resource, object } of bootstrapPolicy()) (policy[resource] ??= []).push(object)

const reading: PolicyRule = {
  apiGroups: [''],
  resources: ['services', 'pods'],
  verbs: ['get', 'list', 'watch'],
}
const reader = readerOf({
  ...policy,
  [`roles.${GROUP}`]: [role('reader', reading)],
  [`rolebindings.${GROUP}`]: [
    binding('reader', 'reader', { kind: 'User', name: 'jane' }),
    binding('broken', 'nope', { kind: 'User', name: 'max' }, 'ClusterRole'),
    binding('viewers', 'view', { kind: 'ServiceAccount', name: 'robot' }, 'ClusterRole'),
    binding('admins', 'admin', { kind: 'Group', name: 'owners' }, 'ClusterRole'),
  ],
})
const authorizer = authorizerOver(reader)

const user = (username: string, ...groups: readonly string[]): UserInfo => ({
  username,
  groups: [...groups, 'system:authenticated'],
})

const on = (
  verb: string,
  resource: string,
  namespace = 'default',
  more: object = {},
): Attributes => ({
  verb,
  group: '',
  resource,
  subresource: '',
  namespace,
  name: '',
  ...more,
})

describe('RBAC', () => {
  const cases: readonly (readonly [string, UserInfo, Attributes, string])[] = [
    ['a superuser anything', user('root', 'system:masters'), on('*', '*', ''), ''],
    ['a bound user what the role says', user('jane'), on('list', 'services'), ''],
    [
      'nothing else',
      user('jane'),
      on('create', 'services'),
      'services is forbidden: User "jane" cannot create resource "services" in API group "" in the namespace "default"',
    ],
    [
      'nothing elsewhere',
      user('jane'),
      on('list', 'services', 'kube-system'),
      'services is forbidden: User "jane" cannot list resource "services" in API group "" in the namespace "kube-system"',
    ],
    [
      'nothing of the cluster',
      user('jane'),
      on('list', 'nodes', ''),
      'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope',
    ],
    [
      'nothing of a name',
      user('jane'),
      on('delete', 'services', 'default', { name: 'kubernetes' }),
      'services "kubernetes" is forbidden: User "jane" cannot delete resource "services" in API group "" in the namespace "default"',
    ],
    [
      'no subresource',
      user('jane'),
      on('get', 'pods', 'default', { subresource: 'log', name: 'p' }),
      'pods "p" is forbidden: User "jane" cannot get resource "pods/log" in API group "" in the namespace "default"',
    ],
    [
      'nothing by a role that is not there',
      user('max'),
      on('get', 'pods'),
      `pods is forbidden: User "max" cannot get resource "pods" in API group "" in the namespace "default": RBAC: clusterrole.${GROUP} "nope" not found`,
    ],
    [
      'a service account by its name',
      user('system:serviceaccount:default:robot'),
      on('list', 'deployments', 'default', { group: 'apps' }),
      '',
    ],
    [
      'viewers no secrets',
      user('system:serviceaccount:default:robot'),
      on('get', 'secrets'),
      'secrets is forbidden: User "system:serviceaccount:default:robot" cannot get resource "secrets" in API group "" in the namespace "default"',
    ],
    ['admins what editors may', user('ann', 'owners'), on('create', 'secrets'), ''],
    ['admins roles', user('ann', 'owners'), on('create', 'roles', 'default', { group: GROUP }), ''],
    ['everybody discovery', user('jane'), { verb: 'get', path: '/apis/apps/v1' }, ''],
    [
      'nobody metrics',
      user('jane'),
      { verb: 'get', path: '/metrics' },
      'forbidden: User "jane" cannot get path "/metrics"',
    ],
    [
      'everybody questions about themselves',
      user('jane'),
      on('create', 'selfsubjectaccessreviews', '', { group: 'authorization.k8s.io' }),
      '',
    ],
  ]
  for (const [name, who, attributes, message] of cases) {
    it(`allows ${name}`, () => {
      expect(messageOf(() => authorizer.authorize(who, attributes))).toBe(message)
    })
  }

  const rules: readonly (readonly [PolicyRule, Attributes, boolean])[] = [
    [
      { apiGroups: ['*'], resources: ['*/scale'], verbs: ['get'] },
      on('get', 'deployments', '', { subresource: 'scale' }),
      true,
    ],
    [{ apiGroups: ['*'], resources: ['*/scale'], verbs: ['get'] }, on('get', 'scale'), false],
    [
      { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
      on('get', 'pods', '', { subresource: 'log' }),
      false,
    ],
    [
      { apiGroups: [''], resources: ['pods'], resourceNames: ['a'], verbs: ['get'] },
      on('get', 'pods', '', { name: 'a' }),
      true,
    ],
    [
      { apiGroups: [''], resources: ['pods'], resourceNames: ['a'], verbs: ['list'] },
      on('list', 'pods'),
      false,
    ],
    [{ apiGroups: ['apps'], resources: ['*'], verbs: ['*'] }, on('get', 'pods'), false],
    [
      { nonResourceURLs: ['/healthz/*'], verbs: ['get'] },
      { verb: 'get', path: '/healthz/ping' },
      true,
    ],
    [{ nonResourceURLs: ['/healthz/*'], verbs: ['get'] }, { verb: 'get', path: '/healthz' }, false],
  ]
  for (const [rule, attributes, expected] of rules) {
    it(`reads ${JSON.stringify(rule)} as ${expected} for ${JSON.stringify(attributes)}`, () => {
      expect(ruleAllows(rule, attributes)).toBe(expected)
    })
  }
})

describe('the bootstrap policy', () => {
  it('is valid, and no object is there twice', () => {
    const objects = bootstrapPolicy()
    const keys = objects.map(
      ({ resource, object: { metadata } }) =>
        `${resource} ${metadata.namespace ?? ''} ${metadata.name!}`,
    )
    expect(new Set(keys).size).toBe(keys.length)
    for (const { resource, object } of objects) {
      const { strategy } = behaviours[resource]!
      const defaulted = strategy!.defaults?.(object) ?? object
      expect(strategy!.validate!(defaulted, undefined as never)).toEqual([])
    }
  })

  it('binds only to roles that there are', () => {
    const objects = bootstrapPolicy()
    const names = new Set(
      objects.map(
        ({ object: { kind, metadata } }) =>
          `${kind} ${kind === 'Role' ? metadata.namespace! : ''} ${metadata.name!}`,
      ),
    )
    for (const { object } of objects) {
      const { roleRef } = object as KubeObject & { roleRef?: { kind: string; name: string } }
      if (roleRef !== undefined)
        expect(names).toContain(
          `${roleRef.kind} ${roleRef.kind === 'Role' ? object.metadata.namespace! : ''} ${roleRef.name}`,
        )
    }
  })
})

describe('reviews', () => {
  const context = { reader, authorizer, now: NOW, namespace: '' }
  const ask = (
    resource: string,
    spec: object,
    who: UserInfo = user('jane'),
    more: object = {},
  ): unknown =>
    (
      reviews[resource]!({ apiVersion: 'v1', kind: 'Any', metadata: {}, spec } as KubeObject, who, {
        ...context,
        ...more,
      }) as KubeObject & { status: unknown }
    ).status

  it('say what the asker may do, and why', () => {
    const resourceAttributes = { verb: 'get', resource: 'services', namespace: 'default' }
    expect(ask('selfsubjectaccessreviews.authorization.k8s.io', { resourceAttributes })).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "reader/default" of Role "reader" to User "jane"',
    })
    expect(
      ask('selfsubjectaccessreviews.authorization.k8s.io', { resourceAttributes }, user('joe')),
    ).toEqual({ allowed: false })
  })

  it('say what somebody else may do', () => {
    const spec = {
      user: 'jane',
      resourceAttributes: { verb: 'list', resource: 'pods', namespace: 'default' },
    }
    expect(ask('subjectaccessreviews.authorization.k8s.io', spec)).toMatchObject({ allowed: true })
  })

  const refusals: readonly (readonly [string, object, string])[] = [
    [
      'selfsubjectaccessreviews.authorization.k8s.io',
      {},
      'SelfSubjectAccessReview.authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ],
    [
      'subjectaccessreviews.authorization.k8s.io',
      { nonResourceAttributes: {} },
      'SubjectAccessReview.authorization.k8s.io "" is invalid: spec.user: Invalid value: "": at least one of user or group must be specified',
    ],
    ['selfsubjectrulesreviews.authorization.k8s.io', {}, 'no namespace on request'],
    [
      'tokenreviews.authentication.k8s.io',
      {},
      'token is required for TokenReview in authentication',
    ],
  ]
  for (const [resource, spec, message] of refusals) {
    it(`refuse a question that is none: ${message.slice(0, 40)}`, () => {
      expect(messageOf(() => ask(resource, spec))).toBe(message)
    })
  }

  it('list the rules of the asker', () => {
    expect(
      ask('selfsubjectrulesreviews.authorization.k8s.io', { namespace: 'default' }),
    ).toMatchObject({
      resourceRules: expect.arrayContaining([reading]) as unknown,
      nonResourceRules: expect.arrayContaining([
        {
          verbs: ['get'],
          nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'],
        },
      ]) as unknown,
      incomplete: false,
    })
    expect(
      ask('selfsubjectrulesreviews.authorization.k8s.io', { namespace: 'default' }, user('max')),
    ).toMatchObject({
      incomplete: true,
      evaluationError: `clusterrole.${GROUP} "nope" not found`,
    })
  })

  it('tell the asker who they are', () => {
    expect(ask('selfsubjectreviews.authentication.k8s.io', {}, user('jane', 'dev'))).toEqual({
      userInfo: { username: 'jane', groups: ['dev', 'system:authenticated'] },
    })
  })
})

describe('tokens', () => {
  const accounts = readerOf({
    serviceaccounts: [{ metadata: { name: 'robot', namespace: 'default', uid: 'u1' } }],
    pods: [
      {
        metadata: { name: 'p', namespace: 'default', uid: 'u2' },
        spec: { serviceAccountName: 'other' },
      },
    ],
  })
  const issue = (spec: object, name = 'robot'): TokenRequest =>
    issueToken(
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec },
      'default',
      name,
      { reader: accounts, random: new Random(1), now: NOW },
    )

  const refusals: readonly (readonly [object, string, string])[] = [
    [{}, 'nope', 'serviceaccounts "nope" not found'],
    [
      { expirationSeconds: 60 },
      'robot',
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
    ],
    [
      { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p' } },
      'robot',
      'cannot bind token for serviceaccount "robot" to pod running with different serviceaccount name.',
    ],
    [
      { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'q' } },
      'robot',
      'pods "q" not found',
    ],
    [
      { boundObjectRef: { kind: 'ConfigMap', apiVersion: 'v1', name: 'q' } },
      'robot',
      'cannot bind token to object of type /v1, Kind=ConfigMap',
    ],
  ]
  for (const [spec, name, message] of refusals) {
    it(`are refused: ${message.slice(0, 50)}`, () => {
      expect(messageOf(() => issue(spec, name))).toBe(message)
    })
  }

  it('speak for their account until they expire', () => {
    const { status, metadata } = issue({})
    expect(metadata).toMatchObject({ name: 'robot', namespace: 'default' })
    expect(status!.expirationTimestamp).toBe('2023-11-14T23:13:20Z')
    expect(status!.token).toMatch(/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{86}$/)
    expect(tokenUser(status!.token, { reader: accounts, now: NOW })).toMatchObject({
      user: {
        username: 'system:serviceaccount:default:robot',
        uid: 'u1',
        groups: [
          'system:serviceaccounts',
          'system:serviceaccounts:default',
          'system:authenticated',
        ],
      },
    })
    expect(tokenUser(status!.token, { reader: accounts, now: NOW + 3_600_000 })).toEqual({
      error: '[invalid bearer token, service account token has expired]',
    })
    expect(tokenUser(status!.token, { reader: readerOf({}), now: NOW })).toHaveProperty('error')
  })

  const changed = (token: string, part: number, text: string): string =>
    token
      .split('.')
      .map((old, index) => (index === part ? Buffer.from(text).toString('base64url') : old))
      .join('.')

  it('are worth nothing with other claims, another signature or another key', () => {
    const { token } = issue({}).status!
    const claims = Buffer.from(token.split('.')[1]!, 'base64url').toString()
    const broken = '[invalid bearer token, go-jose/go-jose: error in cryptographic primitive]'
    for (const [text, error] of [
      [changed(token, 1, claims.replaceAll('robot', 'admin')), broken],
      [changed(token, 2, 'x'.repeat(64)), broken],
      [`${token.split('.').slice(0, 2).join('.')}.`, broken],
      [
        changed(token, 0, '{"alg":"ES256","kid":"another"}'),
        '[invalid bearer token, invalid signature, no keys found]',
      ],
      [changed(token, 0, '{"alg":"none"}'), 'invalid bearer token'],
      [changed(token, 1, '{"iss":"https://another"}'), 'invalid bearer token'],
    ] as const)
      expect(tokenUser(text, { reader: accounts, now: NOW })).toEqual({ error })
  })

  it('are nothing else', () => {
    for (const text of ['', 'a.b.c', 'x', 'e30.e30.x'])
      expect(tokenUser(text, { reader: accounts, now: NOW })).toEqual({
        error: 'invalid bearer token',
      })
  })
})

describe('impersonation', () => {
  it('needs a right for everything that is claimed', () => {
    const checks = impersonationChecks({
      user: 'system:serviceaccount:ns:robot',
      groups: ['dev'],
      extra: { scope: ['a'] },
    })
    expect(
      checks.map(({ resource, subresource, namespace, name }) => [
        resource,
        subresource,
        namespace,
        name,
      ]),
    ).toEqual([
      ['serviceaccounts', '', 'ns', 'robot'],
      ['groups', '', '', 'dev'],
      ['userextras', 'scope', '', 'a'],
    ])
  })

  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['jane', [], ['system:authenticated']],
    ['jane', ['dev'], ['dev', 'system:authenticated']],
    ['jane', ['system:authenticated'], ['system:authenticated']],
    [
      'system:serviceaccount:ns:robot',
      [],
      ['system:serviceaccounts', 'system:serviceaccounts:ns', 'system:authenticated'],
    ],
    ['system:anonymous', [], ['system:unauthenticated']],
  ]
  for (const [name, groups, expected] of cases) {
    it(`gives ${name} of ${groups.length} groups what everybody has`, () => {
      expect(impersonatedUser({ user: name, groups }).groups).toEqual(expected)
    })
  }
})

describe('privilege escalation', () => {
  const resource = `roles.${GROUP}`
  const create = (who: UserInfo, object: object, name = resource): string =>
    messageOf(() => run(privilegeEscalation(reader), requestOf(name, object, { user: who })))

  it('is refused with what is missing', () => {
    const wanted = role('more', {
      apiGroups: [''],
      resources: ['pods'],
      verbs: ['get', 'create', 'delete'],
    })
    expect(create(user('jane'), wanted)).toBe(
      `roles.${GROUP} "more" is forbidden: user "jane" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["pods"], Verbs:["create" "delete"]}`,
    )
  })

  it('is none if everything is held', () => {
    expect(create(user('jane'), role('same', { ...reading, resourceNames: ['a'] }))).toBe('')
    expect(
      create(
        user('root', 'system:masters'),
        role('all', { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }),
      ),
    ).toBe('')
  })

  it('is refused by way of a binding', () => {
    const bound = binding('mine', 'admin', { kind: 'User', name: 'jane' }, 'ClusterRole')
    expect(create(user('jane'), bound, `rolebindings.${GROUP}`)).toContain(
      'is attempting to grant RBAC permissions not currently held:\n',
    )
    expect(create(user('ann', 'owners'), bound, `rolebindings.${GROUP}`)).toBe('')
  })

  it('asks for everything where roles are gathered', () => {
    const gathering = {
      metadata: { name: 'all' },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] },
    }
    const name = `clusterroles.${GROUP}`
    expect(create(user('jane'), gathering, name)).toBe(
      `${name} "all" is forbidden: must have cluster-admin privileges to use the aggregationRule`,
    )
    expect(create(user('root', 'system:masters'), gathering, name)).toBe('')
  })

  it('cannot be judged where the role is not there', () => {
    const bound = binding('mine', 'nope', { kind: 'User', name: 'jane' })
    expect(create(user('jane'), bound, `rolebindings.${GROUP}`)).toBe(
      `role.${GROUP} "nope" not found`,
    )
  })

  it('names the roles of the user that are not there', () => {
    expect(create(user('max'), role('more', reading))).toMatch(
      /; resolution errors: \[clusterrole\.rbac\.authorization\.k8s\.io "nope" not found\]$/,
    )
  })

  it.each([
    ['finalizers', { finalizers: ['a.example/b'] }, ''],
    ['owners', { ownerReferences: [{ name: 'x' }] }, ''],
    ['labels', { labels: { a: 'b' } }, 'currently held'],
  ])('is looked for when %s change', (_what, metadata, message) => {
    const old = role('more', { apiGroups: [''], resources: ['nodes'], verbs: ['get'] }) as {
      readonly metadata: object
    }
    const object = { ...old, metadata: { ...old.metadata, ...metadata } }
    const request = requestOf(resource, object, { user: user('jane'), old: old as KubeObject })
    expect(messageOf(() => run(privilegeEscalation(reader), request))).toContain(message)
    if (message === '') expect(() => run(privilegeEscalation(reader), request)).not.toThrow()
  })
})
