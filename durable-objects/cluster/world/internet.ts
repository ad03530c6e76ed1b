// The machines of the internet, asked as programs in Pods are.
import { askSite, connect } from '#cloud/internet.ts'
import { formatIp } from '#net/ip.ts'
import type { Answer, Exchange, WorldInternet } from '#network/world.ts'
import { internetNames } from '#world/names.ts'

const HTTPS = 443
const NOT_HTTP = 'HTTP/1.1 400 Bad Request'

export const worldInternet: WorldInternet = {
  resolve: internetNames,
  ask: (ip, exchange) => {
    const address = formatIp(ip)
    const connection = connect(address, exchange.port)
    if (connection === 'silent') return undefined
    if (exchange.protocol !== 'tcp' || connection === 'refused')
      return { kind: 'refused', listeningOn: [] }
    return answerAt(address, exchange) ?? { kind: 'message', text: connection.open || undefined }
  },
}

/** undefined: no HTTP is spoken there. */
const answerAt = (address: string, { port, http, client }: Exchange): Answer | undefined => {
  if (http === undefined) return undefined
  const { isTls, method, path, headers, body } = http
  const reply = askSite(address, port, {
    method,
    path,
    headers,
    body,
    client: client.replace(/:\d+$/, ''),
  })
  if (reply === undefined) return undefined
  if (isTls !== (port === HTTPS)) return { kind: 'message', text: NOT_HTTP }
  return { kind: 'http', status: reply.status, headers: reply.headers, body: reply.body }
}
