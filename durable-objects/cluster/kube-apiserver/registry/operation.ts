import type { UserInfo } from '#api/strategy.ts'
import type { KubeObject, Mutable } from '#apimachinery/object.ts'
import type { Resource } from '#kube-apiserver/resources.ts'

/** One write on its way through the pipeline. */
export interface Operation {
  readonly resource: Resource
  /** '' for cluster-scoped resources. */
  readonly namespace: string
  readonly user: UserInfo
  /** Who owns the fields that are set: `kubectl-create`. */
  readonly manager: string
  readonly dryRun: boolean
  readonly subresource?:
    | 'status'
    | 'scale'
    | 'binding'
    | 'finalize'
    | 'ephemeralcontainers'
    | 'resize'
    | 'approval'
  /** Collects what the server warns of; they become Warning headers. */
  readonly warnings: string[]
  /** Built by a controller from a template that was validated. */
  readonly validated?: boolean
}

/** What admission plugins look at. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE'
  readonly resource: Resource
  readonly subresource?: string
  readonly namespace: string
  readonly name: string
  readonly object: KubeObject | undefined
  readonly old: KubeObject | undefined
  readonly user: UserInfo
  readonly dryRun: boolean
  readonly warnings: string[]
}

/** What admission is asked when `object` is created, or takes the place of `old`. */
export const admissionRequest = (
  operation: Operation,
  object: KubeObject,
  old: KubeObject | undefined,
  dryRun = operation.dryRun,
): AdmissionRequest => {
  const request: Mutable<AdmissionRequest> = {
    operation: old === undefined ? 'CREATE' : 'UPDATE',
    resource: operation.resource,
    namespace: operation.namespace,
    name: (old ?? object).metadata.name ?? '',
    object,
    old,
    user: operation.user,
    dryRun,
    warnings: operation.warnings,
  }
  if (operation.subresource !== undefined) request.subresource = operation.subresource
  return request
}

/** The admission chain: mutating plugins change the object, validating ones throw StatusError. */
export interface Admission {
  admit(request: AdmissionRequest): KubeObject | undefined
  validate(request: AdmissionRequest): void
}

/** What a kind reserves outside its object (Service: cluster IPs, node ports). kubernetes: genericregistry BeginCreate, BeginUpdate, AfterDelete */
export interface Reservation {
  readonly object: KubeObject
  readonly commit: () => void
  readonly revert: () => void
}

export interface StorageHooks {
  onCreate?(object: KubeObject, operation: Operation): Reservation
  onUpdate?(object: KubeObject, old: KubeObject, operation: Operation): Reservation
  onDelete?(object: KubeObject): void
}
