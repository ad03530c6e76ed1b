import { priorityClassStrategy } from '#api/scheduling/v1/priority-class/strategy.ts'
import type { PriorityClass } from '#api/scheduling/v1/priority-class/types.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

export const schedulingKinds: Readonly<Record<string, KindBehaviour>> = {
  'priorityclasses.scheduling.k8s.io': kind<PriorityClass>({
    strategy: priorityClassStrategy,
    row: ({ metadata, value, globalDefault, preemptionPolicy }, { now }) => [
      metadata.name ?? '',
      value ?? 0,
      globalDefault ?? false,
      age(now, metadata.creationTimestamp),
      preemptionPolicy ?? '',
    ],
  }),
}
