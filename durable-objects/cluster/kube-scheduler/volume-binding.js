import { final } from '#kube-scheduler/filter-status.ts';
const PLUGIN = 'VolumeBinding';
const NO_VOLUME = final(PLUGIN, "node(s) didn't find available persistent volumes to bind");
const refusal = (reason, isFinal) => ({ plugin: PLUGIN, reason, isFinal });
/** Judges by the Pod's claims: refused, rejected on every node, or (undefined) no matter. */
export const volumeFilter = (pod, client) => {
    let waits = false;
    for (const volume of pod.spec.volumes ?? []) {
        const name = volume.persistentVolumeClaim?.claimName ??
            (volume.ephemeral === undefined ? undefined : `${pod.metadata.name ?? ''}-${volume.name}`);
        if (name === undefined)
            continue;
        const claim = client.get('persistentvolumeclaims', pod.metadata.namespace ?? '', name);
        if (claim === undefined)
            return volume.ephemeral === undefined
                ? refusal(`persistentvolumeclaim "${name}" not found`, false)
                : refusal(`waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`, true);
        if (claim.metadata.deletionTimestamp !== undefined)
            return refusal(`persistentvolumeclaim "${name}" is being deleted`, true);
        if ((claim.spec.volumeName ?? '') !== '')
            continue;
        if (!waitsForConsumer(client, claim.spec.storageClassName))
            return refusal('pod has unbound immediate PersistentVolumeClaims', true);
        waits = true;
    }
    return waits ? () => NO_VOLUME : undefined;
};
const waitsForConsumer = (client, name = '') => {
    const found = name === '' ? undefined : client.dynamic.get('storageclasses.storage.k8s.io', '', name);
    return found?.volumeBindingMode === 'WaitForFirstConsumer';
};
