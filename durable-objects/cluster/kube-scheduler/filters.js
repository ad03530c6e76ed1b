import { final, unfit } from '#kube-scheduler/filter-status.ts';
import { affinityFilter } from '#kube-scheduler/inter-pod-affinity.ts';
import { isTolerated, namedNodes, nodeIsWanted } from '#kube-scheduler/node-selection.ts';
import { requirementsOf } from '#kube-scheduler/pod-requirements.ts';
import { spreadFilter } from '#kube-scheduler/topology-spread.ts';
import { volumeFilter } from '#kube-scheduler/volume-binding.ts';
const UNSCHEDULABLE_TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
const UNSCHEDULABLE = final('NodeUnschedulable', 'node(s) were unschedulable');
const OTHER_NAME = final('NodeName', "node(s) didn't match the requested node name");
const TAINTED = final('TaintToleration', 'node(s) had untolerated taint(s)');
const UNWANTED = final('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
const PORTS_TAKEN = unfit('NodePorts', "node(s) didn't have free ports for the requested pod ports");
export const isRefusal = (prepared) => 'reason' in prepared;
/** Looks at the Pod once and returns what to ask of each node. The first that objects is heard, as upstream. */
export const prepareFilter = (pod, state, client) => {
    const only = namedNodes(pod);
    if (only?.size === 0)
        return { plugin: 'NodeAffinity', reason: 'pod affinity terms conflict', isFinal: true };
    const volumes = volumeFilter(pod, client);
    if (volumes !== undefined && 'reason' in volumes)
        return volumes;
    const { tolerations = [] } = pod.spec;
    const toleratesCordon = isTolerated(tolerations, UNSCHEDULABLE_TAINT);
    const requirements = requirementsOf(pod);
    const selects = pod.spec.nodeSelector !== undefined || pod.spec.affinity?.nodeAffinity !== undefined;
    const spread = spreadFilter(pod, state.nodes(), state.counts);
    const affinity = affinityFilter(pod, state, client);
    const { nodeName } = pod.spec;
    const filter = (info) => {
        if (info.node.spec.unschedulable === true && !toleratesCordon)
            return UNSCHEDULABLE;
        if (nodeName !== undefined && nodeName !== info.name)
            return OTHER_NAME;
        for (const taint of info.repellingTaints)
            if (!isTolerated(tolerations, taint))
                return TAINTED;
        if (selects && !nodeIsWanted(pod, info.node))
            return UNWANTED;
        if (requirements.hostPorts.length > 0 && !info.hasFreePorts(requirements.hostPorts))
            return PORTS_TAKEN;
        return fits(requirements, info) ?? volumes?.(info) ?? spread?.(info) ?? affinity?.(info);
    };
    return { filter, only };
};
const FIT = 'NodeResourcesFit';
/** kubernetes: noderesources fitsRequest */
export const fits = (wanted, info) => {
    const { allocatable } = info;
    const reasons = [];
    let isFinal = false;
    const lack = (name, amount, used, total) => {
        if (amount === 0 || amount <= total - used)
            return;
        reasons.push(`Insufficient ${name}`);
        if (amount > total)
            isFinal = true;
    };
    if (info.pods.size + 1 > allocatable.pods)
        reasons.push('Too many pods');
    lack('cpu', wanted.cpu, info.cpu, allocatable.cpu);
    lack('memory', wanted.memory, info.memory, allocatable.memory);
    lack('ephemeral-storage', wanted.storage, info.storage, allocatable.storage);
    for (const [name, amount] of wanted.scalars)
        lack(name, amount, info.scalars.get(name) ?? 0, allocatable.scalars.get(name) ?? 0);
    return reasons.length === 0 ? undefined : { plugin: FIT, reasons, isFinal };
};
