import { keyOf } from '#apimachinery/object.ts';
import { priorityOf } from '#kube-scheduler/filter-status.ts';
const EVENTS = ['node', 'pod-left', 'pod-came', 'claim'];
const WAITS_FOR = {
    NodeUnschedulable: new Set(['node']),
    NodeName: new Set(['node']),
    TaintToleration: new Set(['node']),
    NodeAffinity: new Set(['node']),
    NodePorts: new Set(['node', 'pod-left']),
    NodeResourcesFit: new Set(['node', 'pod-left']),
    PodTopologySpread: new Set(['node', 'pod-left', 'pod-came']),
    InterPodAffinity: new Set(['node', 'pod-left', 'pod-came']),
    VolumeBinding: new Set(['node', 'claim']),
};
/**
 * Pods that are to be scheduled, the most important first, then first come, first served; and those that were tried in vain, with what
 * they wait for.
 */
export class SchedulingQueue {
    #active = new Map();
    #priorities = new Map();
    #parked = new Set();
    #waiting = {
        node: new Set(),
        'pod-left': new Set(),
        'pod-came': new Set(),
        claim: new Set(),
    };
    add(pod) {
        const key = keyOf(pod);
        this.delete(key);
        const priority = priorityOf(pod);
        this.#priorities.set(key, priority);
        const keys = this.#active.get(priority);
        if (keys === undefined)
            this.#active.set(priority, new Set([key]));
        else
            keys.add(key);
    }
    delete(key) {
        if (this.#parked.delete(key))
            for (const event of EVENTS)
                this.#waiting[event].delete(key);
        const priority = this.#priorities.get(key);
        if (priority === undefined)
            return;
        this.#priorities.delete(key);
        const keys = this.#active.get(priority);
        keys?.delete(key);
        if (keys?.size === 0)
            this.#active.delete(priority);
    }
    /** Takes the next Pod. */
    pop() {
        const key = this.peek();
        if (key !== undefined)
            this.delete(key);
        return key;
    }
    peek() {
        let highest;
        for (const priority of this.#active.keys())
            if (highest === undefined || priority > highest)
                highest = priority;
        if (highest === undefined)
            return undefined;
        const [key] = this.#active.get(highest);
        return key;
    }
    /** The Pod waits for something that the named plugins heed. */
    park(key, plugins) {
        this.delete(key);
        this.#parked.add(key);
        for (const event of EVENTS)
            if ([...plugins].some((plugin) => WAITS_FOR[plugin]?.has(event) !== false))
                this.#waiting[event].add(key);
    }
    /** The Pod waits, or is to be scheduled. */
    has(key) {
        return this.#parked.has(key) || this.#priorities.has(key);
    }
    /** The waiting Pods to which the event may matter. */
    wokenBy(event) {
        return this.#waiting[event];
    }
}
