// kubernetes: pkg/printers/internalversion/printers.go printResourceClaim, printResourceSlice
import { nameAndAge } from '#api/meta/v1/columns.ts'
import { kind, type KindBehaviour, type RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import type { KubeObject } from '#apimachinery/object.ts'

interface ResourceClaim extends KubeObject {
  readonly status?: { readonly allocation?: unknown; readonly reservedFor?: readonly unknown[] }
}

const stateOf = ({ metadata, status }: ResourceClaim): string => {
  const deleted = metadata.deletionTimestamp !== undefined
  const states = deleted ? ['deleted'] : []
  if (status?.allocation !== undefined) {
    states.push('allocated')
    if ((status.reservedFor?.length ?? 0) > 0) states.push('reserved')
  } else if (!deleted) states.push('pending')
  return states.join(',')
}

const resourceClaimRow: RowPrinter<ResourceClaim> = (claim, { now }) => [
  claim.metadata.name ?? '',
  stateOf(claim),
  age(now, claim.metadata.creationTimestamp),
]

interface ResourceSlice extends KubeObject {
  readonly spec?: {
    readonly nodeName?: string
    readonly driver?: string
    readonly pool?: { readonly name?: string }
  }
}

const resourceSliceRow: RowPrinter<ResourceSlice> = ({ metadata, spec }, { now }) => [
  metadata.name ?? '',
  spec?.nodeName ?? '',
  spec?.driver ?? '',
  spec?.pool?.name ?? '',
  age(now, metadata.creationTimestamp),
]

export const resourceKinds: Readonly<Record<string, KindBehaviour>> = {
  'deviceclasses.resource.k8s.io': kind({ row: nameAndAge }),
  'resourceclaims.resource.k8s.io': kind({
    strategy: { hasGeneration: false },
    row: resourceClaimRow,
  }),
  'resourceclaimtemplates.resource.k8s.io': kind({
    strategy: { hasGeneration: false },
    row: nameAndAge,
  }),
  'resourceslices.resource.k8s.io': kind({ row: resourceSliceRow }),
}
