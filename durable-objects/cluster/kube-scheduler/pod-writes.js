import { assign, keyOf } from '#apimachinery/object.ts';
import { formatTime } from '#apimachinery/time.ts';
const COMPONENT = 'default-scheduler';
/** The Pod on its node. kubernetes: pkg/registry/core/pod/storage assignPod */
export const bound = (pod, node, now) => assign(pod, {
    spec: assign(pod.spec, { nodeName: node }),
    status: assign(pod.status, {
        conditions: withCondition(pod, { type: 'PodScheduled', status: 'True' }, now),
        nominatedNodeName: undefined,
    }),
});
export const recordScheduled = (events, pod, node) => events.record({
    object: pod,
    type: 'Normal',
    reason: 'Scheduled',
    action: 'Binding',
    message: `Successfully assigned ${keyOf(pod)} to ${node}`,
    component: COMPONENT,
});
/** Says in the Pod's status and in an Event why it has no node. kubernetes: handleSchedulingFailure */
export const recordFailure = (client, events, pod, { message, candidate, clearsNomination }) => {
    events.record({
        object: pod,
        type: 'Warning',
        reason: 'FailedScheduling',
        action: 'Scheduling',
        message,
        component: COMPONENT,
    });
    const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
    const nominated = clearsNomination ? undefined : (candidate?.node ?? pod.status.nominatedNodeName);
    const status = assign(pod.status, {
        conditions: withCondition(pod, condition, client.now()),
        nominatedNodeName: nominated,
    });
    if (status !== pod.status)
        client.update('pods', assign(pod, { status }), { subresource: 'status' });
};
/** Sends a Pod away to make room. kubernetes: preemption Evaluator.prepareCandidate */
export const evict = (client, events, victim, by, node) => {
    const { namespace = '', name = '' } = victim.metadata;
    if (victim.metadata.deletionTimestamp !== undefined)
        return;
    const condition = {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'PreemptionByScheduler',
        message: `${COMPONENT}: preempting to accommodate a higher priority pod`,
    };
    const conditions = withCondition(victim, condition, client.now());
    client.update('pods', assign(victim, { status: assign(victim.status, { conditions }) }), {
        subresource: 'status',
    });
    client.delete('pods', namespace, name);
    events.record({
        object: victim,
        type: 'Normal',
        reason: 'Preempted',
        action: 'Preempting',
        message: `Preempted by pod ${by.metadata.uid ?? ''} on node ${node}`,
        component: COMPONENT,
    });
};
/** The Pod's conditions with this one in them; the same list if it says so already. */
const withCondition = ({ metadata, status }, condition, now) => {
    const { conditions = [] } = status;
    const known = conditions.find(({ type }) => type === condition.type);
    const { generation } = metadata;
    if (known?.status === condition.status &&
        known.reason === condition.reason &&
        known.message === condition.message &&
        known.observedGeneration === generation)
        return conditions;
    const lastTransitionTime = known?.status === condition.status ? known.lastTransitionTime : formatTime(now);
    const fresh = {
        ...condition,
        ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }),
        ...(generation === undefined ? {} : { observedGeneration: generation }),
    };
    return known === undefined
        ? [...conditions, fresh]
        : conditions.map((existing) => (existing === known ? fresh : existing));
};
