// Runs the pods of all nodes: gathers the facts, lets nextPodStatus decide, writes what it decided.
import type { Node } from '#api/core/v1/node/types.ts'
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod, PodStatus } from '#api/core/v1/pod/types.ts'
import { assign, keyOf, type Mutable, splitKey } from '#apimachinery/object.ts'
import type { Change } from '#client/client.ts'
import type { Component, ComponentContext } from '#client/component.ts'
import { AddressPools } from '#kubelet/address-pools.ts'
import { ContainerDisks } from '#kubelet/container-disk.ts'
import { dependsOnObjects, environmentOf } from '#kubelet/environment.ts'
import { HandWrites, volumesAt } from '#kubelet/hand-writes.ts'
import { ImageDisk, ImageObjects } from '#kubelet/image-objects.ts'
import { isOff, isReachable } from '#kubelet/machine-state.ts'
import { nextPodStatus, type PodDecision } from '#kubelet/next-pod-status.ts'
import { environmentSources, podObjects } from '#kubelet/pod-environment.ts'
import { containersOf, type PodFacts } from '#kubelet/pod-facts.ts'
import { type PodDisk, PodDisks, withAsked } from '#kubelet/pod-disk.ts'
import { RecentProcesses } from '#kubelet/process-cache.ts'
import { resizeRefusal } from '#kubelet/pod-admission.ts'
import {
  refusalOf,
  refusedAt,
  refusedStatus,
  wasRefused,
  wasScheduled,
} from '#kubelet/pod-admission.ts'
import { isAffectedByObjects } from '#kubelet/mounted-objects.ts'
import { isTerminal, type PodRecord, recordFromStatus } from '#kubelet/pod-record.ts'
import { runsSteadily } from '#kubelet/steady-pod.ts'
import { VolumeHistory } from '#kubelet/volume-history.ts'
import type { Runtime } from '#kubelet/runtime.ts'
import { mountFailure } from '#kubelet/volumes.ts'
import { WaitingPods } from '#kubelet/waiting-pods.ts'
import { type VolumeWrite, WrittenFiles } from '#kubelet/written-files.ts'

/** Whether a node's pods cannot tell the difference. A node made by hand may have no status. */
const isSameToPods = (node: Node, old: Node | undefined): boolean =>
  old?.spec.podCIDR === node.spec.podCIDR && old?.status?.addresses === node.status?.addresses

/** A program that ends although nothing made it end by itself. */
interface LateEnd {
  readonly pod: Pod
  readonly name: string
  readonly at: number
  readonly code: number
}

/** A script is followed once more from its start: as much work as so many other runs. */
const LOOK_AT_PROGRAM = 100

export class PodWorker implements Component {
  readonly name: string
  readonly queue: ComponentContext['queue']
  readonly #context: ComponentContext
  readonly #disks: PodDisks
  readonly #data: ContainerDisks
  readonly #pools: AddressPools
  readonly #imageObjects: ImageObjects
  readonly #processes = new RecentProcesses()
  readonly #imageDisk: ImageDisk
  readonly #runtime: (() => Runtime) | undefined
  readonly #waiting = new WaitingPods()
  /** Pods with probes that run commands, and something mounted that may change, by namespace. */
  readonly #probed = new WaitingPods()
  /** Pods whose programs have looked into volumes, by namespace. */
  readonly #readers = new WaitingPods()
  readonly #files: WrittenFiles
  readonly #handWrites = new HandWrites()
  #isWriting = false
  /** The pod that is being worked on, and whose programs have ended in the meantime. */
  #current: string | undefined
  readonly #lateEnds: LateEnd[] = []

  constructor(name: string, context: ComponentContext, runtime?: () => Runtime) {
    const { client, queue, memory } = context
    this.name = name
    this.#runtime = runtime
    this.queue = queue
    this.#context = context
    this.#disks = new PodDisks(memory)
    this.#data = new ContainerDisks(memory)
    this.#files = new WrittenFiles(memory)
    this.#imageObjects = new ImageObjects(client)
    this.#imageDisk = new ImageDisk(memory)
    this.#pools = new AddressPools(
      memory,
      (node) => client.list('pods', { node }),
      (pod) => this.#disks.read(keyOf(pod), pod.metadata.uid ?? '').record?.ip,
    )
    this.#watch()
  }

  #watch(): void {
    const { client, queue, settings } = this.#context
    client.watch('pods', ({ type, object }) => {
      // What this component wrote itself it knows.
      if (object.spec.nodeName === undefined || (this.#isWriting && type === 'MODIFIED')) return
      queue.add(keyOf(object))
    })
    client.watch('machines.kubarium.dev', ({ object }) => this.#queuePodsOf(object.metadata.name!))
    client.watch('nodes', ({ type, object, old }) => {
      // Its address comes with its first status. Without it those that are to go can be let go.
      if (type !== 'MODIFIED' || !isSameToPods(object, old))
        this.#queuePodsOf(object.metadata.name!)
    })
    if (settings.images === 'always') return
    const wake = ({ object }: Change) => {
      const { namespace = '' } = object.metadata
      for (const key of this.#waiting.of(namespace)) queue.add(key)
      for (const key of this.#probed.of(namespace)) queue.add(key)
      for (const key of this.#readers.of(namespace)) queue.add(key)
    }
    client.watch('configmaps', wake)
    client.watch('secrets', wake)
  }

  #queuePodsOf(node: string): void {
    for (const pod of this.#context.client.list('pods', { node })) this.queue.add(keyOf(pod))
  }

  resync(wasAtRest = false): void {
    for (const pod of this.#context.client.list('pods'))
      if (pod.spec.nodeName !== undefined && !(wasAtRest && this.#isSteady(pod)))
        this.queue.add(keyOf(pod))
  }

  /** Whether working on the pod comes to nothing, as it did before it was stored, but to knowing its address. */
  #isSteady(pod: Pod): boolean {
    const { nodeName = '', hostNetwork } = pod.spec
    const { podIP } = pod.status
    if (podIP === undefined || !runsSteadily(pod) || isAffectedByObjects(pod)) return false
    if (this.#disks.has(keyOf(pod))) return false
    const { client } = this.#context
    const machine = client.get('machines.kubarium.dev', '', nodeName)
    if (machine === undefined || isOff(machine) || !isReachable(machine)) return false
    if (client.get('nodes', '', nodeName) === undefined) return false
    if (hostNetwork !== true) this.#pools.hold(pod, nodeName, podIP)
    return true
  }

  sync(key: string): void {
    const { client } = this.#context
    const { namespace, name } = splitKey(key)
    const pod = client.get('pods', namespace, name)
    this.#release(key, pod?.metadata.uid)
    if (pod === undefined) {
      this.#disks.erase(key)
      this.#data.erase(key)
      this.#waiting.remove(key)
      this.#probed.remove(key)
      this.#readers.remove(key)
      this.#handWrites.take(key)
      return
    }
    const { nodeName } = pod.spec
    if (nodeName === undefined) return
    const machine = client.get('machines.kubarium.dev', '', nodeName)
    const node = client.get('nodes', '', nodeName)
    // No hardware, no kubelet: such a Node is only an object.
    if (machine === undefined) return
    if (isOff(machine)) this.#losePower(key, pod)
    else if (!isReachable(machine)) return
    else if (node !== undefined) this.#run(key, pod, node)
    // The kubelet goes on without its Node: it cannot report, but it can let go.
    else if (pod.metadata.deletionTimestamp !== undefined) this.#delete(pod)
  }

  /** Somebody has written something into the Pod's files; `write` if it was a volume. */
  written(key: string, write?: VolumeWrite): void {
    if (write !== undefined) this.#handWrites.add(key, write)
    this.queue.add(key)
    if (write === undefined || write.place.pod !== undefined) return
    for (const other of this.#readers.of(splitKey(key).namespace)) {
      if (other === key) continue
      for (const volume of volumesAt(this.#context.client, other, write))
        this.#handWrites.add(other, { ...write, volume })
      this.queue.add(other)
    }
  }

  /** A program ends itself while it answers somebody. */
  end(pod: Pod, name: string, at: number, code: number): void {
    const key = keyOf(pod)
    if (key === this.#current) {
      this.#lateEnds.push({ pod, name, at, code })
      return
    }
    const uid = pod.metadata.uid ?? ''
    const disk = this.#disks.read(key, uid)
    const record = disk.record ?? recordFromStatus(pod)
    const container = record?.containers.get(name)
    if (record === undefined || container?.phase !== 'running' || container.stop !== undefined)
      return
    const containers = new Map(record.containers).set(name, { ...container, stop: { at, code } })
    this.#disks.write(key, uid, { ...disk, record: { ...record, containers } })
    this.queue.addAt(key, at)
  }

  /** The address of a pod that is gone is free for those that wait for one. */
  #release(key: string, exceptUid?: string): void {
    const node = this.#pools.release(key, exceptUid)
    if (node !== undefined) for (const waiting of this.#waiting.of(node)) this.queue.add(waiting)
  }

  /** Everything that ran is dead. Nobody is left to tell, so that only the disk knows. */
  #losePower(key: string, pod: Pod): void {
    if (isTerminal(pod.status)) return
    const uid = pod.metadata.uid ?? ''
    const disk = this.#disks.read(key, uid)
    const record = disk.record ?? recordFromStatus(pod)
    if (record === undefined || record.lostAt !== undefined) return
    const lostAt = this.#context.client.now()
    this.#disks.write(key, uid, { ...disk, record: { ...record, lostAt } })
  }

  #run(key: string, pod: Pod, node: Node): void {
    const uid = pod.metadata.uid ?? ''
    const disk = this.#disks.read(key, uid)
    const hostIP = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address
    if (hostIP === undefined) return
    if (disk.record === undefined && this.#isRefused(key, pod, node)) return
    if (isAffectedByObjects(pod)) this.#probed.add(key, [pod.metadata.namespace ?? ''])
    const { client } = this.#context
    const now = client.now()
    const volumes = new VolumeHistory({ client, pod, known: disk.volumes, files: this.#files })
    volumes.refresh(now)
    const facts: Mutable<PodFacts> = { ...this.#facts(pod, node, hostIP, disk), volumes }
    const written = this.#handWrites.take(key)
    if (written !== undefined) facts.written = written
    const decision = this.#decide(key, pod, disk.record, facts)
    this.queue.spend(decision.asked.size * LOOK_AT_PROGRAM)
    for (const { place, base, tree } of volumes.kept) this.#files.write(place, base, tree, now)
    this.#hold(key, pod, node, disk, decision)
    this.#remember(key, pod, node, { ...disk, volumes: volumes.states }, decision)
    this.#tell(pod, decision.events)
    this.#write(pod, decision)
    if (decision.wakeAt !== undefined) this.queue.addAt(key, decision.wakeAt)
    for (const late of this.#lateEnds.splice(0)) this.end(late.pod, late.name, late.at, late.code)
  }

  /** The kubelet does not take the pod, or will not. */
  #isRefused(key: string, pod: Pod, node: Node): boolean {
    const { client, settings } = this.#context
    if (settings.images === 'always') return false
    const isDeleted = pod.metadata.deletionTimestamp !== undefined
    if (wasRefused(pod)) {
      if (isDeleted) this.#delete(pod)
      return true
    }
    if (isDeleted || pod.status.startTime !== undefined || wasScheduled(pod)) return false
    const refusal = refusalOf(pod, node, client.list('pods', { node: node.metadata.name! }))
    if (refusal === undefined) return false
    const now = client.now()
    if (refusedAt(pod) > now) this.queue.addAt(key, refusedAt(pod))
    else {
      this.#tell(pod, [{ type: 'Warning', ...refusal, count: 1 }])
      this.#writeStatus(pod, refusedStatus(pod, refusal, now))
    }
    return true
  }

  #decide(key: string, pod: Pod, stored: PodRecord | undefined, facts: PodFacts): PodDecision {
    this.#current = key
    try {
      return nextPodStatus(pod, stored, facts, this.#context.client.now())
    } finally {
      this.#current = undefined
    }
  }

  #facts(
    pod: Pod,
    node: Node,
    hostIP: string,
    { env: startedWith, asked, images }: PodDisk,
  ): PodFacts {
    const { client, settings } = this.#context
    const nodeName = node.metadata.name!
    const objects = podObjects(client, pod)
    const runtime = this.#runtime
    const environment = (container: Container, ip: string) =>
      environmentOf(pod, container, environmentSources(client, pod, node, hostIP, ip))
    return {
      delays: settings.delays,
      ...(settings.pastDelays === undefined ? {} : { pastDelays: settings.pastDelays }),
      images: settings.images,
      hostIP,
      freeIP: () => this.#pools.free(nodeName, node.spec.podCIDR),
      hasImage: (image) => this.#disks.hasImage(nodeName, image),
      environment,
      startedWith: (container) => startedWith.get(container),
      mountFailure: () => mountFailure(pod, objects),
      resizeRefusal: () => resizeRefusal(pod, node, client.list('pods', { node: nodeName })),
      ...(runtime === undefined ? {} : { runtime }),
      imageObject: (image) => this.#imageObjects.find(image),
      processes: this.#processes,
      startedFrom: (container, run) => {
        const from = images.get(container)
        return from?.run === run ? this.#imageDisk.read(from.id) : undefined
      },
      answersTo: (container, run) => {
        const known = asked.get(container)
        return known?.run === run ? known.answers : undefined
      },
    }
  }

  #hold(key: string, pod: Pod, node: Node, disk: PodDisk, { ip, isFinished }: PodDecision): void {
    const name = node.metadata.name!
    if (isFinished) this.#release(key)
    else if (ip === undefined || pod.spec.hostNetwork === true) return
    else if (ip === (disk.record === undefined ? pod.status.podIP : disk.record.ip))
      this.#pools.hold(pod, name, ip)
    else this.#pools.take(pod, name, ip, node.spec.podCIDR)
  }

  #remember(
    key: string,
    pod: Pod,
    node: Node,
    { env, asked, images, volumes }: PodDisk,
    decision: PodDecision,
  ): void {
    const nodeName = node.metadata.name!
    const { record, pulled, environments } = decision
    for (const image of pulled) this.#disks.addImage(nodeName, image)
    // who must not pull waits for somebody else to do so
    if (pulled.length > 0) for (const waiting of this.#waiting.of(nodeName)) this.queue.add(waiting)
    const kept = new Map(decision.isFinished ? [] : env)
    for (const { spec } of containersOf(pod)) {
      const started = environments.get(spec.name)
      if (started !== undefined && dependsOnObjects(spec)) kept.set(spec.name, started)
    }
    const started = [...decision.started].map(([name, { run, image }]) => {
      this.#imageDisk.keep(image)
      return [name, { run, id: image.id }] as const
    })
    this.#disks.write(key, pod.metadata.uid ?? '', {
      record,
      env: kept,
      images: started.length === 0 ? images : new Map([...images, ...started]),
      asked: withAsked(asked, decision.asked),
      volumes,
    })
    if (volumes.size > 0) this.#readers.add(key, [pod.metadata.namespace ?? ''])
    const isRefused = [...(record?.containers.values() ?? [])].some(
      ({ phase }) => phase === 'refused',
    )
    const isPending = record?.resize?.pending !== undefined
    if (isRefused || isPending || record?.mountFailure !== undefined)
      this.#waiting.add(key, [pod.metadata.namespace ?? '', nodeName])
    else this.#waiting.remove(key)
  }

  #tell(pod: Pod, events: PodDecision['events']): void {
    if (!this.#context.settings.kubeletEvents) return
    for (const { count, ...event } of events)
      for (let time = 0; time < count; time++)
        this.#context.events.record({
          object: pod,
          component: 'kubelet',
          host: pod.spec.nodeName!,
          ...event,
        })
  }

  #write(pod: Pod, decision: PodDecision): void {
    const { settings } = this.#context
    const isDeleted = decision.isFinished && pod.metadata.deletionTimestamp !== undefined
    // In the recorded cluster deleted pods are simply gone; a pod that never ran has nothing to tell.
    const isSilent = isDeleted && (settings.images === 'always' || pod.status.podIP === undefined)
    if (decision.status !== pod.status && !isSilent) this.#writeStatus(pod, decision.status)
    if (isDeleted) this.#delete(pod)
  }

  #writeStatus(pod: Pod, status: PodStatus): void {
    this.#isWriting = true
    try {
      const options = { subresource: 'status', validated: true } as const
      this.#context.client.update('pods', assign(pod, { status }), options)
    } finally {
      this.#isWriting = false
    }
  }

  #delete(pod: Pod): void {
    // With no grace left it was deleted before; only finalizers keep it.
    if (pod.metadata.deletionGracePeriodSeconds === 0) return
    const { client } = this.#context
    const { namespace = '', name = '', uid } = pod.metadata
    client.delete('pods', namespace, name, {
      gracePeriodSeconds: 0,
      ...(uid === undefined ? {} : { preconditions: { uid } }),
    })
  }
}
