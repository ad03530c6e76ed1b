import type { Random } from '#environment.ts'
import type { Etcd } from '#etcd/etcd.ts'
import type { Admission, StorageHooks } from '#kube-apiserver/registry/operation.ts'
import type { Resources } from '#kube-apiserver/resources.ts'

/** What the pipeline works on. */
export interface RegistryContext {
  readonly etcd: Etcd
  readonly resources: Resources
  readonly admission: Admission
  /** By resource name. */
  readonly hooks: Readonly<Record<string, StorageHooks>>
  readonly random: Random
  /** Milliseconds since the epoch on the session's clock. */
  readonly now: () => number
}
