// What the nodes' disks hold for their pods: records, the environments that containers were started with, images.
import type { Memory } from '#client/work-queue.ts'
import type { Answers } from '#images/network-moments.ts'
import type { EnvironmentMap } from '#kubelet/environment.ts'
import { decodeRecord, encodeRecord, type PodRecord } from '#kubelet/pod-record.ts'
import type { VolumeState, VolumeStates } from '#kubelet/volume-history.ts'

interface Entry {
  readonly uid: string
  readonly record?: string
  /** By container. */
  readonly env?: Readonly<Record<string, EnvironmentMap>>
  readonly asked?: Readonly<Record<string, AskedByRun>>
  readonly images?: Readonly<Record<string, ImageOfRun>>
  /** By volume. */
  readonly volumes?: Readonly<Record<string, readonly VolumeState[]>>
}

/** What the network answered one run of a container. */
export interface AskedByRun {
  /** How often the container had been restarted. */
  readonly run: number
  readonly answers: Answers
  /** The run before, whose log can still be asked for. */
  readonly before?: { readonly run: number; readonly answers: Answers }
}

/** What a run was told, as far as it is still known. */
export const answersTo = (asked: AskedByRun | undefined, run: number): Answers | undefined =>
  asked?.run === run ? asked.answers : asked?.before?.run === run ? asked.before.answers : undefined

/** Which generation of an Image object a run of a container was started from. */
export interface ImageOfRun {
  readonly run: number
  readonly id: string
}

export interface PodDisk {
  readonly record: PodRecord | undefined
  readonly env: ReadonlyMap<string, EnvironmentMap>
  /** By container. It stays as long as the pod, since it tells what a container that ended has logged. */
  readonly asked: ReadonlyMap<string, AskedByRun>
  /** By container, for as long. */
  readonly images: ReadonlyMap<string, ImageOfRun>
  /** What programs have seen of volumes, for as long. */
  readonly volumes: VolumeStates
}

const EMPTY: PodDisk = {
  record: undefined,
  env: new Map(),
  asked: new Map(),
  images: new Map(),
  volumes: new Map(),
}

export class PodDisks {
  readonly #memory: Memory

  constructor(memory: Memory) {
    this.#memory = memory
  }

  /** What is kept for the pod; what an earlier pod of its name left is not seen. */
  read(key: string, uid: string): PodDisk {
    const text = this.#memory.get(podKey(key))
    if (text === undefined) return EMPTY
    const entry = JSON.parse(text) as Entry
    if (entry.uid !== uid) return EMPTY
    return {
      record: entry.record === undefined ? undefined : decodeRecord(entry.record),
      env: new Map(Object.entries(entry.env ?? {})),
      asked: new Map(Object.entries(entry.asked ?? {})),
      images: new Map(Object.entries(entry.images ?? {})),
      volumes: new Map(Object.entries(entry.volumes ?? {})),
    }
  }

  /** Whether anything is kept for a pod of this name. */
  has(key: string): boolean {
    return this.#memory.get(podKey(key)) !== undefined
  }

  write(key: string, uid: string, disk: PodDisk): void {
    const { env, asked, images, volumes } = disk
    if (disk.record === undefined && env.size + asked.size + images.size + volumes.size === 0) {
      this.erase(key)
      return
    }
    const entry: Entry = {
      uid,
      ...(disk.record === undefined ? {} : { record: encodeRecord(disk.record) }),
      ...(disk.env.size === 0 ? {} : { env: Object.fromEntries(disk.env) }),
      ...(disk.images.size === 0 ? {} : { images: Object.fromEntries(disk.images) }),
      ...(disk.asked.size === 0 ? {} : { asked: Object.fromEntries(disk.asked) }),
      ...(disk.volumes.size === 0 ? {} : { volumes: Object.fromEntries(disk.volumes) }),
    }
    this.#memory.set(podKey(key), JSON.stringify(entry))
  }

  erase(key: string): void {
    this.#memory.delete(podKey(key))
  }

  hasImage(node: string, image: string): boolean {
    return this.#memory.get(imageKey(node, image)) !== undefined
  }

  addImage(node: string, image: string): void {
    this.#memory.set(imageKey(node, image), '1')
  }
}

const podKey = (key: string): string => `kubelet/pod/${key}`
const imageKey = (node: string, image: string): string => `kubelet/image/${node}/${image}`

type Asked = PodDisk['asked']

/** What was asked just now beside what was asked before; of a container that started anew its last run is kept too. */
export const withAsked = (known: Asked, fresh: Asked): Asked => {
  if (fresh.size === 0) return known
  const merged = new Map(known)
  for (const [name, asked] of fresh) {
    const old = known.get(name)
    const before =
      old?.run === asked.run - 1 ? old : old?.run === asked.run ? old.before : undefined
    merged.set(
      name,
      before === undefined
        ? asked
        : { ...asked, before: { run: before.run, answers: before.answers } },
    )
  }
  return merged
}
