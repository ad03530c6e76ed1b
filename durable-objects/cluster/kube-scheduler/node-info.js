import { allocatableOf, requirementsOf, } from '#kube-scheduler/pod-requirements.ts';
/** A node and the sums over its Pods, kept up to date as Pods come and go. */
export class NodeInfo {
    name;
    pods = new Map();
    #node;
    #allocatable;
    /** Taints that keep Pods off: NoSchedule and NoExecute. */
    #repelling = [];
    #discouraging = [];
    cpu = 0;
    memory = 0;
    storage = 0;
    scoredCpu = 0;
    scoredMemory = 0;
    scalars = new Map();
    #ports = new Map();
    constructor(node) {
        this.name = node.metadata.name ?? '';
        this.#node = node;
        this.#allocatable = allocatableOf(node.status.allocatable);
        this.node = node;
    }
    get node() {
        return this.#node;
    }
    set node(node) {
        if (node.status.allocatable !== this.#node.status.allocatable)
            this.#allocatable = allocatableOf(node.status.allocatable);
        this.#node = node;
        const taints = node.spec.taints ?? [];
        this.#repelling = taints.filter(({ effect }) => effect !== 'PreferNoSchedule');
        this.#discouraging = taints.filter(({ effect }) => effect === 'PreferNoSchedule');
    }
    get allocatable() {
        return this.#allocatable;
    }
    get repellingTaints() {
        return this.#repelling;
    }
    get discouragingTaints() {
        return this.#discouraging;
    }
    add(key, pod) {
        this.pods.set(key, pod);
        this.#count(requirementsOf(pod), 1);
    }
    remove(key) {
        const pod = this.pods.get(key);
        if (pod === undefined)
            return;
        this.pods.delete(key);
        this.#count(requirementsOf(pod), -1);
    }
    /** kubernetes: fitsPorts */
    hasFreePorts(wanted) {
        return wanted.every(({ protocol, port, ip }) => (this.#ports.get(`${protocol} ${port}`) ?? []).every((taken) => taken !== ip && taken !== '0.0.0.0' && ip !== '0.0.0.0'));
    }
    /** The same node, to try what would be. */
    copy() {
        const copy = new NodeInfo(this.#node);
        for (const [key, pod] of this.pods)
            copy.add(key, pod);
        return copy;
    }
    #count(requirements, sign) {
        this.cpu += sign * requirements.cpu;
        this.memory += sign * requirements.memory;
        this.storage += sign * requirements.storage;
        this.scoredCpu += sign * requirements.scoredCpu;
        this.scoredMemory += sign * requirements.scoredMemory;
        for (const [name, amount] of requirements.scalars)
            this.scalars.set(name, (this.scalars.get(name) ?? 0) + sign * amount);
        for (const { protocol, port, ip } of requirements.hostPorts) {
            const key = `${protocol} ${port}`;
            const taken = this.#ports.get(key) ?? [];
            if (sign > 0)
                taken.push(ip);
            else
                taken.splice(taken.indexOf(ip), 1);
            this.#ports.set(key, taken);
        }
    }
}
