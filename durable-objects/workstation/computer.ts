// The learner's computer: one for each session, outside of the cluster.
import { editedVolume } from '#shell/files/volume.ts'
import type { Volume } from '#shell/files/volume.ts'
import type { KubectlHost } from '#kubectl/host.ts'
import type { DiscoveryMemory } from '#kubectl/invocation.ts'
import type { Cluster } from '#cluster.ts'
import type { Tool } from '#shell/tools/tool.ts'
import { ApiHost } from '#workstation/api-host.ts'
import { rootTree } from '#workstation/computer-image.ts'
import { Home, type StoredFile } from '#workstation/home.ts'
import { LocalPorts } from '#workstation/local-ports.ts'
import { Page } from '#workstation/page.ts'
import { ADMINISTRATOR, Place, VIEWER } from '#workstation/place.ts'
import { SMALL_PROGRAMS } from '#workstation/tools/absent.ts'
import { EDITORS, editor } from '#workstation/tools/editors.ts'
import { minikube } from '#workstation/tools/minikube.ts'
import { trace, why } from '#workstation/tools/trace.ts'
import { Seat, type SeatRequest } from '#workstation/seat.ts'

/** What lies in /tmp and elsewhere, in characters. */
const ROOT_LIMIT = 8 * 1024 * 1024
const MOST_OUTSIDE_HOME = 2000

export interface ComputerOptions {
  /** What was in the home folder when it was stored last. Absent: nobody has ever used the computer. */
  readonly files?: readonly StoredFile[]
  /** Of the session, in milliseconds since 1970. */
  readonly now: number
  /** The session's id. */
  readonly session: string
  readonly kubectl: (host: KubectlHost, memory: DiscoveryMemory) => Tool
  /** Whether the session's clock stands. Absent: it never does. */
  readonly isStill?: () => boolean
}

export class Computer {
  readonly home: Home
  readonly #place: Place
  readonly #ports = new LocalPorts()
  readonly #session: string
  readonly #kubectl: ComputerOptions['kubectl']
  readonly #memory: DiscoveryMemory = {}
  readonly #root = newRoot()

  constructor({ files, now, session, kubectl, isStill }: ComputerOptions) {
    this.#place = new Place(isStill)
    this.home = new Home(files, now)
    this.#session = session
    this.#kubectl = kubectl
  }

  /** Somebody sits down. Throws NoSuchFolder. */
  open(cluster: Cluster, request: SeatRequest): Seat {
    const isOwner = request.rights === 'edit'
    const page = request.edit === undefined ? undefined : new Page(request.edit)
    const user = isOwner ? ADMINISTRATOR : VIEWER
    const newHost = (): ApiHost => new ApiHost(this.#place, user, this.#ports, this.#session)
    const kubectl = hosted('kubectl', newHost, (host) => this.#kubectl(host, this.#memory))
    const tools = new Map<string, Tool>(EDITORS.map((name) => [name, editor(name, page)]))
    for (const tool of SMALL_PROGRAMS) tools.set(tool.name, tool)
    tools.set('kubectl', kubectl).set('k', kubectl)
    tools.set('minikube', hosted('minikube', newHost, minikube))
    tools.set('trace', trace(this.#place, request.rights))
    tools.set('why', why(this.#place, request.rights))
    const parts = {
      place: this.#place,
      ports: this.#ports,
      // who only looks has a computer of his own, that begins like this one
      root: isOwner ? this.#root : newRoot(),
      home: isOwner ? this.home.volume : this.home.copy(),
      tools,
      page,
    }
    return this.#place.with(cluster, () => new Seat(parts, request))
  }
}

/** Each run has a way of its own to the cluster: what it leaves open is closed when it ends, even if it was killed. */
const hosted = (
  name: string,
  newHost: () => ApiHost,
  toolOf: (host: KubectlHost) => Tool,
): Tool => ({
  name,
  *run(call) {
    const host = newHost()
    try {
      return yield* toolOf(host).run(call)
    } finally {
      host.close()
    }
  },
  complete: (words, place) => toolOf(newHost()).complete?.(words, place),
})

const newRoot = (): Volume =>
  editedVolume(rootTree(), {
    used: 0,
    limit: ROOT_LIMIT,
    device: '/dev/sda1',
    places: { most: MOST_OUTSIDE_HOME, taken: 0 },
  })
