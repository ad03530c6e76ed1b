// kubernetes: apiserver pkg/apis/flowcontrol/bootstrap/default.go
import type {
  FlowSchemaSpec,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
} from '#api/flowcontrol/v1/flow-schema/types.ts'
import {
  ALL_REQUESTS,
  EVERYBODY,
  mandatoryFlowSchema,
  mandatoryPriorityLevel,
  subjectGroups,
} from '#api/flowcontrol/v1/mandatory.ts'
import type { BootstrapObject } from '#bootstrap/system-objects.ts'

type Subjects = PolicyRulesWithSubjects['subjects']

const MANAGERS = ['system:kube-controller-manager', 'system:kube-scheduler'] as const

const users = (...names: readonly string[]): Subjects =>
  names.map((name) => ({ kind: 'User', user: { name } }))

const systemAccounts = (...names: readonly string[]): Subjects =>
  names.map((name) => ({
    kind: 'ServiceAccount',
    serviceAccount: { name, namespace: 'kube-system' },
  }))

const object = (resource: string, kind: string, name: string, spec: object): BootstrapObject => ({
  resource: `${resource}.flowcontrol.apiserver.k8s.io`,
  object: {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind,
    metadata: { name, annotations: { 'apf.kubernetes.io/autoupdate-spec': 'true' } },
    spec,
  } as BootstrapObject['object'],
})

const level = (
  name: string,
  shares: number,
  lendablePercent: number,
  queues: number,
  handSize: number,
): BootstrapObject =>
  object('prioritylevelconfigurations', 'PriorityLevelConfiguration', name, {
    type: 'Limited',
    limited: {
      nominalConcurrencyShares: shares,
      limitResponse: { type: 'Queue', queuing: { queues, handSize, queueLengthLimit: 50 } },
      lendablePercent,
    },
  })

const mandatoryLevel = (name: string): BootstrapObject =>
  object(
    'prioritylevelconfigurations',
    'PriorityLevelConfiguration',
    name,
    mandatoryPriorityLevel(name)!,
  )

const schema = (
  name: string,
  levelName: string,
  matchingPrecedence: number,
  method: string | undefined,
  rule: PolicyRulesWithSubjects,
): BootstrapObject => {
  const spec: FlowSchemaSpec = {
    priorityLevelConfiguration: { name: levelName },
    matchingPrecedence,
    ...(method === undefined ? {} : { distinguisherMethod: { type: method } }),
    rules: [rule],
  }
  return object('flowschemas', 'FlowSchema', name, spec)
}

const all = (subjects: Subjects): PolicyRulesWithSubjects => ({ subjects, ...ALL_REQUESTS })

const mandatorySchema = (name: string): BootstrapObject =>
  object('flowschemas', 'FlowSchema', name, mandatoryFlowSchema(name)!)

const rule = (
  verbs: readonly string[],
  apiGroup: string,
  resources: readonly string[],
  clusterScope = false,
): ResourcePolicyRule => ({
  verbs,
  apiGroups: [apiGroup],
  resources,
  ...(clusterScope ? { clusterScope } : {}),
  namespaces: ['*'],
})

const ELECTION = ['get', 'create', 'update']
const leases = rule(ELECTION, 'coordination.k8s.io', ['leases'])
const nodes = subjectGroups('system:nodes')

/** How requests share the API server, as it says itself. Nothing is slowed down by it here. */
export const flowControl = (): readonly BootstrapObject[] => [
  mandatoryLevel('exempt'),
  mandatoryLevel('catch-all'),
  level('system', 30, 33, 64, 6),
  level('node-high', 40, 25, 64, 6),
  level('leader-election', 10, 0, 16, 4),
  level('workload-high', 40, 50, 128, 6),
  level('workload-low', 100, 90, 128, 6),
  level('global-default', 20, 50, 128, 6),
  mandatorySchema('exempt'),
  mandatorySchema('catch-all'),
  schema('system-nodes', 'system', 500, 'ByUser', all(nodes)),
  schema('system-node-high', 'node-high', 400, 'ByUser', {
    subjects: nodes,
    resourceRules: [
      rule(['*'], '', ['nodes', 'nodes/status'], true),
      rule(['*'], 'coordination.k8s.io', ['leases']),
    ],
  }),
  schema('probes', 'exempt', 2, undefined, {
    subjects: EVERYBODY,
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }],
  }),
  schema('system-leader-election', 'leader-election', 100, 'ByUser', {
    subjects: [...users(...MANAGERS), ...systemAccounts('*')],
    resourceRules: [leases],
  }),
  schema('endpoint-controller', 'workload-high', 150, 'ByUser', {
    subjects: [
      ...users(MANAGERS[0]),
      ...systemAccounts('endpoint-controller', 'endpointslicemirroring-controller'),
    ],
    resourceRules: [rule(ELECTION, '', ['endpoints'])],
  }),
  schema('workload-leader-election', 'leader-election', 200, 'ByUser', {
    subjects: systemAccounts('*'),
    resourceRules: [rule(ELECTION, '', ['endpoints', 'configmaps']), leases],
  }),
  schema('kube-controller-manager', 'workload-high', 800, 'ByNamespace', all(users(MANAGERS[0]))),
  schema('kube-scheduler', 'workload-high', 800, 'ByNamespace', all(users(MANAGERS[1]))),
  schema(
    'kube-system-service-accounts',
    'workload-high',
    900,
    'ByNamespace',
    all(systemAccounts('*')),
  ),
  schema(
    'service-accounts',
    'workload-low',
    9000,
    'ByUser',
    all(subjectGroups('system:serviceaccounts')),
  ),
  schema('global-default', 'global-default', 9900, 'ByUser', all(EVERYBODY)),
]
