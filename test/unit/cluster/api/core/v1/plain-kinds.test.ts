import { describe, expect, it } from 'vitest'
import type { WriteContext } from '#api/strategy.ts'
import { behaviours } from '#api/behaviours.ts'
import { errorText } from '#apimachinery/field-error.ts'
import { freeze, type KubeObject } from '#apimachinery/object.ts'
import { Random } from '#environment.ts'

const context: WriteContext = {
  now: 1_700_000_000_000,
  user: { username: 'u', groups: [] },
  dryRun: false,
  random: new Random(1),
}

const make = (parts: object): KubeObject =>
  freeze({
    apiVersion: 'v1',
    kind: 'Any',
    ...parts,
    metadata: { name: 'x', ...(parts as KubeObject).metadata },
  })

const strategyOf = (resource: string) => behaviours[resource]!.strategy!

const defaulted = (resource: string, parts: object): KubeObject =>
  strategyOf(resource).defaults?.(make(parts)) ?? make(parts)

const createErrors = (resource: string, parts: object): readonly string[] => {
  const strategy = strategyOf(resource)
  const object = defaulted(resource, parts)
  const prepared = strategy.prepareForCreate?.(object, context) ?? object
  return (strategy.validate?.(prepared, context) ?? []).map(errorText)
}

const updateErrors = (resource: string, before: object, after: object): readonly string[] => {
  const strategy = strategyOf(resource)
  const old = defaulted(resource, before)
  const object = defaulted(resource, { ...old, ...after })
  const prepared = strategy.prepareForUpdate?.(object, old, context) ?? object
  return (strategy.validateUpdate?.(prepared, old, context) ?? []).map(errorText)
}

describe('defaults', () => {
  const cases: readonly (readonly [string, string, object, object])[] = [
    [
      'a namespace is labelled with its name',
      'namespaces',
      {},
      { metadata: { name: 'x', labels: { 'kubernetes.io/metadata.name': 'x' } } },
    ],
    [
      'stringData overrides data, in UTF-8',
      'secrets',
      { data: { a: 'YQ==', b: 'Yg==' }, stringData: { b: 'é' } },
      { data: { a: 'YQ==', b: 'w6k=' }, type: 'Opaque' },
    ],
    [
      'a node that is given podCIDR alone',
      'nodes',
      { spec: { podCIDR: '10.9.0.0/24', podCIDRs: ['10.8.0.0/24'] } },
      { spec: { podCIDR: '10.9.0.0/24', podCIDRs: ['10.9.0.0/24'] } },
    ],
    [
      'a node can allocate what it has',
      'nodes',
      { status: { capacity: { cpu: '2' } } },
      { status: { capacity: { cpu: '2' }, allocatable: { cpu: '2' } } },
    ],
    [
      'a limit range fills limits from maxima and requests from limits, then from minima',
      'limitranges',
      {
        spec: {
          limits: [
            {
              type: 'Container',
              default: { cpu: '200m' },
              max: { cpu: '1', memory: '1Gi' },
              min: { storage: '1' },
            },
          ],
        },
      },
      {
        spec: {
          limits: [
            {
              type: 'Container',
              default: { cpu: '200m', memory: '1Gi' },
              defaultRequest: { cpu: '200m', memory: '1Gi', storage: '1' },
              max: { cpu: '1', memory: '1Gi' },
              min: { storage: '1' },
            },
          ],
        },
      },
    ],
    [
      'a claim',
      'persistentvolumeclaims',
      { spec: {} },
      { spec: { volumeMode: 'Filesystem' }, status: { phase: 'Pending' } },
    ],
    [
      'a machine runs and is connected',
      'machines.kubarium.dev',
      {},
      { spec: { power: 'On', network: 'Connected' } },
    ],
    [
      'a priority class preempts',
      'priorityclasses.scheduling.k8s.io',
      {},
      { preemptionPolicy: 'PreemptLowerPriority' },
    ],
    [
      'a role binding completes its groups',
      'rolebindings.rbac.authorization.k8s.io',
      {
        roleRef: { kind: 'Role', name: 'r' },
        subjects: [
          { kind: 'User', name: 'u' },
          { kind: 'ServiceAccount', name: 's' },
        ],
      },
      {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
        subjects: [
          { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'u' },
          { kind: 'ServiceAccount', name: 's' },
        ],
      },
    ],
  ]
  for (const [name, resource, parts, expected] of cases) {
    it(`are given: ${name}`, () => {
      const result = defaulted(resource, parts)
      expect(result).toMatchObject(expected)
      expect(strategyOf(resource).defaults!(result)).toBe(result)
    })
  }

  it('removes stringData', () => {
    expect(defaulted('secrets', { stringData: { a: 'b' } })).not.toHaveProperty('stringData')
  })
})

describe('a new object', () => {
  const cases: readonly (readonly [string, string, object, readonly string[]])[] = [
    [
      'namespace with a bare finalizer',
      'namespaces',
      { spec: { finalizers: ['mine'] } },
      [
        'spec.finalizers: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
      ],
    ],
    [
      'tls secret without key',
      'secrets',
      { type: 'kubernetes.io/tls', data: { 'tls.crt': 'Zm9v' } },
      ['data[tls.key]: Required value'],
    ],
    [
      'basic auth secret with neither',
      'secrets',
      { type: 'kubernetes.io/basic-auth', stringData: { x: 'y' } },
      ['data[username]: Required value', 'data[password]: Required value'],
    ],
    ...[
      ['x', "invalid character 'x' looking for beginning of value"],
      ['not JSON', "invalid character 'o' in literal null (expecting 'u')"],
      ['{a}', "invalid character 'a' looking for beginning of object key string"],
      ['{} {}', "invalid character '{' after top-level value"],
      ['{"auths": {}', 'unexpected end of JSON input'],
      ['', 'unexpected end of JSON input'],
      ['[]', 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
    ].map(
      ([text, message]) =>
        [
          `docker secret of ${text}`,
          'secrets',
          { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': text } },
          [`data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": ${message}`],
        ] as const,
    ),
    [
      'config map with a key in both',
      'configmaps',
      { data: { a: '' }, binaryData: { a: '' } },
      ['data[a]: Invalid value: "a": duplicate of key present in binaryData'],
    ],
    [
      'config map too large',
      'configmaps',
      { data: { a: 'x'.repeat(1024 * 1024 + 1) } },
      ['[]: Too long: may not be more than 1048576 bytes'],
    ],
    [
      'quota of an unknown resource',
      'resourcequotas',
      { spec: { hard: { bananas: '1', pods: '-1' } } },
      [
        'spec.hard[bananas]: Invalid value: "bananas": must be a standard resource type or fully qualified',
        'spec.hard[bananas]: Invalid value: "bananas": must be a standard resource for quota',
        'spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0',
      ],
    ],
    [
      'quota of object counts',
      'resourcequotas',
      { spec: { hard: { 'count/deployments.apps': '1', 'requests.nvidia.com/gpu': '2' } } },
      [],
    ],
    [
      'quota whose scope does not fit',
      'resourcequotas',
      { spec: { hard: { services: '1' }, scopes: ['BestEffort'] } },
      ['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource'],
    ],
    [
      'limit range upside down',
      'limitranges',
      { spec: { limits: [{ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } }] } },
      [
        'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
        'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1',
        'spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1',
      ],
    ],
    [
      'node with a doubled taint',
      'nodes',
      {
        spec: {
          taints: [
            { key: 'a', effect: 'NoSchedule' },
            { key: 'a', value: 'v', effect: 'NoSchedule' },
          ],
        },
      },
      [
        'metadata.taints[1]: Duplicate value: {"Key":"a","Value":"v","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair',
      ],
    ],
    [
      'volume without a source',
      'persistentvolumes',
      { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] } },
      ['spec: Required value: must specify a volume type'],
    ],
    [
      'claim without a size',
      'persistentvolumeclaims',
      { spec: { accessModes: [] } },
      [
        'spec.accessModes: Required value: at least 1 access mode is required',
        'spec.resources[storage]: Required value',
      ],
    ],
    [
      'event about another namespace',
      'events',
      { metadata: { namespace: 'a' }, involvedObject: { namespace: 'b' } },
      ['involvedObject.namespace: Invalid value: "b": does not match event.namespace'],
    ],
    [
      'priority class of the system',
      'priorityclasses.scheduling.k8s.io',
      { metadata: { name: 'system-x' } },
      [
        "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-x is not a known system priority class",
      ],
    ],
    [
      'priority too high',
      'priorityclasses.scheduling.k8s.io',
      { value: 1_000_000_001 },
      ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
    ],
    [
      'role of URLs',
      'roles.rbac.authorization.k8s.io',
      { rules: [{ nonResourceURLs: ['/x'] }] },
      [
        'rules[0].verbs: Required value: verbs must contain at least one value',
        'rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs',
      ],
    ],
    [
      'binding of anything',
      'clusterrolebindings.rbac.authorization.k8s.io',
      { roleRef: { kind: 'Role', name: '' }, subjects: [{ kind: 'Robot', name: 'r' }] },
      [
        'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
        'roleRef.name: Required value',
        'subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"',
      ],
    ],
    [
      'machine half on',
      'machines.kubarium.dev',
      { spec: { power: 'Half' } },
      ['spec.power: Unsupported value: "Half": supported values: "Off", "On"'],
    ],
    [
      'storage class without provisioner',
      'storageclasses.storage.k8s.io',
      {},
      ['provisioner: Required value'],
    ],
    [
      'storage class of odd places',
      'storageclasses.storage.k8s.io',
      {
        provisioner: 'p',
        allowedTopologies: [
          { matchLabelExpressions: [{ key: 'zone', values: ['a', 'a'] }] },
          { matchLabelExpressions: [{ key: 'zone', values: ['a'] }, { key: 'zone' }] },
          { matchLabelExpressions: [{ key: 'zone', values: ['a'] }] },
        ],
      },
      [
        'allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: "a"',
        'allowedTopologies[1].matchLabelExpressions[1].values: Required value',
        'allowedTopologies[1].matchLabelExpressions[1].key: Duplicate value: "zone"',
        'allowedTopologies[2].matchLabelExpressions: Duplicate value: ""',
      ],
    ],
    [
      'runtime class with overhead and nodes of its own',
      'runtimeclasses.node.k8s.io',
      {
        handler: 'runc',
        overhead: { podFixed: { cpu: '-1' } },
        scheduling: {
          nodeSelector: { a: '-' },
          tolerations: [
            { key: 'k', operator: 'Exists' },
            { key: 'k', operator: 'Exists' },
          ],
        },
      },
      [
        'overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
        `scheduling.nodeSelector: Invalid value: "-": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
        'scheduling.tolerations[1]: Duplicate value: {"Key":"k","Operator":"Exists","Value":"","Effect":"","TolerationSeconds":null}',
      ],
    ],
  ]
  for (const [name, resource, parts, expected] of cases) {
    it(`is checked: ${name}`, () => {
      expect(createErrors(resource, parts)).toEqual(expected)
    })
  }
})

describe('a changed object', () => {
  const cases: readonly (readonly [string, string, object, object, readonly string[]])[] = [
    [
      'type of a secret',
      'secrets',
      { type: 'Opaque' },
      { type: 'Opaque2' },
      ['type: Invalid value: "Opaque2": field is immutable'],
    ],
    [
      'immutable secret',
      'secrets',
      { immutable: true, data: { a: 'YQ==' } },
      { immutable: false, data: {} },
      [
        'immutable: Forbidden: field is immutable when `immutable` is set',
        'data: Forbidden: field is immutable when `immutable` is set',
      ],
    ],
    [
      'immutable config map',
      'configmaps',
      { immutable: true },
      { data: { a: 'b' } },
      ['data: Forbidden: field is immutable when `immutable` is set'],
    ],
    [
      "node's podCIDR",
      'nodes',
      { spec: { podCIDR: '10.8.0.0/24', podCIDRs: ['10.8.0.0/24'] } },
      { spec: { podCIDR: '10.9.0.0/24', podCIDRs: ['10.8.0.0/24'] } },
      ['spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid'],
    ],
    ["node's first podCIDR", 'nodes', {}, { spec: { podCIDR: '10.9.0.0/24' } }, []],
    [
      "binding's role",
      'rolebindings.rbac.authorization.k8s.io',
      { roleRef: { kind: 'Role', name: 'reader' } },
      { roleRef: { kind: 'Role', name: 'other' } },
      [
        'roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"other"}: cannot change roleRef',
      ],
    ],
    [
      'value of a priority',
      'priorityclasses.scheduling.k8s.io',
      { value: 1 },
      { value: 2 },
      ['value: Forbidden: may not be changed in an update.'],
    ],
    [
      'scopes of a quota',
      'resourcequotas',
      { spec: { scopes: ['BestEffort'] } },
      { spec: {} },
      ['spec.scopes: Invalid value: null: field is immutable'],
    ],
    [
      'parameters of a storage class',
      'storageclasses.storage.k8s.io',
      { provisioner: 'p' },
      { parameters: { a: 'b' } },
      ['parameters: Forbidden: updates to parameters are forbidden.'],
    ],
    [
      'handler of a runtime class',
      'runtimeclasses.node.k8s.io',
      { handler: 'a' },
      { handler: 'b' },
      ['handler: Invalid value: "b": field is immutable'],
    ],
  ]
  for (const [name, resource, before, after, expected] of cases) {
    it(`is checked: ${name}`, () => {
      expect(updateErrors(resource, before, after)).toEqual(expected)
    })
  }
})

describe('a namespace', () => {
  const strategy = strategyOf('namespaces')

  it('is born active with a finalizer', () => {
    expect(strategy.prepareForCreate!(make({}), context)).toMatchObject({
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    })
  })

  it('keeps its finalizers when it is written', () => {
    const old = make({ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } })
    expect(strategy.prepareForUpdate!(make({ spec: {} }), old, context)).toMatchObject({
      spec: { finalizers: ['kubernetes'] },
    })
  })

  it('is terminating while finalizers hold it', () => {
    const held = make({ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } })
    expect(strategy.heldWhileDeleting!(held, 0)).toMatchObject({ status: { phase: 'Terminating' } })
    expect(strategy.heldWhileDeleting!(make({ spec: {} }), 0)).toBeUndefined()
  })
})
