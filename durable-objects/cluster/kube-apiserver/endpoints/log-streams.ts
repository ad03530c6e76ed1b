// Clients that follow a log.
import type { WatchAnswer } from '#kube-apiserver/endpoints/http.ts'
import type { LogReader } from '#kube-apiserver/endpoints/log-reader.ts'
import type { ContainerLog } from '#client/kubelets.ts'

interface Follower {
  readonly log: ContainerLog
  readonly tell: () => void
}

export class LogStreams {
  readonly #followers = new Set<Follower>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Sends what there is and then what comes, until the container's run is over. */
  follow(log: ContainerLog, reader: LogReader): WatchAnswer['watch'] {
    let follower: Follower | undefined
    const close = () => {
      if (follower !== undefined) this.#followers.delete(follower)
    }
    return {
      isText: true,
      start: (send, end) => {
        const tell = () => {
          const text = reader.read(this.#now())
          if (text !== '') send(text)
          if (!log.isOver() && !reader.isFull) return
          close()
          end()
        }
        follower = { log, tell }
        this.#followers.add(follower)
        tell()
      },
      close,
    }
  }

  /** When a container that is followed writes next. */
  nextAt(): number | undefined {
    let next: number | undefined
    for (const { log } of this.#followers) {
      const at = log.nextAt(this.#now())
      if (at !== undefined && (next === undefined || at < next)) next = at
    }
    return next
  }

  /** Called by the host after it stored what happened. */
  flush(): void {
    for (const { tell } of this.#followers) tell()
  }
}
