import { matches, selectorFromLabelSelector } from '#apimachinery/labels.ts';
import { keyOf, own } from '#apimachinery/object.ts';
import { final, fitMessage, priorityOf } from '#kube-scheduler/filter-status.ts';
const NOT_HELPFUL = final('DefaultPreemption', 'Preemption is not helpful for scheduling');
const NO_VICTIMS = final('DefaultPreemption', 'No preemption victims found for incoming pod');
/** Which Pods to send away so that this one fits somewhere, or why that would not help. */
export const preempt = (pod, state, client, rejections, filter) => {
    const refusal = ineligible(pod, state);
    if (refusal !== undefined)
        return { kind: 'none', message: refusal };
    const nodes = state.nodes();
    const mayHaveVictims = filter !== undefined && state.hasLessImportant(priorityOf(pod));
    const budgets = client.list('poddisruptionbudgets.policy');
    const candidates = [];
    const answers = [];
    for (const info of nodes) {
        const rejection = rejections.get(info.name);
        if (rejection === undefined || rejection.isFinal)
            answers.push(NOT_HELPFUL);
        else if (!mayHaveVictims)
            answers.push(NO_VICTIMS);
        else {
            const found = victimsOn(info, pod, filter, budgets);
            if ('victims' in found)
                candidates.push(found);
            else
                answers.push(found);
        }
    }
    if (candidates.length === 0)
        return { kind: 'none', message: fitMessage(nodes.length, answers) };
    return {
        kind: 'victims',
        candidate: candidates.reduce((best, next) => (isBetter(next, best) ? next : best)),
    };
};
/** kubernetes: PodEligibleToPreemptOthers */
const ineligible = (pod, state) => {
    if (pod.spec.preemptionPolicy === 'Never')
        return 'not eligible due to preemptionPolicy=Never.';
    const nominated = state.node(pod.status.nominatedNodeName ?? '');
    for (const other of nominated?.pods.values() ?? [])
        if (other.metadata.deletionTimestamp !== undefined && priorityOf(other) < priorityOf(pod))
            return 'not eligible due to a terminating pod on the nominated node.';
    return undefined;
};
/** The fewest and least important Pods whose going makes room. kubernetes: SelectVictimsOnNode */
const victimsOn = (info, pod, filter, budgets) => {
    const potential = [...info.pods.values()].filter((other) => priorityOf(other) < priorityOf(pod));
    if (potential.length === 0)
        return NO_VICTIMS;
    const emptied = info.copy();
    for (const victim of potential)
        emptied.remove(keyOf(victim));
    const rejection = filter(emptied);
    if (rejection !== undefined)
        return rejection;
    const { violating, harmless } = byBudget(potential.sort(byImportance), budgets);
    const victims = [];
    let violations = 0;
    const reprieve = (victim) => {
        emptied.add(keyOf(victim), victim);
        if (filter(emptied) === undefined)
            return true;
        emptied.remove(keyOf(victim));
        victims.push(victim);
        return false;
    };
    for (const victim of violating)
        if (!reprieve(victim))
            violations++;
    for (const victim of harmless)
        reprieve(victim);
    return { node: info.name, victims: victims.sort(byImportance), violations };
};
/** More important first: priority, then the longer running, then by name. kubernetes: MoreImportantPod */
const byImportance = (a, b) => priorityOf(b) - priorityOf(a) ||
    compare(a.status.startTime ?? '9', b.status.startTime ?? '9') ||
    compare(keyOf(a), keyOf(b));
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
/** kubernetes: filterPodsWithPDBViolation */
const byBudget = (pods, budgets) => {
    const allowed = new Map(budgets.map((budget) => [budget, budget.status?.disruptionsAllowed ?? 0]));
    const violating = [];
    const harmless = [];
    for (const pod of pods) {
        let violates = false;
        for (const budget of budgets) {
            if (!protects(budget, pod))
                continue;
            const left = allowed.get(budget) - 1;
            allowed.set(budget, left);
            if (left < 0)
                violates = true;
        }
        ;
        (violates ? violating : harmless).push(pod);
    }
    return { violating, harmless };
};
const protects = ({ metadata, spec, status }, pod) => {
    if (metadata.namespace !== pod.metadata.namespace || pod.metadata.labels === undefined)
        return false;
    const selector = selectorFromLabelSelector(spec.selector);
    if (selector === undefined || selector.length === 0 || !matches(selector, pod.metadata.labels))
        return false;
    return own(status?.disruptedPods, pod.metadata.name ?? '') === undefined;
};
/** kubernetes: pickOneNodeForPreemption */
const isBetter = (a, b) => {
    const [x, y] = [rank(a), rank(b)];
    for (const [index, value] of x.entries())
        if (value !== y[index])
            return value < y[index];
    const [startA, startB] = [earliestStart(a), earliestStart(b)];
    return startA === startB ? a.node < b.node : startA > startB;
};
const MIN_PRIORITY = 2 ** 31;
const rank = ({ violations, victims }) => [
    violations,
    victims[0] === undefined ? -Infinity : priorityOf(victims[0]),
    victims.reduce((sum, victim) => sum + priorityOf(victim) + MIN_PRIORITY, 0),
    victims.length,
];
/** When the longest running of the most important victims started. */
const earliestStart = ({ victims }) => {
    const top = victims.filter((victim) => priorityOf(victim) === priorityOf(victims[0]));
    return top.map(({ status }) => status.startTime ?? '9').sort()[0] ?? '9';
};
