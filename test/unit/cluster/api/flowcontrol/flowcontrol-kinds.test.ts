import { describe, expect, it, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'
import { merge, post } from '../../../../support/refusals.ts'

const FLOW = '/apis/flowcontrol.apiserver.k8s.io/v1'
const api = new RawApi()

test.each<[string, string, readonly string[]]>([
  [
    'flowschemas',
    'metadata: {name: f}\nspec: {matchingPrecedence: 20000, priorityLevelConfiguration: {name: ""}, distinguisherMethod: {type: ByFoo}}',
    [
      'spec.matchingPrecedence: Invalid value: 20000: must not be greater than 10000',
      'spec.distinguisherMethod.type: Unsupported value: {"Type":"ByFoo"}: supported values: "ByNamespace", "ByUser"',
      'spec.priorityLevelConfiguration.name: Required value: must reference a priority level',
    ],
  ],
  [
    'flowschemas',
    'metadata: {name: f}\nspec: {matchingPrecedence: 1, priorityLevelConfiguration: {name: system}, rules: [{subjects: [{kind: User, group: {name: g}}, {kind: Foo}, {kind: ServiceAccount, serviceAccount: {name: "*"}}]}, {}]}',
    [
      "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1",
      "spec.rules[0].subjects[0].user: Required value: user is required when subject kind is 'User'",
      "spec.rules[0].subjects[0].group: Forbidden: group is forbidden when subject kind is not 'Group'",
      'spec.rules[0].subjects[1].kind: Unsupported value: "Foo": supported values: "Group", "ServiceAccount", "User"',
      'spec.rules[0].subjects[2].serviceAccount.namespace: Required value: must specify namespace for service account',
      'spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty',
      'spec.rules[1].subjects: Required value: subjects must contain at least one value',
      'spec.rules[1]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty',
    ],
  ],
  [
    'flowschemas',
    'metadata: {name: f}\nspec: {priorityLevelConfiguration: {name: system}, rules: [{subjects: [{kind: User, user: {name: u}}], resourceRules: [{verbs: ["*", get], resources: []}], nonResourceRules: [{verbs: [get], nonResourceURLs: [x, "/a b", /a*, /a/*]}]}]}',
    [
      'spec.rules[0].resourceRules[0].verbs: Invalid value: ["*","get"]: if \'*\' is present, must not specify other verbs',
      'spec.rules[0].resourceRules[0].apiGroups: Required value: resource rules must supply at least one api group',
      'spec.rules[0].resourceRules[0].resources: Required value: resource rules must supply at least one resource',
      'spec.rules[0].resourceRules[0].namespaces: Required value: resource rules that are not cluster scoped must supply at least one namespace',
      'spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: "x": must start with slash',
      'spec.rules[0].nonResourceRules[0].nonResourceURLs[1]: Invalid value: "/a b": must not contain white-space',
      'spec.rules[0].nonResourceRules[0].nonResourceURLs[2]: Invalid value: "/a*": wildcard can only do suffix matching',
    ],
  ],
  [
    'prioritylevelconfigurations',
    'metadata: {name: p}\nspec: {type: Exempt, limited: {limitResponse: {type: Reject}}}',
    [
      "spec.type: Invalid value: \"Exempt\": type must be 'Exempt' if and only if name is 'exempt'",
      'spec.limited: Forbidden: must be nil if the type is not Limited',
    ],
  ],
  [
    'prioritylevelconfigurations',
    'metadata: {name: p}\nspec: {type: Limited, limited: {lendablePercent: 101, borrowingLimitPercent: -1, limitResponse: {type: Queue, queuing: {queues: 4, handSize: 5, queueLengthLimit: -1}}}}',
    [
      'spec.limited.limitResponse.queuing.queueLengthLimit: Invalid value: -1: must be positive',
      'spec.limited.limitResponse.queuing.handSize: Invalid value: 5: should not be greater than queues (4)',
      'spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive',
      'spec.limited.borrowingLimitPercent: Invalid value: -1: if specified, must be a non-negative integer',
    ],
  ],
  [
    'prioritylevelconfigurations',
    'metadata: {name: p}\nspec: {type: Limited, limited: {limitResponse: {type: Queue, queuing: {queues: 1024, handSize: 7}}}}',
    [
      'spec.limited.limitResponse.queuing.handSize: Invalid value: 7: required entropy bits of deckSize 1024 and handSize 7 should not be greater than 60',
    ],
  ],
])('%s refuse %j', (path, yaml, problems) => {
  expect(post(api, `${FLOW}/${path}`, yaml).problems).toEqual(problems)
})

describe('a FlowSchema', () => {
  const conditions = (name: string): unknown => {
    const { status } = api.send('GET', `${FLOW}/flowschemas/${name}`).body as {
      status: { conditions: readonly { status: string; message: string }[] }
    }
    return status.conditions.map((condition) => [condition.status, condition.message])
  }

  it('is told whether its priority level exists', () => {
    post(
      api,
      `${FLOW}/flowschemas`,
      'metadata: {name: mine}\nspec: {priorityLevelConfiguration: {name: later}}',
    )
    const says = 'This FlowSchema references the PriorityLevelConfiguration object named "later"'
    expect(conditions('mine')).toEqual([['True', `${says} but there is no such object`]])
    post(
      api,
      `${FLOW}/prioritylevelconfigurations`,
      'metadata: {name: later}\nspec: {type: Limited, limited: {limitResponse: {type: Reject}}}',
    )
    expect(conditions('mine')).toEqual([['False', `${says} and it exists`]])
  })

  it('comes after a thousand others if it does not say', () => {
    const { body } = post(
      api,
      `${FLOW}/flowschemas`,
      'metadata: {name: plain}\nspec: {priorityLevelConfiguration: {name: system}}',
    )
    expect(body['spec']).toMatchObject({ matchingPrecedence: 1000 })
  })

  it('cannot be changed if everything depends on it', () => {
    const [problem] = merge(
      api,
      `${FLOW}/flowschemas/catch-all`,
      'spec: {matchingPrecedence: 9999}',
    ).problems
    expect(problem).toMatch(/: spec of 'catch-all' must equal the fixed value$/)
  })
})

test('queues have the sizes that nobody asked to be different', () => {
  const { body } = post(
    api,
    `${FLOW}/prioritylevelconfigurations`,
    'metadata: {name: queued}\nspec: {type: Limited, limited: {limitResponse: {type: Queue, queuing: {}}}}',
  )
  expect(body['spec']).toEqual({
    type: 'Limited',
    limited: {
      nominalConcurrencyShares: 30,
      lendablePercent: 0,
      limitResponse: {
        type: 'Queue',
        queuing: { queues: 64, handSize: 8, queueLengthLimit: 50 },
      },
    },
  })
})
