import { Random } from '#environment.ts'
import { DELAYS, type Settings } from '#settings.ts'
import type { Component, ComponentDefinition } from '#client/component.ts'
import { WorkQueue, type Memory } from '#client/work-queue.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import { FakeClient } from './fake-client.ts'

const SETTINGS: Settings = {
  nodes: 3,
  delays: DELAYS.instant,
  images: 'always',
  kubeletEvents: false,
  addons: false,
  ownGroup: true,
  loadBalancer: 'cloud',
  proxyMode: 'iptables',
  dnsTTL: 30,
}

class FakeMemory implements Memory {
  readonly #values = new Map<string, string>()

  get(key: string) {
    return this.#values.get(key)
  }

  set(key: string, value: string) {
    this.#values.set(key, value)
  }

  delete(key: string) {
    this.#values.delete(key)
  }

  entries(prefix: string) {
    return [...this.#values].filter(([key]) => key.startsWith(prefix)).sort()
  }
}

/** Components over a fake client, drained as the real cluster drains them. */
export class FakeCluster {
  readonly client = new FakeClient()
  readonly events: string[] = []
  readonly #definitions: readonly ComponentDefinition[]
  readonly #memory = new FakeMemory()
  #components: Component[] = []

  constructor(...definitions: readonly ComponentDefinition[]) {
    this.#definitions = definitions
    this.#build()
  }

  #build(): void {
    const { client, events } = this
    this.#components = this.#definitions.map((definition) => {
      const queue = new WorkQueue(definition.name, () => client.now(), this.#memory)
      return definition.create({
        client,
        queue,
        memory: this.#memory,
        random: new Random(1),
        settings: SETTINGS,
        events: {
          record: ({ object, type, reason, message }) =>
            void events.push(
              `${type} ${reason} ${object.kind}/${object.metadata.name ?? ''}: ${message}`,
            ),
        },
      })
    })
  }

  /** Throws away everything that is not stored. */
  rebuild(): void {
    this.client.forgetComponents()
    this.#build()
    for (const component of this.#components) component.resync()
  }

  /** Runs everything that is due, one component after the other, until nothing is left. */
  settle(): void {
    for (let round = 0; round < 10_000; round++) {
      const busy = this.#components.find((component) => !component.queue.isEmpty)
      if (busy === undefined) return
      for (let key = busy.queue.take(); key !== undefined; key = busy.queue.take()) sync(busy, key)
    }
    throw new Error('never settles')
  }

  /** Syncs every key once more and says how many writes that caused. */
  writesWhenSettled(): number {
    this.settle()
    const before = this.client.writes
    for (const component of this.#components) component.resync()
    this.settle()
    return this.client.writes - before
  }

  nextDeadline(): number | undefined {
    const deadlines = this.#components.flatMap((component) => component.queue.nextDeadline() ?? [])
    return deadlines.length === 0 ? undefined : Math.min(...deadlines)
  }

  advance(milliseconds: number): void {
    this.settle()
    const end = this.client.time + milliseconds
    for (let next = this.nextDeadline(); next !== undefined && next <= end;) {
      this.client.time = Math.max(this.client.time, next)
      for (const component of this.#components) component.queue.promote(this.client.time)
      this.settle()
      next = this.nextDeadline()
    }
    this.client.time = end
  }
}

const sync = (component: Component, key: string): void => {
  try {
    component.sync(key)
    component.queue.forget(key)
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    component.queue.retry(key)
  }
}
