// kubernetes: pkg/printers/internalversion/printers.go printFlowSchema, printPriorityLevelConfiguration
import { kind, type KindBehaviour, type RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import type { KubeObject } from '#apimachinery/object.ts'

interface FlowSchema extends KubeObject {
  readonly spec?: {
    readonly priorityLevelConfiguration?: { readonly name?: string }
    readonly matchingPrecedence?: number
    readonly distinguisherMethod?: { readonly type?: string }
  }
  readonly status?: {
    readonly conditions?: readonly { readonly type?: string; readonly status?: string }[]
  }
}

const flowSchemaRow: RowPrinter<FlowSchema> = ({ metadata, spec, status }, { now }) => [
  metadata.name ?? '',
  spec?.priorityLevelConfiguration?.name ?? '',
  spec?.matchingPrecedence ?? 0,
  spec?.distinguisherMethod === undefined ? '<none>' : (spec.distinguisherMethod.type ?? ''),
  age(now, metadata.creationTimestamp),
  status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
]

interface PriorityLevelConfiguration extends KubeObject {
  readonly spec?: {
    readonly type?: string
    readonly limited?: {
      readonly nominalConcurrencyShares?: number
      readonly limitResponse?: {
        readonly queuing?: {
          readonly queues?: number
          readonly handSize?: number
          readonly queueLengthLimit?: number
        }
      }
    }
  }
}

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

export const flowcontrolKinds: Readonly<Record<string, KindBehaviour>> = {
  'flowschemas.flowcontrol.apiserver.k8s.io': kind({ row: flowSchemaRow }),
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': kind({ row: priorityLevelRow }),
}
