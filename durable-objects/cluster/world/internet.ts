// The machines of the internet, asked as programs in Pods are.
import {
  askSite,
  connect,
  hostAt,
  type Internet,
  isTlsAt,
  listenersOf,
  portOf,
} from '#cloud/internet.ts'
import { formatIp } from '#net/ip.ts'
import type { Answer, Exchange, WorldInternet } from '#network/world.ts'
import { internetAnswerAt, internetNames } from '#world/names.ts'

const DNS = 53
const NOT_HTTP = 'HTTP/1.1 400 Bad Request'

/** `given` is asked each time: what is known of the internet is found out when it is needed. */
export const worldInternet = (given: () => Internet): WorldInternet => ({
  resolve: (question) => internetNames(question, given()),
  askName: (ip, question) => {
    const internet = given()
    const address = formatIp(ip)
    return (
      internetAnswerAt(address, question, internet) ??
      (connect(address, DNS, internet, 'udp') === 'silent' ? 'timeout' : 'refused')
    )
  },
  ask: (ip, exchange) => {
    const internet = given()
    const address = formatIp(ip)
    const { port, protocol, message } = exchange
    // an echo: whether the machine is there at all
    if (protocol === 'icmp')
      return connect(address, 0, internet) === 'silent' ? undefined : { kind: 'silent' }
    const connection = connect(address, port, internet, protocol)
    if (connection === 'silent') return undefined
    const host = hostAt(address, internet)
    if (connection === 'refused')
      return {
        kind: 'refused',
        listeningOn: (host === undefined ? [] : listenersOf(host)).map((listener) => ({
          ...listener,
          address: '*',
        })),
      }
    if (protocol !== 'tcp') {
      const described = host === undefined ? undefined : portOf(host, port, protocol)
      const text = message === undefined ? undefined : described?.message?.(message)
      return { kind: 'message', text }
    }
    return (
      answerAt(internet, address, exchange) ?? {
        kind: 'message',
        text: connection.open || undefined,
      }
    )
  },
})

/** undefined: no HTTP is spoken there. */
const answerAt = (
  internet: Internet,
  address: string,
  { port, http, client }: Exchange,
): Answer | undefined => {
  if (http === undefined) return undefined
  const { isTls, method, path, headers, body } = http
  const attempt = { method, path, headers, body, client: client.replace(/:\d+$/, '') }
  const reply = askSite(address, port, attempt, internet)
  if (reply === undefined) return undefined
  if (isTls !== isTlsAt(address, port, internet)) return { kind: 'message', text: NOT_HTTP }
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
