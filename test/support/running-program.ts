// Programs of images, started and asked by hand.
import type { HttpRequest, Listener, Process, Self, Store } from '#images/behaviour.ts'
import { imageBehaviour } from '#images/catalog.ts'
import type { Network } from '#images/network.ts'
import { type ContainerProgram, processOf } from '#images/process.ts'
import type { Place } from './fake-network.ts'

export const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.63.0'
export const NOW = Date.UTC(2026, 6, 22, 10, 0, 0)

export const started = (
  image: string,
  container: ContainerProgram = {},
  env: Readonly<Record<string, string>> = {},
  network?: Network,
): Process => {
  const found = imageBehaviour(image)
  if ('failure' in found) throw new Error(found.failure)
  const start = network === undefined ? {} : { network, now: NOW, hostname: 'pod-1' }
  return processOf(container, found.behaviour, env, start)
}

export const memory = (): Store => {
  const texts = new Map<string, string>()
  return { get: (key) => texts.get(key), set: (key, text) => void texts.set(key, text) }
}

/** A running container that can be asked. */
export class Running {
  readonly lines: string[] = []
  readonly exits: number[] = []
  readonly #process: Process
  readonly #self: Self

  constructor(process: Process, self: Partial<Self> = {}) {
    this.#process = process
    this.#self = {
      hostname: 'pod-1',
      podIP: '10.244.1.5',
      env: {},
      age: 0,
      client: '10.244.2.7:41234',
      port: 80,
      now: NOW,
      store: memory(),
      log: (text, stream) => void this.lines.push(`${stream ?? 'stdout'}: ${text}`),
      exit: (code) => void this.exits.push(code),
      ...self,
    }
  }

  #listener(port: number | undefined, protocol: Listener['protocol']): Listener {
    const found = this.#process.listens.find(
      (listener) =>
        listener.protocol === protocol && (port === undefined || listener.port === port),
    )
    if (found === undefined) throw new Error('nothing listens')
    return found
  }

  http(path: string, request: Partial<HttpRequest> = {}, port?: number) {
    const listener = this.#listener(port, 'TCP')
    return listener.http!(
      { method: 'GET', path, ...request },
      { ...this.#self, port: listener.port },
    )
  }

  get(path: string): readonly [number, string] {
    const { status, body } = this.http(path)
    return [status, body]
  }

  message(text: string, protocol: Listener['protocol'] = 'UDP') {
    const listener = this.#listener(undefined, protocol)
    return listener.message!(text, { ...this.#self, port: listener.port })
  }
}

export const page = (body: string, status = 200): Place => ({ status, headers: {}, body })
