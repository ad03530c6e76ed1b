import { externalHostColumns, externalHostRow } from '#api/kubarium/v1/external-host/columns.ts'
import { externalHostStrategy } from '#api/kubarium/v1/external-host/strategy.ts'
import type { ExternalHost } from '#api/kubarium/v1/external-host/types.ts'
import { imageColumns, imageRow } from '#api/kubarium/v1/image/columns.ts'
import { imageStrategy } from '#api/kubarium/v1/image/strategy.ts'
import type { Image } from '#api/kubarium/v1/image/types.ts'
import { machineColumns, machineRow } from '#api/kubarium/v1/machine/columns.ts'
import { machineStrategy } from '#api/kubarium/v1/machine/strategy.ts'
import type { Machine } from '#api/kubarium/v1/machine/types.ts'
import { traceColumns, traceRow } from '#api/kubarium/v1/trace/columns.ts'
import { traceStrategy } from '#api/kubarium/v1/trace/strategy.ts'
import type { Trace } from '#api/kubarium/v1/trace/types.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'

export const kubariumKinds: Readonly<Record<string, KindBehaviour>> = {
  'externalhosts.kubarium.dev': kind<ExternalHost>({
    strategy: externalHostStrategy,
    row: externalHostRow,
  }),
  'images.kubarium.dev': kind<Image>({ strategy: imageStrategy, row: imageRow }),
  'machines.kubarium.dev': kind<Machine>({ strategy: machineStrategy, row: machineRow }),
  'traces.kubarium.dev': kind<Trace>({ strategy: traceStrategy, row: traceRow }),
}

/** The columns of the group's tables, keyed as in api/facts/columns.json. */
export const kubariumColumns = {
  'apis/kubarium.dev/v1/externalhosts': externalHostColumns,
  'apis/kubarium.dev/v1/images': imageColumns,
  'apis/kubarium.dev/v1/machines': machineColumns,
  'apis/kubarium.dev/v1/traces': traceColumns,
} as const
