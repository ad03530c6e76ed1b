import { podRow } from '#api/core/v1/pod/columns.ts'
import { podStrategy } from '#api/core/v1/pod/strategy.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'

export const coreKinds: Readonly<Record<string, KindBehaviour>> = {
  pods: kind<Pod>({ strategy: podStrategy, row: podRow }),
}
