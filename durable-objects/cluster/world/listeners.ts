// What answers where containers listen. Whether a Pod is ready does not matter to who connects to it directly.
import type { Pod } from '#api/core/v1/pod/types.ts'
import { type Listener, type Self, textReply } from '#images/behaviour.ts'
import type { RunningContainer, RunningContainers } from '#kubelet/running-containers.ts'
import type { Answer, Exchange, ListeningSocket } from '#network/world.ts'
import type { Settings } from '#settings.ts'
import { hostnameOf, lower } from '#world/pods.ts'

/** A listener, and what its program knows of itself. */
export interface OpenSocket {
  readonly listener: Listener
  readonly self: Omit<Self, 'client' | 'port'>
}

export type MoreOfSelf = (
  container: RunningContainer,
) => Pick<Self, 'store' | 'network' | 'file' | 'isGone' | 'log' | 'exit'>

/** Finds out who listens in a Pod. */
export class PodListeners {
  readonly #containers: RunningContainers
  readonly #settings: Pick<Settings, 'images'>

  constructor(containers: RunningContainers, settings: Pick<Settings, 'images'>) {
    this.#containers = containers
    this.#settings = settings
  }

  /** Everything that listens in the Pod now, the first container's first. `more`: what the programs may use while they answer. */
  of(pod: Pod, now: number, more: MoreOfSelf): readonly OpenSocket[] {
    const hostname = hostnameOf(pod)
    const podIP = pod.status.podIP ?? ''
    return this.#containers.of(pod).flatMap((container) => {
      const age = now - container.startedAt
      const used = this.#settings.images === 'always' ? {} : more(container)
      return this.#listenersOf(container)
        .filter(({ after }) => after <= age)
        .map((listener) => ({
          listener,
          self: {
            hostname,
            podIP,
            now,
            env: container.env,
            age: age - listener.after,
            isStopping: container.isStopping,
            ...used,
          },
        }))
    })
  }

  /** In a bare cluster no image is looked into: every port that is declared answers. */
  #listenersOf({ process, spec }: RunningContainer): readonly Listener[] {
    if (this.#settings.images !== 'always') return process.listens
    return (spec.ports ?? []).map(({ containerPort, protocol = 'TCP' }) => ({
      port: containerPort,
      protocol,
      after: 0,
      ...(protocol === 'TCP'
        ? { http: (_request, self) => textReply(`${self.hostname}\n`) }
        : { message: (text) => text }),
    }))
  }
}

const LOOPBACK = /^127\./

/** Sends the exchange to the socket that it is meant for. */
export const askSockets = (
  sockets: readonly OpenSocket[],
  exchange: Exchange,
  isLoopback = LOOPBACK.test(exchange.client),
): Answer => {
  const socket = sockets.find(
    ({ listener }) =>
      listener.port === exchange.port &&
      lower(listener.protocol) === exchange.protocol &&
      (listener.host === undefined || isLoopback),
  )
  return socket === undefined
    ? { kind: 'refused', listeningOn: sockets.map(({ listener }) => socketOf(listener)) }
    : answerOf(socket, exchange)
}

export const socketOf = ({ host, port, protocol }: Listener): ListeningSocket => ({
  address: host ?? '*',
  port,
  protocol: lower(protocol),
})

const answerOf = ({ listener, self }: OpenSocket, exchange: Exchange): Answer => {
  const { client, port, http, message } = exchange
  const known: Self = { ...self, client, port, isTls: http?.isTls === true }
  if (http === undefined) {
    if (listener.message !== undefined && message !== undefined)
      return { kind: 'message', text: listener.message(message, known) }
    return { kind: 'message', text: listener.http && message ? NOT_HTTP : undefined }
  }
  const { isTls, method, path, headers, body } = http
  if (listener.http === undefined) {
    const line = isTls ? undefined : `${method} ${path} HTTP/1.1`
    return {
      kind: 'message',
      text: line === undefined ? undefined : listener.message?.(line, known),
    }
  }
  // Go's servers answer in plain text to who does not speak TLS, and the other way round
  if (listener.tls === true && !isTls)
    return {
      kind: 'http',
      status: 400,
      headers: {},
      body: 'Client sent an HTTP request to an HTTPS server.\n',
    }
  if (listener.tls !== true && isTls) return { kind: 'message', text: NOT_HTTP }
  const reply = listener.http({ method, path, headers, body }, known)
  const { status, takes, fails } = reply
  if (fails !== undefined) return { kind: fails }
  return {
    kind: 'http',
    status,
    headers: reply.headers,
    body: reply.body,
    ...(takes === undefined ? {} : { takes }),
  }
}

const NOT_HTTP = 'HTTP/1.1 400 Bad Request'
