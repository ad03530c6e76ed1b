// What programs keep while they run, and the lines that they log: on the machine's disk, small, and erased with the Pod.
import type { Container } from '#api/core/v1/pod/container-types.ts'
import { own, setKey } from '#apimachinery/object.ts'
import type { Memory } from '#client/work-queue.ts'
import type { Store } from '#images/behaviour.ts'
import { eraseWritten } from '#kubelet/written-files.ts'

export interface KeptLine {
  /** Which run of the container: how often it had been restarted. */
  readonly run: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

type Texts = Readonly<Record<string, string>>

interface ContainerData {
  readonly run: number
  /** Gone when the container is started again. */
  readonly texts?: Texts
  readonly log?: readonly KeptLine[]
}

interface PodData {
  readonly uid: string
  readonly containers?: Readonly<Record<string, ContainerData>>
  /** By volume: what containers of the Pod share, and what outlives their restarts. */
  readonly volumes?: Readonly<Record<string, Texts>>
}

const MOST_LINES = 200
const LONGEST_LINE = 1024
/** Of a container, and of a volume, in characters of keys and texts. */
const MOST_TEXT = 64 * 1024

/** One run of a container. */
export interface ContainerRun {
  /** `default/web-1` */
  readonly pod: string
  readonly uid: string
  readonly container: Pick<Container, 'name' | 'volumeMounts'>
  readonly run: number
}

export class ContainerDisks {
  readonly #memory: Memory

  constructor(memory: Memory) {
    this.#memory = memory
  }

  /** What is too much is not written. */
  storeOf(run: ContainerRun): Store {
    return {
      get: (key) => {
        const place = placeOf(run, key)
        return own(this.#textsAt(run, place), place.key)
      },
      set: (key, text) => {
        const place = placeOf(run, key)
        const texts = withText(this.#textsAt(run, place), place.key, text)
        if (sizeOf(texts) <= MOST_TEXT) this.#write(run, place, texts)
      },
    }
  }

  /** What programs keep in files of the run itself, by path. */
  textsOf(run: ContainerRun): Texts {
    return this.#dataOf(run, this.#read(run)).texts ?? {}
  }

  /** What programs keep in files of a volume, by path in it. */
  volumeTexts(pod: string, uid: string, volume: string): Texts {
    return own(this.#readPod(pod, uid).volumes, volume) ?? {}
  }

  log(run: ContainerRun, line: Omit<KeptLine, 'run'>): void {
    const { name } = run.container
    const pod = this.#read(run)
    const kept = own(pod.containers, name)?.log ?? []
    const text = line.text.slice(0, LONGEST_LINE)
    const log = [...kept, { run: run.run, ...line, text }].slice(-MOST_LINES)
    this.#writeContainer(run, pod, { ...this.#dataOf(run, pod), log })
  }

  /** The lines that a container's programs wrote while they answered, of all its runs, the oldest first. */
  linesOf(pod: string, uid: string, container: string): readonly KeptLine[] {
    const data = this.#readPod(pod, uid)
    return own(data.containers, container)?.log ?? []
  }

  erase(pod: string): void {
    this.#memory.delete(dataKey(pod))
    eraseWritten(this.#memory, pod)
  }

  #textsAt(run: ContainerRun, { volume }: Place): Texts {
    const pod = this.#read(run)
    return (volume === undefined ? this.#dataOf(run, pod).texts : own(pod.volumes, volume)) ?? {}
  }

  #write(run: ContainerRun, { volume }: Place, texts: Texts): void {
    const pod = this.#read(run)
    if (volume === undefined) {
      this.#writeContainer(run, pod, { ...this.#dataOf(run, pod), texts })
      return
    }
    this.#writePod(run.pod, { ...pod, volumes: { ...pod.volumes, [volume]: texts } })
  }

  /** What an earlier run kept is gone, but for its log. */
  #dataOf({ container, run }: ContainerRun, { containers }: PodData): ContainerData {
    const data = own(containers, container.name)
    if (data === undefined || data.run === run) return data ?? { run }
    return { run, ...(data.log === undefined ? {} : { log: data.log }) }
  }

  #writeContainer({ pod: key, container }: ContainerRun, pod: PodData, data: ContainerData): void {
    this.#writePod(key, { ...pod, containers: { ...pod.containers, [container.name]: data } })
  }

  #writePod(key: string, pod: PodData): void {
    this.#memory.set(dataKey(key), JSON.stringify(pod))
  }

  #read({ pod, uid }: ContainerRun): PodData {
    return this.#readPod(pod, uid)
  }

  #readPod(pod: string, uid: string): PodData {
    const text = this.#memory.get(dataKey(pod))
    const data = text === undefined ? undefined : (JSON.parse(text) as PodData)
    return data?.uid === uid ? data : { uid }
  }
}

const dataKey = (pod: string): string => `kubelet/data/${pod}`

interface Place {
  readonly volume: string | undefined
  readonly key: string
}

/** A path under a mount belongs to the volume. */
const placeOf = ({ container }: ContainerRun, key: string): Place => {
  const mount = (container.volumeMounts ?? [])
    .filter(({ mountPath }) => isUnder(key, mountPath))
    .toSorted((a, b) => b.mountPath.length - a.mountPath.length)[0]
  if (mount === undefined) return { volume: undefined, key }
  const path = key.slice(mount.mountPath.replace(/\/$/, '').length)
  return {
    volume: mount.name,
    key: `${mount.subPath === undefined ? '' : `/${mount.subPath}`}${path}`,
  }
}

const isUnder = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory.endsWith('/') ? directory : `${directory}/`)

const withText = (texts: Texts, key: string, text: string): Texts => {
  const copy: Record<string, string> = { ...texts }
  setKey(copy, key, text)
  return copy
}

const sizeOf = (texts: Texts): number =>
  Object.entries(texts).reduce((sum, [key, text]) => sum + key.length + text.length, 0)
