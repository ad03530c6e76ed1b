// The computer as its shell sees it: programs, the network, who sits in front of it.
import { programName, type Tools } from '#images/behaviour.ts'
import { isNetworkCommand, runNetworkCommand } from '#images/commands/run.ts'
import { networkTool } from '#images/container-tools.ts'
import type { Machine } from '#shell/interpreter/shell.ts'
import type { Flavour } from '#shell/language/flavour.ts'
import { toolsOf } from '#shell/tools/tools-of-flavour.ts'
import type { NetworkAnswer, NetworkRequest, ProcessTable, Tool } from '#shell/tools/tool.ts'
import { ENVIRONMENT, HOSTNAME, HOSTS, LEARNER } from '#workstation/computer-image.ts'
import type { LocalPorts } from '#workstation/local-ports.ts'
import { hintFor } from '#workstation/tools/absent.ts'
import { WorkstationNetwork } from '#workstation/network.ts'
import type { Place, Rights } from '#workstation/place.ts'

/** Which of the programs of a name Debian has. */
const NETWORK_TOOLS: Tools = {
  curl: 'curl',
  wget: 'gnu',
  nslookup: 'bind',
  dig: 'bind',
  host: 'bind',
  nc: 'openbsd',
  ping: 'iputils',
  getent: 'glibc',
}

const SHELLS: Readonly<Record<string, Flavour>> = { bash: 'bash', sh: 'dash', dash: 'dash' }

/** Where nobody answers Linux gives up after more than two minutes: a script need not wait for what is known before. */
const MOST_IN_VAIN = 10_000

interface MachineParts {
  readonly place: Place
  readonly ports: LocalPorts
  readonly rights: Rights
  readonly startedAt: number
  /** Somebody sits there and can press ^C. */
  readonly isTTY: boolean
  /** By name: what other computers do not have. */
  readonly tools: ReadonlyMap<string, Tool>
}

export class WorkstationMachine implements Machine {
  readonly hostname = HOSTNAME
  readonly user = LEARNER
  readonly startedAt: number
  readonly others: ProcessTable
  readonly #parts: MachineParts
  #random: number | undefined

  constructor(parts: MachineParts) {
    this.startedAt = parts.startedAt
    const { startedAt } = parts
    this.others = {
      list: () => [{ pid: 1, ppid: 0, uid: 0, argv: ['/sbin/init'], startedAt }],
      // it is there, and takes no orders from a learner
      signal: (pid) => pid === 1,
    }
    this.#parts = parts
  }

  program(name: string): Tool | undefined {
    const base = programName(name)
    const own = this.#parts.tools.get(base)
    if (own !== undefined) return own
    return isNetworkCommand(base) ? networkTool(base) : toolsOf('workstation').get(base)
  }

  hint(name: string): string | undefined {
    return hintFor(name)
  }

  shell(name: string): Flavour | undefined {
    const base = programName(name)
    return Object.hasOwn(SHELLS, base) ? SHELLS[base] : undefined
  }

  network({ argv, stdin, isTerminal }: NetworkRequest, time: number): NetworkAnswer {
    const { place, ports, rights, isTTY } = this.#parts
    const output = place.ask((cluster) =>
      runNetworkCommand(
        {
          argv,
          network: new WorkstationNetwork(
            cluster.world(rights === 'view').networkOutside(() => HOSTS),
            ports,
          ),
          now: this.startedAt + time,
          env: ENVIRONMENT,
          hostname: HOSTNAME,
          isTerminal,
          ...(stdin === undefined ? {} : { stdin }),
        },
        NETWORK_TOOLS,
      ),
    )
    if (output === undefined)
      return {
        stdout: '',
        stderr: `${argv[0]}: nobody can reach a port of this computer\n`,
        exitCode: 1,
        takes: 0,
      }
    // who waited for the way of a packet would wait for as long as the clock stands
    if (place.isStill) return { ...output, takes: 0 }
    const isInVain = output.exitCode !== 0 && !isTTY
    return isInVain ? { ...output, takes: Math.min(output.takes, MOST_IN_VAIN) } : output
  }

  random(): number {
    const { place, rights } = this.#parts
    this.#random ??= place.ask((cluster) => cluster.world(rights === 'view').random())
    // a whole /dev/urandom is not asked of the cluster. Steele, Lea, Flood: SplitMix32
    this.#random = (this.#random + 0x9e3779b9) | 0
    let mixed = Math.imul(this.#random ^ (this.#random >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return (mixed ^ (mixed >>> 16)) >>> 0
  }
}
