// What a container's process writes, cut into lines.
import type { LogLine } from '#images/behaviour.ts'
import { sinkStream, type Stream } from '#shell/kernel/stream.ts'

/** As the runtime cuts lines that are longer. */
const LONGEST_LINE = 16 * 1024
/** A container's log is turned over when it is full: the older half goes. */
const MOST_LINES = 8000

export class ContainerLog {
  readonly stdout: Stream
  readonly stderr: Stream
  #lines: LogLine[] = []
  #forgotten = 0
  readonly #rest = { stdout: '', stderr: '' }
  readonly #time: () => number

  constructor(time: () => number) {
    this.#time = time
    this.stdout = this.#sink('stdout')
    this.stderr = this.#sink('stderr')
  }

  /** How many lines there have been. */
  get count(): number {
    return this.#forgotten + this.#lines.length
  }

  add(lines: readonly LogLine[]): void {
    for (const line of lines) this.#push(line)
  }

  /** The lines from `first` on come again and again. */
  repeat(first: number, every: number, until?: number): void {
    const from = Math.max(0, first - this.#forgotten)
    const more = until === undefined ? { every } : { every, until }
    for (let at = from; at < this.#lines.length; at++)
      this.#lines[at] = { ...this.#lines[at]!, ...more }
  }

  /** All lines; what was not ended with a line's end is one too. */
  lines(isEnded: boolean): readonly LogLine[] {
    if (isEnded)
      for (const stream of ['stdout', 'stderr'] as const) {
        if (this.#rest[stream] !== '') this.#line(stream, this.#rest[stream])
        this.#rest[stream] = ''
      }
    return [...this.#lines]
  }

  #sink(stream: LogLine['stream']): Stream {
    return sinkStream((text) => {
      this.#write(stream, text)
      return 'done'
    })
  }

  #write(stream: LogLine['stream'], text: string): void {
    const parts = (this.#rest[stream] + text).split('\n')
    let rest = parts.pop()!
    for (const part of parts) this.#line(stream, part)
    for (; rest.length > LONGEST_LINE; rest = rest.slice(LONGEST_LINE))
      this.#line(stream, rest.slice(0, LONGEST_LINE))
    this.#rest[stream] = rest
  }

  #line(stream: LogLine['stream'], text: string): void {
    this.#push({ after: this.#time(), text, stream })
  }

  #push(line: LogLine): void {
    this.#lines.push(line)
    if (this.#lines.length <= MOST_LINES) return
    this.#lines = this.#lines.slice(MOST_LINES / 2)
    this.#forgotten += MOST_LINES / 2
  }
}
