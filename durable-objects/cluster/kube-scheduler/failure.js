import { controllerOf } from '#apimachinery/object.ts';
import { fitMessage, preFilterMessage, priorityOf, unfit, } from '#kube-scheduler/filter-status.ts';
import { preempt } from '#kube-scheduler/preemption.ts';
// kubernetes: the dynamic resources plugin says this of every Pod, then preemption has its word
const NO_CLAIMS = 'no new claims to deallocate';
/** What to say of a Pod that has no node, and what to do about it. */
export const judgeFailure = (pod, outcome, state, client) => {
    if (outcome.kind === 'no-nodes')
        return {
            message: 'no nodes available to schedule pods',
            plugins: new Set(['']),
            clearsNomination: false,
        };
    const rejections = rejectionsOf(outcome, state);
    const preemption = preempt(pod, state, client, rejections, outcome.kind === 'none' ? outcome.filter : undefined);
    const postFilter = preemption.kind === 'none' ? `${NO_CLAIMS}, preemption: ${preemption.message}` : '';
    const message = outcome.kind === 'none'
        ? fitMessage(outcome.nodeCount, rejections.values(), postFilter)
        : preFilterMessage(outcome.nodeCount, outcome.refusal.reason, postFilter);
    return {
        message,
        plugins: new Set([...rejections.values()].map(({ plugin }) => plugin)),
        ...(preemption.kind === 'victims' ? { candidate: preemption.candidate } : {}),
        clearsNomination: preemption.kind === 'none' && !preemption.message.startsWith('not eligible'),
    };
};
const rejectionsOf = (outcome, state) => {
    if (outcome.kind === 'none')
        return outcome.rejections;
    const { plugin, reason, isFinal } = outcome.refusal;
    const rejection = { ...unfit(plugin, reason), isFinal };
    return new Map(state.nodes().map(({ name }) => [name, rejection]));
};
/**
 * Remembers why the last Pod of an owner found no node: its siblings find none either until something changes. Thousands that wait for
 * room cost next to nothing.
 */
export class FailureMemo {
    #known = new Map();
    get(pod, version) {
        const known = this.#known.get(controllerOf(pod)?.uid ?? '');
        if (known === undefined || known.version !== version || !isAlike(known.pod, pod))
            return undefined;
        return known.failure;
    }
    set(pod, version, failure) {
        const owner = controllerOf(pod)?.uid;
        if (owner === undefined)
            return;
        if (this.#known.size > 1000)
            this.#known.clear();
        this.#known.set(owner, { pod, version, failure });
    }
}
const isAlike = ({ spec: a, ...one }, { spec: b, ...other }) => a.containers === b.containers &&
    a.initContainers === b.initContainers &&
    a.affinity === b.affinity &&
    a.nodeSelector === b.nodeSelector &&
    a.topologySpreadConstraints === b.topologySpreadConstraints &&
    a.preemptionPolicy === b.preemptionPolicy &&
    one.metadata.labels === other.metadata.labels &&
    one.status.nominatedNodeName === other.status.nominatedNodeName &&
    priorityOf({ ...one, spec: a }) === priorityOf({ ...other, spec: b }) &&
    !hasClaims(a) &&
    !hasClaims(b);
const hasClaims = ({ volumes = [] }) => volumes.some(({ persistentVolumeClaim, ephemeral }) => persistentVolumeClaim !== undefined || ephemeral !== undefined);
