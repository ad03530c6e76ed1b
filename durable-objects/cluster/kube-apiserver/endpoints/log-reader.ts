// What of a log a client sees. kubernetes: k8s.io/cri-client pkg/logs/logs.go ReadLogs
import { formatTime } from '#apimachinery/time.ts'
import { decodeUtf8Loosely, encodeUtf8, utf8Length } from '#apimachinery/utf8.ts'
import type { LogOptions } from '#kube-apiserver/endpoints/pod-log.ts'
import type { ContainerLog, LogEntry } from '#client/kubelets.ts'

/** Reads on from where it stopped. */
export class LogReader {
  readonly #log: ContainerLog
  readonly #options: LogOptions
  readonly #since: number
  #bytesLeft: number
  #isFirst = true
  /** How many lines were read. Not up to when: of a run that is over the moments are known in whole seconds only. */
  #count = 0

  /** `now` in milliseconds since 1970. */
  constructor(log: ContainerLog, options: LogOptions, now: number) {
    const { sinceSeconds, sinceTime } = options
    this.#log = log
    this.#options = options
    this.#since = sinceTime ?? (sinceSeconds === undefined ? -Infinity : now - sinceSeconds * 1000)
    this.#bytesLeft = options.limitBytes ?? Infinity
  }

  /** Whether the client wants no more. */
  get isFull(): boolean {
    return this.#bytesLeft <= 0
  }

  /** What came since the last time, up to `until`. */
  read(until: number): string {
    const fresh = this.#fresh(until)
    const { tailLines } = this.#options
    const shown = this.#isFirst && tailLines !== undefined ? lastOf(fresh, tailLines) : fresh
    this.#isFirst = false
    const text = shown
      .filter((entry) => entry.at >= this.#since && this.#isWanted(entry))
      .map((entry) => this.#line(entry))
      .join('')
    return this.#cut(text)
  }

  #fresh(until: number): readonly LogEntry[] {
    const entries = this.#log.entries(until)
    const fresh = entries.slice(this.#count)
    this.#count = entries.length
    return fresh
  }

  #isWanted({ stream }: LogEntry): boolean {
    const asked = this.#options.stream
    return asked === 'All' || asked.toLowerCase() === stream
  }

  #line({ at, text }: LogEntry): string {
    return this.#options.timestamps ? `${nanoTime(at)} ${text}\n` : `${text}\n`
  }

  #cut(text: string): string {
    if (this.#bytesLeft === Infinity) return text
    const length = utf8Length(text)
    const left = this.#bytesLeft
    this.#bytesLeft -= Math.min(length, left)
    return length <= left ? text : decodeUtf8Loosely(encodeUtf8(text).slice(0, left))
  }
}

const lastOf = (entries: readonly LogEntry[], count: number): readonly LogEntry[] =>
  count === 0 ? [] : entries.slice(-count)

/** `2026-01-01T00:00:00.123000000Z`. Go: RFC3339NanoFixed */
const nanoTime = (at: number): string => {
  const fraction = String(((at % 1000) + 1000) % 1000).padStart(3, '0')
  return `${formatTime(at).slice(0, -1)}.${fraction}000000Z`
}
