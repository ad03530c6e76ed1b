import type {
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
} from '#api/core/v1/persistent-volume-claim/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { age } from '#apimachinery/age.ts'
import { own, type KubeObject, type ObjectMeta } from '#apimachinery/object.ts'
import { canonicalQuantity } from '#apimachinery/quantity.ts'
import type { DescribeContext } from '#kubectl/describe/context.ts'
import { describeEventsOf } from '#kubectl/describe/events.ts'
import { goList, rfc1123 } from '#kubectl/describe/go-format.ts'
import { describeLabelsAndAnnotations, multiline } from '#kubectl/describe/metadata.ts'
import { tabbed, type PrefixWriter } from '#kubectl/output/prefix-writer.ts'

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class'

/** kubernetes: kubectl pkg/util/storage GetPersistentVolumeClaimClass, GetPersistentVolumeClass */
export const storageClassOf = (
  metadata: ObjectMeta,
  spec: { readonly storageClassName?: string },
): string => own(metadata.annotations, BETA_CLASS) ?? spec.storageClassName ?? ''

const MODES = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
] as const

/** kubernetes: kubectl pkg/util/storage GetAccessModesAsString */
export const accessModesText = (modes: readonly string[] = []): string =>
  MODES.filter(([mode]) => modes.includes(mode))
    .map(([, text]) => text)
    .join(',')

/** kubernetes: kubectl pkg/describe PersistentVolumeClaimDescriber */
export const describePersistentVolumeClaim = (
  context: DescribeContext,
  object: KubeObject,
): string => {
  const claim = object as PersistentVolumeClaim
  return tabbed((w) => {
    describeClaim(w, claim.metadata, claim.spec, { status: claim.status, now: context.now() })
    multiline(w, 'Used By', usersOf(context, claim))
    const { conditions = [] } = claim.status
    if (conditions.length > 0) {
      w.write(0, 'Conditions:\n')
      w.write(1, 'Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage\n')
      // Upstream underlines LastProbeTime as if it were LastHeartbeatTime.
      w.write(1, '----\t------\t-----------------\t------------------\t------\t-------\n')
    }
    for (const c of conditions) {
      const times = `${rfc1123(c.lastProbeTime)} \t${rfc1123(c.lastTransitionTime)}`
      w.write(1, `${c.type} \t${c.status} \t${times} \t${c.reason ?? ''} \t${c.message ?? ''}\n`)
    }
    describeEventsOf(context, w, claim)
  })
}

/** The Pods that mount a claim, or own it. kubernetes: kubectl pkg/describe getPodsForPVC */
const usersOf = (context: DescribeContext, { metadata }: PersistentVolumeClaim): string[] => {
  const { namespace = '', ownerReferences = [] } = metadata
  const all = context.list('pods', namespace) as readonly Pod[]
  const users = all.flatMap((pod) =>
    (pod.spec.volumes ?? [])
      .filter((volume) => volume.persistentVolumeClaim?.claimName === metadata.name)
      .map(() => pod),
  )
  for (const { kind, uid } of ownerReferences) {
    const owner = kind === 'Pod' ? all.find((pod) => pod.metadata.uid === uid) : undefined
    if (owner !== undefined && !users.includes(owner)) users.push(owner)
  }
  return users.map((pod) => pod.metadata.name ?? '').sort()
}

interface FullClaim {
  readonly status: PersistentVolumeClaim['status']
  readonly now: number
}

/** Without `full`: a template, of which much is not known. kubernetes: kubectl pkg/describe printPersistentVolumeClaim */
export const describeClaim = (
  w: PrefixWriter,
  metadata: ObjectMeta,
  spec: PersistentVolumeClaimSpec,
  full?: FullClaim,
): void => {
  if (full !== undefined) {
    w.field(0, 'Name', metadata.name)
    w.field(0, 'Namespace', metadata.namespace)
  }
  w.field(0, 'StorageClass', storageClassOf(metadata, spec))
  if (full !== undefined) describePhase(w, metadata, full.status.phase, full.now)
  w.field(0, 'Volume', spec.volumeName)
  describeLabelsAndAnnotations(w, metadata)
  if (full !== undefined) w.field(0, 'Finalizers', goList(metadata.finalizers))
  const bound = spec.volumeName ? (full?.status ?? {}) : undefined
  const size = bound === undefined ? '' : canonicalQuantity(bound.capacity?.['storage'] ?? '0')
  w.field(0, 'Capacity', size)
  w.field(0, 'Access Modes', accessModesText(bound?.accessModes))
  if (spec.volumeMode !== undefined) w.field(0, 'VolumeMode', spec.volumeMode)
  const { dataSource } = spec
  if (dataSource === undefined) return
  w.write(0, 'DataSource:\n')
  if (dataSource.apiGroup !== undefined) w.field(1, 'APIGroup', dataSource.apiGroup)
  w.field(1, 'Kind', dataSource.kind)
  w.field(1, 'Name', dataSource.name)
}

export const describePhase = (
  w: PrefixWriter,
  { deletionTimestamp }: ObjectMeta,
  phase: string | undefined,
  now: number,
): void =>
  w.field(
    0,
    'Status',
    deletionTimestamp ? `Terminating (lasts ${age(now, deletionTimestamp)})` : phase,
  )
