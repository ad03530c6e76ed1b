import type {
  PodAffinityTerm,
  PodAntiAffinity,
  PodAffinity,
} from '#api/core/v1/pod/affinity-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import {
  matches,
  selectorFromLabelSelector,
  type Requirement,
  type Selector,
} from '#apimachinery/labels.ts'
import { own, type StringMap } from '#apimachinery/object.ts'

/** A term of pod affinity, ready to be tried. */
export interface AffinityTerm {
  readonly namespaces: ReadonlySet<string>
  readonly namespaceSelector: Selector | undefined
  readonly selector: Selector | undefined
  readonly topologyKey: string
  readonly weight: number
}

/** All terms of a Pod. */
export interface AffinityTerms {
  readonly required: readonly AffinityTerm[]
  readonly preferred: readonly AffinityTerm[]
  readonly requiredAnti: readonly AffinityTerm[]
  readonly preferredAnti: readonly AffinityTerm[]
}

const NONE: AffinityTerms = { required: [], preferred: [], requiredAnti: [], preferredAnti: [] }

/** kubernetes: framework.GetAffinityTerms, getWeightedAffinityTerms */
export const affinityTermsOf = (pod: Pod): AffinityTerms => {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {}
  if (podAffinity === undefined && podAntiAffinity === undefined) return NONE
  return {
    required: required(pod, podAffinity),
    preferred: preferred(pod, podAffinity),
    requiredAnti: required(pod, podAntiAffinity),
    preferredAnti: preferred(pod, podAntiAffinity),
  }
}

const required = (pod: Pod, affinity: PodAffinity | PodAntiAffinity | undefined) =>
  (affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) =>
    termOf(pod, term, 0),
  )

const preferred = (pod: Pod, affinity: PodAffinity | PodAntiAffinity | undefined) =>
  (affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
    ({ podAffinityTerm, weight }) => termOf(pod, podAffinityTerm, weight),
  )

const termOf = (pod: Pod, term: PodAffinityTerm, weight: number): AffinityTerm => {
  const {
    namespaces = [],
    namespaceSelector,
    labelSelector,
    matchLabelKeys,
    mismatchLabelKeys,
  } = term
  const isHere = namespaces.length === 0 && namespaceSelector === undefined
  const selector = selectorFromLabelSelector(labelSelector)
  return {
    namespaces: new Set(isHere ? [pod.metadata.namespace ?? ''] : namespaces),
    namespaceSelector: selectorFromLabelSelector(namespaceSelector),
    selector:
      selector === undefined
        ? undefined
        : [
            ...selector,
            ...labelRequirements(pod, matchLabelKeys, 'In'),
            ...labelRequirements(pod, mismatchLabelKeys, 'NotIn'),
          ],
    topologyKey: term.topologyKey,
    weight,
  }
}

/** The Pod's own values of some labels, as requirements on others. */
export const labelRequirements = (
  pod: Pod,
  keys: readonly string[] | undefined,
  operator: 'In' | 'NotIn',
): readonly Requirement[] =>
  (keys ?? []).flatMap((key) => {
    const value = own(pod.metadata.labels, key)
    return value === undefined ? [] : [{ key, operator, values: [value] }]
  })

/** The Pod is one that the term speaks of. kubernetes: AffinityTerm.Matches */
export const termMatches = (
  term: AffinityTerm,
  pod: Pod,
  namespaceLabels: StringMap | undefined,
): boolean =>
  term.selector !== undefined &&
  (term.namespaces.has(pod.metadata.namespace ?? '') ||
    (term.namespaceSelector !== undefined && matches(term.namespaceSelector, namespaceLabels))) &&
  matches(term.selector, pod.metadata.labels)
