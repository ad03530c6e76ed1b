// What somebody writes into volumes by hand, on its way to the Pods whose programs look there.
import type { Pod } from '#api/core/v1/pod/types.ts'
import { splitKey } from '#apimachinery/object.ts'
import type { Client } from '#client/client.ts'
import { volumeSource } from '#kubelet/pod-volumes.ts'
import type { VolumeWrite } from '#kubelet/written-files.ts'

export class HandWrites {
  readonly #byPod = new Map<string, VolumeWrite[]>()

  add(pod: string, write: VolumeWrite): void {
    const writes = this.#byPod.get(pod)
    if (writes === undefined) this.#byPod.set(pod, [write])
    else writes.push(write)
  }

  take(pod: string): readonly VolumeWrite[] | undefined {
    if (this.#byPod.size === 0) return undefined
    const writes = this.#byPod.get(pod)
    this.#byPod.delete(pod)
    return writes
  }
}

/** What is a claim's or the node's own others see, too: by which names. */
export const volumesAt = (
  client: Client,
  key: string,
  { place }: VolumeWrite,
): readonly string[] => {
  const { namespace, name } = splitKey(key)
  const pod = client.get('pods', namespace, name)
  return pod === undefined ? [] : namesAt(client, pod, place.path)
}

const namesAt = (client: Client, pod: Pod, path: string): readonly string[] => {
  const [container] = pod.spec.containers
  if (container === undefined) return []
  return (pod.spec.volumes ?? []).flatMap((volume) => {
    const source = volumeSource(client, pod, container, volume)
    return source.kind === 'written' && source.place.path === path ? [volume.name] : []
  })
}
