// A terminal: a shell that somebody types into. One that came to its bounds is followed by another.
import type { Cluster } from '#cluster.ts'
import type { Seat, SeatNews } from '#workstation/seat.ts'

/** As wide as terminals always were. */
const COLUMNS = 80
const ROWS = 24
/** One that stops as soon as it begins is not begun again for ever. */
const MOST_RESTARTS = 100

export class TerminalSeat {
  readonly #open: (cluster: Cluster) => Seat
  #seat: Seat
  #size = { columns: COLUMNS, rows: ROWS }
  #restarts = 0

  constructor(open: (cluster: Cluster) => Seat, cluster: Cluster) {
    this.#open = open
    this.#seat = open(cluster)
  }

  get isReady(): boolean {
    return this.#seat.isReady
  }

  feed(text: string): void {
    this.#seat.feed(text)
  }

  resize(columns: number, rows: number): void {
    this.#size = { columns, rows }
    this.#seat.resize(columns, rows)
  }

  /** The page has closed its editor; `text` absent: without saving. */
  edited(path: string, text?: string): void {
    this.#seat.edited(path, text)
  }

  close(cluster: Cluster): void {
    this.#seat.close(cluster)
  }

  look(cluster: Cluster): SeatNews {
    const news = this.#seat.look(cluster)
    const { output, stopped } = news
    if (stopped === undefined || this.#restarts >= MOST_RESTARTS) return news
    this.#restarts++
    this.#seat = this.#open(cluster)
    this.#seat.resize(this.#size.columns, this.#size.rows)
    const text = `\r\nstopped: ${stopped}; here is a new shell\r\n`
    return { output: [...output, { fd: 1, text }], wakeIn: 0 }
  }
}
