// kubernetes: pkg/registry/core/pod/strategy.go mutatePodAffinity, mutateTopologySpreadConstraints
import type {
  PodAffinity,
  PodAffinityTerm,
  WeightedPodAffinityTerm,
} from '#api/core/v1/pod/affinity-types.ts'
import type { PodSpec, TopologySpreadConstraint } from '#api/core/v1/pod/types.ts'
import type { LabelSelector } from '#apimachinery/labels.ts'
import { assign, mapShared, own, type StringMap } from '#apimachinery/object.ts'

type Operator = 'In' | 'NotIn'

/** The selector with the Pod's own values of the keys required (or excluded). */
const merged = (
  selector: LabelSelector,
  keys: readonly string[] | undefined,
  operator: Operator,
  labels: StringMap | undefined,
): LabelSelector => {
  const added = (keys ?? []).flatMap((key) => {
    const value = own(labels, key)
    return value === undefined ? [] : [{ key, operator, values: [value] }]
  })
  if (added.length === 0) return selector
  return assign(selector, { matchExpressions: [...(selector.matchExpressions ?? []), ...added] })
}

const ofTerm = (term: PodAffinityTerm, labels: StringMap | undefined): PodAffinityTerm => {
  if (term.labelSelector === undefined) return term
  const required = merged(term.labelSelector, term.matchLabelKeys, 'In', labels)
  return assign(term, { labelSelector: merged(required, term.mismatchLabelKeys, 'NotIn', labels) })
}

const ofAffinity = <T extends PodAffinity>(affinity: T, labels: StringMap | undefined): T => {
  const required = affinity.requiredDuringSchedulingIgnoredDuringExecution
  const preferred = affinity.preferredDuringSchedulingIgnoredDuringExecution
  const weighted = (term: WeightedPodAffinityTerm): WeightedPodAffinityTerm =>
    assign(term, { podAffinityTerm: ofTerm(term.podAffinityTerm, labels) })
  return assign<PodAffinity>(affinity, {
    requiredDuringSchedulingIgnoredDuringExecution:
      required && mapShared(required, (term) => ofTerm(term, labels)),
    preferredDuringSchedulingIgnoredDuringExecution: preferred && mapShared(preferred, weighted),
  }) as T
}

const ofConstraint = (
  constraint: TopologySpreadConstraint,
  labels: StringMap | undefined,
): TopologySpreadConstraint =>
  constraint.labelSelector === undefined
    ? constraint
    : assign(constraint, {
        labelSelector: merged(constraint.labelSelector, constraint.matchLabelKeys, 'In', labels),
      })

/** Puts the values of `matchLabelKeys` into the selectors beside them, once, when the Pod is made. */
export const mergeLabelKeys = (spec: PodSpec, labels: StringMap | undefined): PodSpec => {
  const { affinity, topologySpreadConstraints: spread } = spec
  if (affinity === undefined && spread === undefined) return spec
  return assign(spec, {
    affinity:
      affinity &&
      assign(affinity, {
        podAffinity: affinity.podAffinity && ofAffinity(affinity.podAffinity, labels),
        podAntiAffinity: affinity.podAntiAffinity && ofAffinity(affinity.podAntiAffinity, labels),
      }),
    topologySpreadConstraints:
      spread && mapShared(spread, (constraint) => ofConstraint(constraint, labels)),
  })
}
