// Reads where a request goes: `http://web-service/`, `tcp://10.96.0.10:80`.
import { nameProblem } from '#net/dns-message.ts'
import { parseIp } from '#net/ip.ts'
import type { TraceTarget } from './trace.ts'

/** What is wrong, in words for the person who wrote it. */
export interface Problem {
  readonly problem: string
}

const MAX_TARGET = 2048
const DEFAULT_PORTS: ReadonlyMap<TraceTarget['scheme'], number | undefined> = new Map([
  ['http', 80],
  ['https', 443],
  ['tcp', undefined],
  ['udp', undefined],
  ['sctp', undefined],
])

const isScheme = (text: string): text is TraceTarget['scheme'] =>
  DEFAULT_PORTS.has(text as TraceTarget['scheme'])

const URL_PARTS = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^#]*)/

export const readTarget = (text: unknown): TraceTarget | Problem => {
  if (typeof text !== 'string') return { problem: 'to: must be text such as "http://web-service/"' }
  if (text.length > MAX_TARGET)
    return { problem: `to: must not be longer than ${MAX_TARGET} characters` }
  const [, schemeText, authority, rest] = URL_PARTS.exec(text) ?? []
  if (schemeText === undefined || authority === undefined || rest === undefined)
    return { problem: `to: ${quoted(text)} does not say how: write http://${shown(text)}` }
  const scheme = schemeText.toLowerCase()
  if (!isScheme(scheme))
    return {
      problem: `to: ${quoted(scheme)} is unknown: use ${[...DEFAULT_PORTS.keys()].join(', ')}`,
    }
  // a blank or control character would end the request line
  if (!/^[\x21-\x7e]*$/.test(rest))
    return { problem: 'to: the path may hold visible ASCII characters only, others as %XX' }
  const address = readAuthority(authority, scheme)
  if ('problem' in address) return address
  return { scheme, ...address, path: rest.startsWith('/') ? rest : `/${rest}` }
}

const readAuthority = (
  authority: string,
  scheme: TraceTarget['scheme'],
): Pick<TraceTarget, 'host' | 'port'> | Problem => {
  if (authority.includes('@')) return { problem: 'to: user names and passwords are not supported' }
  if (authority.includes('[') || authority.split(':').length > 2)
    return { problem: 'to: this cluster has IPv4 addresses only, no IPv6' }
  const [host = '', portText] = authority.split(':')
  const problem = hostProblem(host)
  if (problem !== undefined) return { problem: `to: ${problem}` }
  const byDefault = DEFAULT_PORTS.get(scheme)
  if (portText === undefined || portText === '')
    return byDefault === undefined
      ? { problem: `to: ${scheme} needs a port: ${scheme}://${host}:80` }
      : { host, port: byDefault }
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0
  if (port < 1 || port > 65535)
    return { problem: `to: the port must be a number from 1 to 65535, not ${quoted(portText)}` }
  return { host, port }
}

const hostProblem = (host: string): string | undefined => {
  if (host === '') return 'the host is missing'
  if (/^[\d.]+$/.test(host))
    return parseIp(host) === undefined ? `${quoted(host)} is no IPv4 address` : undefined
  if (!/^[A-Za-z0-9._-]+$/.test(host))
    return `${quoted(host)} is no host name: letters, digits, "-", "_" and "." only`
  const problem = nameProblem(host)
  return problem === undefined ? undefined : `${quoted(host)} is no host name: ${problem}`
}

const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

/** What was given, cut to what a message can bear. */
export const quoted = (text: string): string => JSON.stringify(shown(text))
