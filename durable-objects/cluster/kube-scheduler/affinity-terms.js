import { matches, selectorFromLabelSelector, } from '#apimachinery/labels.ts';
import { own } from '#apimachinery/object.ts';
const NONE = { required: [], preferred: [], requiredAnti: [], preferredAnti: [] };
/** kubernetes: framework.GetAffinityTerms, getWeightedAffinityTerms */
export const affinityTermsOf = (pod) => {
    const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
    if (podAffinity === undefined && podAntiAffinity === undefined)
        return NONE;
    return {
        required: required(pod, podAffinity),
        preferred: preferred(pod, podAffinity),
        requiredAnti: required(pod, podAntiAffinity),
        preferredAnti: preferred(pod, podAntiAffinity),
    };
};
const required = (pod, affinity) => (affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) => termOf(pod, term, 0));
const preferred = (pod, affinity) => (affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm, weight }) => termOf(pod, podAffinityTerm, weight));
const termOf = (pod, term, weight) => {
    const { namespaces = [], namespaceSelector, labelSelector, matchLabelKeys, mismatchLabelKeys, } = term;
    const own = namespaces.length === 0 && namespaceSelector === undefined;
    const selector = selectorFromLabelSelector(labelSelector);
    return {
        namespaces: new Set(own ? [pod.metadata.namespace ?? ''] : namespaces),
        namespaceSelector: selectorFromLabelSelector(namespaceSelector),
        selector: selector === undefined
            ? undefined
            : [
                ...selector,
                ...labelRequirements(pod, matchLabelKeys, 'In'),
                ...labelRequirements(pod, mismatchLabelKeys, 'NotIn'),
            ],
        topologyKey: term.topologyKey,
        weight,
    };
};
/** The Pod's own values of some labels, as requirements on others. */
export const labelRequirements = (pod, keys, operator) => (keys ?? []).flatMap((key) => {
    const value = own(pod.metadata.labels, key);
    return value === undefined ? [] : [{ key, operator, values: [value] }];
});
/** The Pod is one that the term speaks of. kubernetes: AffinityTerm.Matches */
export const termMatches = (term, pod, namespaceLabels) => term.selector !== undefined &&
    (term.namespaces.has(pod.metadata.namespace ?? '') ||
        (term.namespaceSelector !== undefined && matches(term.namespaceSelector, namespaceLabels))) &&
    matches(term.selector, pod.metadata.labels);
