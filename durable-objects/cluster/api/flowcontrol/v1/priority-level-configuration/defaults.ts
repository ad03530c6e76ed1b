import type {
  PriorityLevelConfiguration,
  PriorityLevelConfigurationSpec,
  QueuingConfiguration,
} from '#api/flowcontrol/v1/priority-level-configuration/types.ts'
import { assign, fill } from '#apimachinery/object.ts'

const withQueues = (queuing: QueuingConfiguration): QueuingConfiguration =>
  assign(queuing, {
    handSize: queuing.handSize || 8,
    queues: queuing.queues || 64,
    queueLengthLimit: queuing.queueLengthLimit || 50,
  })

type Limited = NonNullable<PriorityLevelConfigurationSpec['limited']>

const withShares = (limited: Limited): Limited => {
  const { queuing } = limited.limitResponse ?? {}
  const filled = fill(limited, { nominalConcurrencyShares: 30, lendablePercent: 0 })
  return queuing === undefined
    ? filled
    : assign(filled, {
        limitResponse: assign(limited.limitResponse, { queuing: withQueues(queuing) }),
      })
}

/** kubernetes: pkg/apis/flowcontrol/v1/defaults.go */
export const defaultPriorityLevel = (
  level: PriorityLevelConfiguration,
): PriorityLevelConfiguration => {
  const spec = level.spec ?? {}
  const exempt = spec.exempt ?? (level.metadata.name === 'exempt' ? {} : undefined)
  return assign(level, {
    spec: assign(spec, {
      exempt: exempt && fill(exempt, { nominalConcurrencyShares: 0, lendablePercent: 0 }),
      limited: spec.limited && withShares(spec.limited),
    }),
  })
}
