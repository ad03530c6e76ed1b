import { matches } from '#apimachinery/labels.ts';
import { own } from '#apimachinery/object.ts';
import { affinityTermsOf, termMatches } from '#kube-scheduler/affinity-terms.ts';
import { final, unfit } from '#kube-scheduler/filter-status.ts';
const PLUGIN = 'InterPodAffinity';
const NO_FRIENDS = final(PLUGIN, "node(s) didn't match pod affinity rules");
const FOES = unfit(PLUGIN, "node(s) didn't match pod anti-affinity rules");
const UNWELCOME = unfit(PLUGIN, "node(s) didn't satisfy existing pods anti-affinity rules");
/** A required term of a Pod that is there counts as a wish of this weight for those it speaks of. */
const HARD_AFFINITY_WEIGHT = 1;
/** Sums by topology key and value. */
class TopologySums {
    #sums = new Map();
    add(key, value, amount) {
        const values = this.#sums.get(key);
        if (values === undefined)
            this.#sums.set(key, new Map([[value, amount]]));
        else
            values.set(value, (values.get(value) ?? 0) + amount);
    }
    of(key, value) {
        return this.#sums.get(key)?.get(value) ?? 0;
    }
    get isEmpty() {
        return this.#sums.size === 0;
    }
    /** What all labels of a node bring. */
    total(labels) {
        let sum = 0;
        for (const [key, values] of this.#sums) {
            const value = own(labels, key);
            if (value !== undefined)
                sum += values.get(value) ?? 0;
        }
        return sum;
    }
}
/** Rejects nodes by the company a Pod would have there; undefined if nobody minds. */
export const affinityFilter = (pod, state, client) => {
    const { required, requiredAnti } = affinityTermsOf(pod);
    const foesOfOthers = existingAntiAffinity(pod, state, client);
    if (required.length === 0 && requiredAnti.length === 0 && foesOfOthers.isEmpty)
        return undefined;
    const friends = friendSums(required, state, client);
    const foes = new TopologySums();
    for (const term of requiredAnti)
        addMatches(foes, term, 1, state, client);
    const namespaceLabels = labelsOfNamespace(client, pod);
    const isOwnFriend = friends.isEmpty && required.every((term) => termMatches(term, pod, namespaceLabels));
    return ({ node: { metadata } }) => {
        for (const { topologyKey } of required)
            if (own(metadata.labels, topologyKey) === undefined)
                return NO_FRIENDS;
        const hasFriends = required.every(({ topologyKey }) => friends.of(topologyKey, own(metadata.labels, topologyKey)) > 0);
        if (!hasFriends && !isOwnFriend)
            return NO_FRIENDS;
        for (const { topologyKey } of requiredAnti) {
            const value = own(metadata.labels, topologyKey);
            if (value !== undefined && foes.of(topologyKey, value) > 0)
                return FOES;
        }
        return foesOfOthers.total(metadata.labels) > 0 ? UNWELCOME : undefined;
    };
};
/** Where Pods stand that do not want this one near. */
const existingAntiAffinity = (pod, state, client) => {
    const sums = new TopologySums();
    const namespaceLabels = labelsOfNamespace(client, pod);
    for (const { pod: other, terms } of state.withTerms.values())
        for (const term of terms.requiredAnti)
            if (termMatches(term, pod, namespaceLabels))
                addWhere(sums, term.topologyKey, other, 1, state);
    return sums;
};
/** Pods that all terms speak of, by topology. */
const friendSums = (terms, state, client) => {
    const sums = new TopologySums();
    if (terms.length === 1)
        addMatches(sums, terms[0], 1, state, client);
    if (terms.length < 2)
        return sums;
    for (const info of state.nodes())
        for (const other of info.pods.values()) {
            const labels = labelsOfNamespace(client, other);
            if (!terms.every((term) => termMatches(term, other, labels)))
                continue;
            for (const { topologyKey } of terms)
                addWhere(sums, topologyKey, other, 1, state);
        }
    return sums;
};
const addWhere = (sums, key, { spec }, amount, state) => {
    const value = own(state.node(spec.nodeName ?? '')?.node.metadata.labels, key);
    if (value !== undefined)
        sums.add(key, value, amount);
};
/** Adds `amount` for every Pod that the term speaks of, where it stands. */
const addMatches = (sums, term, amount, state, client) => {
    const { selector, topologyKey } = term;
    if (selector === undefined)
        return;
    for (const namespace of namespacesOf(term, client))
        for (const [name, count] of state.counts.of(namespace, selector, true).perNode) {
            const value = own(state.node(name)?.node.metadata.labels, topologyKey);
            if (value !== undefined)
                sums.add(topologyKey, value, amount * count);
        }
};
const namespacesOf = ({ namespaces, namespaceSelector }, client) => {
    if (namespaceSelector === undefined)
        return namespaces;
    const selected = client
        .list('namespaces')
        .filter(({ metadata }) => matches(namespaceSelector, metadata.labels))
        .map(({ metadata }) => metadata.name ?? '');
    return new Set([...namespaces, ...selected]);
};
const labelsOfNamespace = (client, { metadata }) => client.get('namespaces', '', metadata.namespace ?? '')?.metadata.labels;
/** Scores nodes from 0 to 100 by wishes for neighbours, the Pod's own and those of Pods that are there; undefined if there are none. */
export const affinityScores = (pod, feasible, state, client) => {
    const { preferred, preferredAnti } = affinityTermsOf(pod);
    if (preferred.length === 0 && preferredAnti.length === 0 && state.withTerms.size === 0)
        return undefined;
    const sums = new TopologySums();
    for (const term of preferred)
        addMatches(sums, term, term.weight, state, client);
    for (const term of preferredAnti)
        addMatches(sums, term, -term.weight, state, client);
    const labels = labelsOfNamespace(client, pod);
    for (const { pod: other, terms } of state.withTerms.values()) {
        const add = (term, weight) => {
            if (termMatches(term, pod, labels))
                addWhere(sums, term.topologyKey, other, weight, state);
        };
        for (const term of terms.required)
            add(term, HARD_AFFINITY_WEIGHT);
        for (const term of terms.preferred)
            add(term, term.weight);
        for (const term of terms.preferredAnti)
            add(term, -term.weight);
    }
    if (sums.isEmpty)
        return undefined;
    const raw = feasible.map(({ node }) => sums.total(node.metadata.labels));
    const [least, most] = [Math.min(...raw), Math.max(...raw)];
    return raw.map((score) => most === least ? 0 : Math.floor((100 * (score - least)) / (most - least)));
};
