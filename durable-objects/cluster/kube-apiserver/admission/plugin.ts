import type { KubeObject } from '#apimachinery/object.ts'
import { forbidden, type StatusError } from '#apimachinery/status-error.ts'
import type { Random } from '#environment.ts'
import type { AdmissionRequest } from '#kube-apiserver/registry/operation.ts'
import type { Reader } from '#kube-apiserver/reader.ts'
import { groupResourceOf } from '#kube-apiserver/resources.ts'

/** A request that brings an object: CREATE and UPDATE. */
export interface WriteRequest<T extends KubeObject = KubeObject> extends AdmissionRequest {
  readonly object: T
  readonly old: T | undefined
}

/** One step of admission. Both halves are left out of requests that are not about `resources`. */
export interface AdmissionPlugin {
  /** As in `--enable-admission-plugins`. */
  readonly name: string
  /** `pods`, `deployments.apps`; absent: all. */
  readonly resources?: readonly string[]
  /** The object, changed or not. Not asked about DELETE. */
  readonly admit?: (request: WriteRequest) => KubeObject
  /** Throws StatusError. */
  readonly validate?: (request: AdmissionRequest) => void
}

/** What plugins are made of. */
export interface AdmissionContext {
  readonly reader: Reader
  readonly random: Random
  readonly now: () => number
}

export const isCreate = ({ operation, subresource }: AdmissionRequest): boolean =>
  operation === 'CREATE' && subresource === undefined

export const isWrite = (request: AdmissionRequest): request is WriteRequest =>
  request.operation !== 'DELETE' && request.object !== undefined

/** The name in refusals; what has none yet goes by what its name will begin with. kubernetes: admission/errors.go extractResourceName */
const nameIn = ({ name, object }: AdmissionRequest): string =>
  name || object?.metadata.name || object?.metadata.generateName || 'Unknown'

/** kubernetes: admission.NewForbidden */
export const refuse = (request: AdmissionRequest, reason: string): StatusError =>
  forbidden(groupResourceOf(request.resource), nameIn(request), reason)

/** Several reasons as Go prints them together: each once. kubernetes: apimachinery pkg/util/errors Aggregate */
export const aggregate = (messages: readonly string[]): string => {
  const distinct = [...new Set(messages)]
  return distinct.length === 1 ? distinct[0]! : `[${distinct.join(', ')}]`
}
