import { matches, selectorText } from '#apimachinery/labels.ts';
const MAX_ENTRIES = 500;
/**
 * Counts of Pods by node for the selectors that constraints ask about. A count is made once, by going through the namespace's Pods,
 * and then kept up to date with every Pod that comes or goes. The ones asked for longest ago are dropped.
 */
export class MatchCounts {
    #entries = new Map();
    #byNamespace = new Map();
    #podsOf;
    /** `podsOf` gives the Pods of a namespace that are on nodes and have not ended. */
    constructor(podsOf) {
        this.#podsOf = podsOf;
    }
    of(namespace, selector, includesTerminating) {
        const key = `${namespace}\0${includesTerminating}\0${selectorText(selector)}`;
        const known = this.#entries.get(key);
        if (known !== undefined) {
            this.#entries.delete(key);
            this.#entries.set(key, known);
            return known;
        }
        const entry = { namespace, selector, perNode: new Map(), includesTerminating };
        for (const pod of this.#podsOf(namespace))
            count(entry, pod, 1);
        this.#remember(key, entry);
        return entry;
    }
    /** A Pod came onto a node (1) or left it (-1). */
    changed(pod, sign) {
        for (const entry of this.#byNamespace.get(pod.metadata.namespace ?? '') ?? [])
            count(entry, pod, sign);
    }
    #remember(key, entry) {
        this.#entries.set(key, entry);
        const ofNamespace = this.#byNamespace.get(entry.namespace);
        if (ofNamespace === undefined)
            this.#byNamespace.set(entry.namespace, new Set([entry]));
        else
            ofNamespace.add(entry);
        if (this.#entries.size <= MAX_ENTRIES)
            return;
        const [oldest, dropped] = this.#entries.entries().next().value;
        this.#entries.delete(oldest);
        this.#byNamespace.get(dropped.namespace)?.delete(dropped);
    }
}
const count = (entry, pod, sign) => {
    if (!entry.includesTerminating && pod.metadata.deletionTimestamp !== undefined)
        return;
    if (!matches(entry.selector, pod.metadata.labels))
        return;
    const node = pod.spec.nodeName ?? '';
    const sum = (entry.perNode.get(node) ?? 0) + sign;
    if (sum === 0)
        entry.perNode.delete(node);
    else
        entry.perNode.set(node, sum);
};
