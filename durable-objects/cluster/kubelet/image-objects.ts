// Images that somebody described in Image objects. A container goes on as its image was when it started: what it was started from stays
// on the machines' disks as long as a Pod needs it, whatever becomes of the object.
import { parseNamePattern, type NamePattern } from '#api/kubarium/v1/image/name-pattern.ts'
import type { Image, ImageSpec } from '#api/kubarium/v1/image/types.ts'
import type { Client } from '#client/client.ts'
import type { Component, ComponentContext } from '#client/component.ts'
import type { Memory } from '#client/work-queue.ts'
import type { ImageBehaviour } from '#images/behaviour.ts'
import { definedImage } from '#images/defined-image.ts'
import { familiarName, type ImageReference, parseReference } from '#apimachinery/image-reference.ts'

/** One generation of an Image object. */
export interface ImageObject {
  /** uid/generation */
  readonly id: string
  readonly spec: ImageSpec
  readonly behaviour: ImageBehaviour
}

interface Candidate {
  readonly pattern: NamePattern
  readonly image: Image
}

/** Pure functions' memories: behaviours of specifications that are in the store, and of texts that are on a disk. */
const ofSpec = new WeakMap<ImageSpec, ImageBehaviour>()
const ofText = new Map<string, ImageSpec>()
const MOST_TEXTS = 64

const imageObject = (id: string, spec: ImageSpec): ImageObject => {
  let behaviour = ofSpec.get(spec)
  if (behaviour === undefined) ofSpec.set(spec, (behaviour = definedImage(spec)))
  return { id, spec, behaviour }
}

const specOf = (text: string): ImageSpec => {
  let spec = ofText.get(text)
  if (spec === undefined) {
    spec = JSON.parse(text) as ImageSpec
    if (ofText.size >= MOST_TEXTS) ofText.clear()
    ofText.set(text, spec)
  }
  return spec
}

const idOf = ({ metadata }: Image): string => `${metadata.uid}/${metadata.generation ?? 1}`

/** Finds the Image object that an image's name means now. */
export class ImageObjects {
  readonly #client: Client
  /** By repository; undefined: something changed since. */
  #candidates: ReadonlyMap<string, readonly Candidate[]> | undefined

  constructor(client: Client) {
    this.#client = client
    client.watch('images.kubarium.dev', () => (this.#candidates = undefined))
  }

  find(text: string): ImageObject | undefined {
    this.#candidates ??= candidatesOf(this.#client.list('images.kubarium.dev'))
    if (this.#candidates.size === 0) return undefined
    const reference = parseReference(text)
    if ('invalid' in reference) return undefined
    const [first] = (this.#candidates.get(familiarName(reference)) ?? [])
      .filter(({ pattern }) => isMeant(pattern, reference))
      .toSorted((a, b) => precision(b.pattern) - precision(a.pattern))
    return first === undefined ? undefined : imageObject(idOf(first.image), first.image.spec)
  }
}

/** Of equals the first by name counts. */
const candidatesOf = (images: readonly Image[]): ReadonlyMap<string, readonly Candidate[]> => {
  const candidates = new Map<string, Candidate[]>()
  for (const image of images) {
    const pattern = parseNamePattern(image.spec.image)
    const reference = pattern === undefined ? undefined : parseReference(pattern.name)
    if (pattern === undefined || reference === undefined || 'invalid' in reference) continue
    const name = familiarName(reference)
    const others = candidates.get(name)
    if (others === undefined) candidates.set(name, [{ pattern, image }])
    else others.push({ pattern, image })
  }
  return candidates
}

const isMeant = ({ tag, isOpen }: NamePattern, reference: ImageReference): boolean => {
  if (tag === undefined) return true
  if (reference.tag === undefined) return false
  return isOpen === true ? reference.tag.startsWith(tag) : reference.tag === tag
}

const precision = ({ tag, isOpen }: NamePattern): number =>
  tag === undefined ? -1 : isOpen === true ? tag.length : Infinity

/** The generations that containers were started from. */
export class ImageDisk {
  readonly #memory: Memory

  constructor(memory: Memory) {
    this.#memory = memory
  }

  read(id: string): ImageObject | undefined {
    const text = this.#memory.get(diskKey(id))
    return text === undefined ? undefined : imageObject(id, specOf(text))
  }

  keep({ id, spec }: ImageObject): void {
    if (this.#memory.get(diskKey(id)) === undefined)
      this.#memory.set(diskKey(id), JSON.stringify(spec))
  }

  /** Erases what no Pod on any disk was started from. */
  sweep(): void {
    const kept = this.#memory.entries(PREFIX).map(([key]) => key)
    if (kept.length === 0) return
    const pods = this.#memory.entries('kubelet/pod/').map(([, text]) => text)
    for (const key of kept) {
      const id = key.slice(PREFIX.length)
      if (!pods.some((text) => text.includes(id))) this.#memory.delete(key)
    }
  }
}

const PREFIX = 'kubelet/image-object/'
const diskKey = (id: string): string => `${PREFIX}${id}`

/** Tidies up whenever an Image object changes or goes, which is when generations become old. */
export class ImageSweeper implements Component {
  readonly name: string
  readonly queue: ComponentContext['queue']
  readonly #disk: ImageDisk

  constructor(name: string, { client, queue, memory }: ComponentContext) {
    this.name = name
    this.queue = queue
    this.#disk = new ImageDisk(memory)
    client.watch('images.kubarium.dev', ({ type, object }) => {
      if (type !== 'ADDED') queue.add(object.metadata.name ?? '')
    })
  }

  resync(): void {
    // what became old before the store was read was swept then
  }

  sync(): void {
    this.#disk.sweep()
  }
}
