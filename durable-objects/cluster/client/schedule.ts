import type { Cause } from '#apimachinery/origin.ts'

export interface Appointment {
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly key: string
  /** Why it was made, if that is known. */
  readonly cause?: Cause | undefined
}

const isBefore = (a: Appointment, b: Appointment): boolean =>
  a.time < b.time || (a.time === b.time && a.key < b.key)

/** A binary heap of appointments, earliest first; equal times by key. */
export class Schedule {
  readonly #heap: Appointment[] = []

  peek(): Appointment | undefined {
    return this.#heap[0]
  }

  push(appointment: Appointment): void {
    const heap = this.#heap
    let index = heap.push(appointment) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(appointment, heap[parent]!)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = appointment
  }

  pop(): Appointment | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return first
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, last)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = last
    return first
  }
}
