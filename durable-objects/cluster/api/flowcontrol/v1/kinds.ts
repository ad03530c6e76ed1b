// kubernetes: pkg/printers/internalversion/printers.go printFlowSchema, printPriorityLevelConfiguration,
// pkg/registry/flowcontrol/*/strategy.go
import { defaultFlowSchema } from '#api/flowcontrol/v1/flow-schema/defaults.ts'
import type { FlowSchema } from '#api/flowcontrol/v1/flow-schema/types.ts'
import { validateFlowSchema } from '#api/flowcontrol/v1/flow-schema/validation.ts'
import { defaultPriorityLevel } from '#api/flowcontrol/v1/priority-level-configuration/defaults.ts'
import type { PriorityLevelConfiguration } from '#api/flowcontrol/v1/priority-level-configuration/types.ts'
import { validatePriorityLevel } from '#api/flowcontrol/v1/priority-level-configuration/validation.ts'
import { kind, type KindBehaviour, type RowPrinter, type Strategy } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import { assign } from '#apimachinery/object.ts'

const flowSchemaRow: RowPrinter<FlowSchema> = ({ metadata, spec, status }, { now }) => [
  metadata.name ?? '',
  spec?.priorityLevelConfiguration?.name ?? '',
  spec?.matchingPrecedence ?? 0,
  spec?.distinguisherMethod === undefined ? '<none>' : (spec.distinguisherMethod.type ?? ''),
  age(now, metadata.creationTimestamp),
  status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
]

const priorityLevelRow: RowPrinter<PriorityLevelConfiguration> = ({ metadata, spec }, { now }) => {
  const limited = spec?.limited
  const queuing = limited?.limitResponse?.queuing
  return [
    metadata.name ?? '',
    spec?.type ?? '',
    limited?.nominalConcurrencyShares ?? '<none>',
    queuing?.queues ?? '<none>',
    queuing?.handSize ?? '<none>',
    queuing?.queueLengthLimit ?? '<none>',
    age(now, metadata.creationTimestamp),
  ]
}

const flowSchemaStrategy: Strategy<FlowSchema> = {
  defaults: defaultFlowSchema,
  prepareForCreate: (schema) => assign(schema, { status: {} }),
  validate: validateFlowSchema,
  prepareForUpdate: (schema, old) => assign(schema, { status: old.status }),
  validateUpdate: validateFlowSchema,
  allowUnconditionalUpdate: false,
}

const priorityLevelStrategy: Strategy<PriorityLevelConfiguration> = {
  defaults: defaultPriorityLevel,
  prepareForCreate: (level) => assign(level, { status: {} }),
  validate: validatePriorityLevel,
  prepareForUpdate: (level, old) => assign(level, { status: old.status }),
  validateUpdate: validatePriorityLevel,
  allowUnconditionalUpdate: false,
}

export const flowcontrolKinds: Readonly<Record<string, KindBehaviour>> = {
  'flowschemas.flowcontrol.apiserver.k8s.io': kind<FlowSchema>({
    strategy: flowSchemaStrategy,
    row: flowSchemaRow,
  }),
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': kind<PriorityLevelConfiguration>({
    strategy: priorityLevelStrategy,
    row: priorityLevelRow,
  }),
}
