/** kubernetes: UnschedulableAndUnresolvable */
export const final = (plugin, ...reasons) => ({
    plugin,
    reasons,
    isFinal: true,
});
/** kubernetes: Unschedulable */
export const unfit = (plugin, ...reasons) => ({
    plugin,
    reasons,
    isFinal: false,
});
/** kubernetes: corev1helpers.PodPriority */
export const priorityOf = (pod) => pod.spec.priority ?? 0;
/**
 * `0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu.` kubernetes: FitError.Error
 */
export const fitMessage = (nodeCount, rejections, postFilter = '') => {
    const counts = new Map();
    for (const { reasons } of rejections)
        for (const reason of reasons)
            counts.set(reason, (counts.get(reason) ?? 0) + 1);
    const lines = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
    return joined(nodeCount, lines.join(', '), postFilter);
};
/** The same where no node was looked at. */
export const preFilterMessage = (nodeCount, reason, postFilter = '') => joined(nodeCount, reason, postFilter);
const joined = (nodeCount, reason, postFilter) => `0/${nodeCount} nodes are available:${reason === '' ? '' : ` ${reason}.`}${postFilter === '' ? '' : ` ${postFilter}`}`;
