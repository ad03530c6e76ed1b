import { leaseStrategy } from '#api/coordination/v1/lease/strategy.ts'
import type { Lease } from '#api/coordination/v1/lease/types.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'

export const coordinationKinds: Readonly<Record<string, KindBehaviour>> = {
  'leases.coordination.k8s.io': kind<Lease>({
    strategy: leaseStrategy,
    row: ({ metadata, spec }, { now }) => [
      metadata.name ?? '',
      spec?.holderIdentity ?? '',
      age(now, metadata.creationTimestamp),
    ],
  }),
}
