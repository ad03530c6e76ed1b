import { machineColumns, machineRow } from '#api/kubarium/v1/machine/columns.ts'
import { machineStrategy } from '#api/kubarium/v1/machine/strategy.ts'
import type { Machine } from '#api/kubarium/v1/machine/types.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'

export const kubariumKinds: Readonly<Record<string, KindBehaviour>> = {
  'machines.kubarium.dev': kind<Machine>({ strategy: machineStrategy, row: machineRow }),
}

/** The columns of the group's tables, keyed as in api/facts/columns.json. */
export const kubariumColumns = { 'apis/kubarium.dev/v1/machines': machineColumns } as const
