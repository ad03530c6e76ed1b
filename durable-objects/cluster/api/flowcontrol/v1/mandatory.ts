// What the API server itself asks of requests: these objects always are as they stand here.
// kubernetes: apiserver pkg/apis/flowcontrol/bootstrap/default.go
import type {
  FlowSchemaSpec,
  PolicyRulesWithSubjects,
} from '#api/flowcontrol/v1/flow-schema/types.ts'
import type { PriorityLevelConfigurationSpec } from '#api/flowcontrol/v1/priority-level-configuration/types.ts'
import { own } from '#apimachinery/object.ts'

type Rules = Omit<PolicyRulesWithSubjects, 'subjects'>

/** Every request there is. */
export const ALL_REQUESTS: Rules = {
  resourceRules: [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] },
  ],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
}

export const subjectGroups = (...names: readonly string[]): PolicyRulesWithSubjects['subjects'] =>
  names.map((name) => ({ kind: 'Group', group: { name } }))

export const EVERYBODY = subjectGroups('system:unauthenticated', 'system:authenticated')

const FLOW_SCHEMAS: Readonly<Record<string, FlowSchemaSpec>> = {
  exempt: {
    priorityLevelConfiguration: { name: 'exempt' },
    matchingPrecedence: 1,
    rules: [{ subjects: subjectGroups('system:masters'), ...ALL_REQUESTS }],
  },
  'catch-all': {
    priorityLevelConfiguration: { name: 'catch-all' },
    matchingPrecedence: 10_000,
    distinguisherMethod: { type: 'ByUser' },
    rules: [{ subjects: EVERYBODY, ...ALL_REQUESTS }],
  },
}

const PRIORITY_LEVELS: Readonly<Record<string, PriorityLevelConfigurationSpec>> = {
  exempt: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
  'catch-all': {
    type: 'Limited',
    limited: {
      nominalConcurrencyShares: 5,
      limitResponse: { type: 'Reject' },
      lendablePercent: 0,
    },
  },
}

export const mandatoryFlowSchema = (name: string): FlowSchemaSpec | undefined =>
  own(FLOW_SCHEMAS, name)

export const mandatoryPriorityLevel = (name: string): PriorityLevelConfigurationSpec | undefined =>
  own(PRIORITY_LEVELS, name)
