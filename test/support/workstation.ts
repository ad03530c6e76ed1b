// A learner's computer in front of a cluster in memory, on a clock that the test turns.
import { Cluster } from '#cluster.ts'
import type { KubectlHost } from '#kubectl/host.ts'
import { settingsOf, type SettingsRequest } from '#settings.ts'
import type { Output } from '#shell/session.ts'
import type { Tool } from '#shell/tools/tool.ts'
import { readAll, waitUntil, writeError, writeOut } from '#shell/tools/tool.ts'
import { Computer } from '#workstation/computer.ts'
import type { Rights } from '#workstation/place.ts'
import type { Seat } from '#workstation/seat.ts'

const CREATED = Date.UTC(2026, 0, 1)
const SECOND = 1000

export interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
  readonly stopped?: string
}

const textOf = (output: readonly Output[], fd: 1 | 2): string =>
  output
    .filter((piece) => piece.fd === fd)
    .map(({ text }) => text)
    .join('')

/** `kubectl get PATH`, `kubectl post PATH < BODY`, `kubectl watch PATH`: the API as it is. */
const rawKubectl = (host: KubectlHost): Tool => ({
  name: 'kubectl',
  *run({ argv }) {
    const [, verb = '', path = ''] = argv
    if (verb === 'watch') {
      const stream = host.stream({ method: 'GET', path, query: [['watch', 'true']] })
      if (!('read' in stream)) return 1
      try {
        for (;;) {
          let news: string | undefined = ''
          yield* waitUntil(() => (news = news === '' ? stream.read() : news) !== '')
          if (news === undefined) return 0
          yield* writeOut(news)
        }
      } finally {
        stream.close()
      }
    }
    const body = verb === 'get' ? '' : yield* readAll()
    const { status, text, warnings } = host.request({
      method: verb.toUpperCase() as 'GET',
      path,
      contentType: verb === 'patch' ? 'application/merge-patch+json' : 'application/yaml',
      body,
    })
    for (const warning of warnings) yield* writeError(`Warning: ${warning}\n`)
    yield* writeOut(text)
    return status < 300 ? 0 : 1
  },
})

/** A session's cluster with the computer before it. */
export class Desk {
  readonly cluster: Cluster
  readonly computer: Computer

  constructor(
    settings: SettingsRequest = { template: 'bare', delays: 'instant' },
    kubectl: (host: KubectlHost) => Tool = rawKubectl,
  ) {
    this.cluster = new Cluster({ seed: 1, settings: settingsOf(settings), createdAt: CREATED })
    this.computer = new Computer({ now: CREATED, session: 'session', kubectl })
  }

  /** A command to its end, or until it only waits. */
  run(
    command: string,
    given: { stdin?: string; rights?: Rights; cwd?: string; seconds?: number } = {},
  ): Ran {
    const { rights = 'edit', seconds = 60, ...rest } = given
    const argv = ['bash', '-c', command]
    const seat = this.computer.open(this.cluster, { rights, argv, isTTY: false, ...rest })
    return this.finish(seat, seconds)
  }

  finish(seat: Seat, seconds = 60): Ran {
    const all: Output[] = []
    const end = this.cluster.now + seconds * SECOND
    for (;;) {
      const { output, wakeIn, exitCode, stopped } = seat.look(this.cluster)
      all.push(...output)
      const isLate = this.cluster.now >= end
      if (exitCode !== undefined || isLate) {
        const told = { stdout: textOf(all, 1), stderr: textOf(all, 2), exitCode: exitCode ?? -1 }
        if (isLate) seat.close(this.cluster)
        return stopped === undefined ? told : { ...told, stopped }
      }
      // what happens in the cluster in between may be what it waits for
      this.turn(Math.min(wakeIn ?? SECOND, SECOND))
    }
  }

  /** A terminal with what was typed into it. */
  terminal(rights: Rights = 'edit'): Seat {
    return this.computer.open(this.cluster, { rights, argv: ['bash'], isTTY: true })
  }

  /** What a terminal shows after these keys. */
  type(seat: Seat, keys: string): string {
    seat.feed(keys)
    let text = ''
    for (let looks = 0; looks < 1000; looks++) {
      const { output, wakeIn } = seat.look(this.cluster)
      text += output.map((piece) => piece.text).join('')
      if (wakeIn !== 0) break
    }
    return text
  }

  /** Time passes up to the next thing that happens; a turn of the session ends. */
  turn(wakeIn = SECOND): void {
    this.cluster.takeChanges()
    this.cluster.flushWatches()
    this.cluster.advance(this.cluster.now + Math.max(1, wakeIn))
  }
}
