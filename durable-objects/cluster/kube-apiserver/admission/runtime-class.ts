// kubernetes: plugin/pkg/admission/runtimeclass/admission.go
import type { Pod, Toleration } from '#api/core/v1/pod/types.ts'
import { assign, equal, type KubeObject, own } from '#apimachinery/object.ts'
import { canonicalQuantity } from '#apimachinery/quantity.ts'
import type { Reader } from '#kube-apiserver/reader.ts'
import {
  isCreate,
  isWrite,
  refuse,
  type AdmissionContext,
  type AdmissionPlugin,
  type WriteRequest,
} from '#kube-apiserver/admission/plugin.ts'

type Resources = Readonly<Record<string, string>>

interface RuntimeClass extends KubeObject {
  readonly overhead?: { readonly podFixed?: Resources }
  readonly scheduling?: {
    readonly nodeSelector?: Readonly<Record<string, string>>
    readonly tolerations?: readonly Toleration[]
  }
}

/** Pods of a RuntimeClass get its overhead and where it can run. */
export const runtimeClass = ({ reader }: AdmissionContext): AdmissionPlugin => ({
  name: 'RuntimeClass',
  resources: ['pods'],
  admit: (request) => (isCreate(request) ? admitPod(request, reader) : request.object),
  validate: (request) => {
    if (isCreate(request) && isWrite(request)) checkOverhead(request, reader)
  },
})

const classOf = (request: WriteRequest, reader: Reader): RuntimeClass | undefined => {
  const { runtimeClassName: name } = (request.object as Pod).spec
  if (name === undefined) return undefined
  const found = reader.get('runtimeclasses.node.k8s.io', '', name)
  if (found === undefined) throw refuse(request, `pod rejected: RuntimeClass "${name}" not found`)
  return found
}

const isSame = (a: Resources, b: Resources): boolean => equal(canonical(a), canonical(b))

const canonical = (resources: Resources): Resources =>
  Object.fromEntries(
    Object.entries(resources).map(([key, value]) => [key, canonicalQuantity(value)]),
  )

const MISMATCH = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"

const admitPod = (request: WriteRequest, reader: Reader): Pod => {
  const pod = request.object as Pod
  const found = classOf(request, reader)
  if (found === undefined) return pod
  let { spec } = pod
  const overhead = found.overhead?.podFixed
  if (overhead !== undefined) {
    if (spec.overhead !== undefined && !isSame(overhead, spec.overhead))
      throw refuse(request, MISMATCH)
    spec = assign(spec, { overhead })
  }
  if (found.scheduling === undefined) return assign(pod, { spec })
  const { nodeSelector = {}, tolerations = [] } = found.scheduling
  for (const [key, value] of Object.entries(nodeSelector)) {
    const given = own(spec.nodeSelector, key)
    if (given !== undefined && given !== value)
      throw refuse(
        request,
        `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${given}`,
      )
  }
  const merged = mergeTolerations([...(spec.tolerations ?? []), ...tolerations])
  return assign(pod, {
    spec: assign(spec, {
      nodeSelector:
        Object.keys(nodeSelector).length === 0
          ? spec.nodeSelector
          : assign(spec.nodeSelector ?? {}, nodeSelector),
      tolerations: merged.length === 0 ? undefined : merged,
    }),
  })
}

const checkOverhead = (request: WriteRequest, reader: Reader): void => {
  const wanted = classOf(request, reader)?.overhead?.podFixed
  const { overhead } = (request.object as Pod).spec
  if (wanted === undefined && overhead !== undefined)
    throw refuse(
      request,
      'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
    )
  if (wanted !== undefined && !isSame(wanted, overhead ?? {})) throw refuse(request, MISMATCH)
}

/** Leaves out what another tolerates as well. kubernetes: pkg/util/tolerations/tolerations.go MergeTolerations */
const mergeTolerations = (all: readonly Toleration[]): readonly Toleration[] => {
  const merged: Toleration[] = []
  for (const [index, toleration] of all.entries()) {
    const isCovered =
      merged.some((other) => covers(other, toleration)) ||
      all.slice(index + 1).some((other) => !equal(other, toleration) && covers(other, toleration))
    if (!isCovered) merged.push(toleration)
  }
  return merged
}

const covers = (a: Toleration, b: Toleration): boolean => {
  if (equal(a, b)) return true
  const hasKey =
    (b.key ?? '') === (a.key ?? '') || ((a.key ?? '') === '' && a.operator === 'Exists')
  if (!hasKey || (a.effect !== undefined && a.effect !== b.effect)) return false
  if (
    a.effect === 'NoExecute' &&
    a.tolerationSeconds !== undefined &&
    (b.tolerationSeconds === undefined || b.tolerationSeconds > a.tolerationSeconds)
  )
    return false
  if (a.operator === 'Exists') return true
  return (a.operator ?? 'Equal') === (b.operator ?? 'Equal') && (a.value ?? '') === (b.value ?? '')
}
