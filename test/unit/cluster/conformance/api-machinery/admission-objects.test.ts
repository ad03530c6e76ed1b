// kubernetes: test/e2e/apimachinery/{validatingadmissionpolicy,mutatingadmissionpolicy,webhook}.go, as far as no webhook has to run
import { beforeEach, describe, expect, it } from 'vitest'
import { apiOperations } from '../../../../support/conformance-operations.ts'
import { Framework } from '../../../../support/conformance.ts'

const f = new Framework()
const group = 'admissionregistration.k8s.io'

const conditionsOf = (type: string) => ({
  conditions: [
    {
      type,
      status: 'False',
      reason: type,
      message: 'patched',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ],
})

const RULE = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'] }

describe('[sig-api-machinery] ValidatingAdmissionPolicy [Privileged:ClusterAdmin]', () => {
  beforeEach(() => f.begin('validating-admission-policy'))

  const deployment = (name: string, replicas: number) => ({
    metadata: { name, labels: { app: name } },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'pause', image: 'registry.k8s.io/pause:3.10.2' }] },
      },
    },
  })

  const enforce = (name: string, spec: object): void => {
    f.patch('namespaces', f.namespace, { metadata: { labels: { [name]: 'true' } } })
    f.create(`validatingadmissionpolicies.${group}`, {
      metadata: { name },
      spec: {
        matchConstraints: {
          resourceRules: [
            { ...RULE, operations: ['CREATE', 'UPDATE'], resources: ['deployments'] },
          ],
        },
        ...spec,
      },
    })
    f.create(`validatingadmissionpolicybindings.${group}`, {
      metadata: { name },
      spec: {
        policyName: name,
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { [name]: 'true' } } },
      },
    })
  }
  const refusal = (name: string, replicas: number): string =>
    f.refused(() => f.create('deployments.apps', deployment(name, replicas))).message ?? ''
  const drop = (name: string): void => {
    f.delete(`validatingadmissionpolicies.${group}`, name)
    f.delete(`validatingadmissionpolicybindings.${group}`, name)
  }

  it('should validate against a Deployment [Conformance]', () => {
    enforce('replicas-policy', {
      validations: [
        {
          expression: 'object.spec.replicas > 1',
          messageExpression: "'wants replicas > 1, got ' + string(object.spec.replicas)",
        },
      ],
    })
    f.create('deployments.apps', deployment('replicated', 2))
    expect(refusal('non-replicated', 1)).toContain('wants replicas > 1, got 1')
    drop('replicas-policy')
    f.create('deployments.apps', deployment('non-replicated', 1))
  })

  it('should allow expressions to refer variables. [Conformance]', () => {
    enforce('variables-policy', {
      variables: [
        { name: 'replicas', expression: 'object.spec.replicas' },
        { name: 'oddReplicas', expression: 'variables.replicas % 2 == 1' },
      ],
      validations: [
        { expression: 'variables.replicas > 1' },
        { expression: 'variables.oddReplicas' },
      ],
    })
    f.create('deployments.apps', deployment('replicated', 3))
    expect(refusal('non-replicated', 1)).toContain('failed expression: variables.replicas > 1')
    expect(refusal('even-replicated', 2)).toContain('failed expression: variables.oddReplicas')
    drop('variables-policy')
  })

  it('should support ValidatingAdmissionPolicy API operations [Conformance]', () => {
    apiOperations(f, {
      name: `validatingadmissionpolicies.${group}`,
      group,
      plural: 'validatingadmissionpolicies',
      namespaced: false,
      body: {
        metadata: { generateName: 'e2e-vap-' },
        spec: {
          matchConstraints: { resourceRules: [{ ...RULE, resources: ['deployments'] }] },
          validations: [{ expression: 'object.spec.replicas <= 100' }],
        },
      },
      statusPatch: conditionsOf('PatchStatusFailed'),
      statusUpdate: () => conditionsOf('UpdateStatusFailed'),
    })
  })

  it('should support ValidatingAdmissionPolicyBinding API operations [Conformance]', () => {
    apiOperations(f, {
      name: `validatingadmissionpolicybindings.${group}`,
      group,
      plural: 'validatingadmissionpolicybindings',
      namespaced: false,
      body: {
        metadata: { generateName: 'e2e-vapb-' },
        spec: { policyName: 'replicalimit-policy.example.com', validationActions: ['Deny'] },
      },
    })
  })
})

describe('[sig-api-machinery] MutatingAdmissionPolicy [Privileged:ClusterAdmin]', () => {
  beforeEach(() => f.begin('mutating-admission-policy'))

  it('should support MutatingAdmissionPolicy API operations [Conformance]', () => {
    apiOperations(f, {
      name: `mutatingadmissionpolicies.${group}`,
      group,
      plural: 'mutatingadmissionpolicies',
      namespaced: false,
      body: {
        metadata: { generateName: 'e2e-map-' },
        spec: {
          reinvocationPolicy: 'Never',
          matchConstraints: { resourceRules: [{ ...RULE, resources: ['deployments'] }] },
          mutations: [
            {
              patchType: 'ApplyConfiguration',
              applyConfiguration: { expression: 'Object{spec: Object.spec{replicas: 3}}' },
            },
          ],
        },
      },
    })
  })

  it('should support MutatingAdmissionPolicyBinding API operations [Conformance]', () => {
    apiOperations(f, {
      name: `mutatingadmissionpolicybindings.${group}`,
      group,
      plural: 'mutatingadmissionpolicybindings',
      namespaced: false,
      body: {
        metadata: { generateName: 'e2e-mapb-' },
        spec: { policyName: 'replicalimit-policy.example.com' },
      },
    })
  })
})

describe('[sig-api-machinery] AdmissionWebhook [Privileged:ClusterAdmin]', () => {
  beforeEach(() => f.begin('webhook'))
  const KINDS = {
    validating: 'validatingwebhookconfigurations',
    mutating: 'mutatingwebhookconfigurations',
  } as const

  it('should unconditionally reject operations on fail closed webhook [Conformance]', () => {
    const name = `${KINDS.validating}.${group}`
    f.patch('namespaces', f.namespace, { metadata: { labels: { 'fail-closed-webhook': 'true' } } })
    f.create(name, {
      metadata: { name: 'fail-closed' },
      webhooks: [
        {
          name: 'fail-closed.k8s.io',
          rules: [{ ...RULE, apiGroups: [''], resources: ['configmaps'] }],
          clientConfig: {
            service: { namespace: f.namespace, name: 'e2e-test-webhook', path: '/configmaps' },
          },
          failurePolicy: 'Fail',
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          namespaceSelector: { matchLabels: { 'fail-closed-webhook': 'true' } },
        },
      ],
    })
    const refused = f.refused(() => f.create('configmaps', { metadata: { name: 'foo' } }))
    expect(refused.code).toBe(500)
    expect(refused.message).toContain('failed calling webhook "fail-closed.k8s.io"')
    f.delete(name, 'fail-closed')
    f.create('configmaps', { metadata: { name: 'foo' } })
  })

  it('should include webhook resources in discovery documents [Conformance]', () => {
    const containing = (value: object) => expect.objectContaining(value) as object
    const groupVersion = `${group}/v1`
    const versions = expect.arrayContaining([{ groupVersion, version: 'v1' }]) as object
    expect(f.ask('GET', '/apis')).toMatchObject({
      groups: expect.arrayContaining([containing({ name: group, versions })]) as object,
    })
    expect(f.ask('GET', `/apis/${group}`)).toMatchObject({ versions })
    const resources = Object.values(KINDS).map((name) => containing({ name }))
    expect(f.ask('GET', `/apis/${groupVersion}`)).toMatchObject({
      resources: expect.arrayContaining(resources) as object,
    })
  })

  const configuration = (name: string, matchConditions: readonly object[]) => ({
    metadata: { name },
    webhooks: [
      {
        name: 'match-condition.k8s.io',
        clientConfig: { service: { namespace: f.namespace, name: 'e2e-test-webhook', path: '/x' } },
        rules: [{ ...RULE, apiGroups: [''], resources: ['configmaps'] }],
        namespaceSelector: { matchLabels: { [f.namespace]: 'true' } },
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        matchConditions,
      },
    ],
  })
  const FIRST = [{ name: 'expression-1', expression: "object.metadata.namespace == 'production'" }]
  const SECOND = [
    ...FIRST,
    { name: 'expression-2', expression: "object.metadata.namespace == 'staging'" },
  ]

  for (const [kind, plural] of Object.entries(KINDS)) {
    const name = `${plural}.${group}`
    it(`should be able to create and update ${kind} webhook configurations with match conditions [Conformance]`, () => {
      const webhooks = (matchConditions: readonly object[]) => [
        expect.objectContaining({ matchConditions }) as object,
      ]
      const created = f.create(name, configuration('e2e-match', FIRST))
      expect(created).toMatchObject({ webhooks: webhooks(FIRST) })
      const changed = configuration('e2e-match', SECOND)
      f.change(name, 'e2e-match', () => ({ webhooks: changed.webhooks }))
      expect(f.get(name, 'e2e-match')).toMatchObject({ webhooks: webhooks(SECOND) })
      f.delete(name, 'e2e-match')
    })

    it(`should reject ${kind} webhook configurations with invalid match conditions [Conformance]`, () => {
      const wrong = [
        { name: 'invalid-expression-1', expression: '... [] bad expression' },
        { name: 'invalid-expression-2', expression: 'bad ? expression' },
      ]
      const refused = f.refused(() => f.create(name, configuration('e2e-invalid', wrong)))
      expect(refused.message).toContain('compilation failed')
    })
  }
})
