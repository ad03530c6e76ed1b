// A small internet: who is reached under an address, and what comes back. It never changes by itself; all of it is data, handed in, so
// that objects may add names and machines.
import { own } from '#apimachinery/object.ts'
import { BUILT_IN_NAMES, internetAnswer, type InternetNames } from '#cloud/internet-dns.ts'
import type {
  InternetHost,
  InternetPort,
  InternetReply,
  InternetRequest,
} from '#cloud/internet-host.ts'
import { PUBLIC_NAME_SERVERS } from '#cloud/internet-records.ts'
import { INTERNET_HOSTS } from '#cloud/internet-sites.ts'
import type { DnsMessage, Question } from '#net/dns-message.ts'

export interface Internet {
  readonly names: InternetNames
  /** By address. */
  readonly hosts: ReadonlyMap<string, InternetHost>
}

/** Of machines with the same address the first one has it. */
export const internetOf = (names: InternetNames, machines: readonly InternetHost[]): Internet => {
  const hosts = new Map<string, InternetHost>()
  for (const machine of machines)
    for (const address of machine.addresses) if (!hosts.has(address)) hosts.set(address, machine)
  return { names, hosts }
}

export const INTERNET: Internet = internetOf(BUILT_IN_NAMES, INTERNET_HOSTS)

/** How a connection ends that carries no HTTP: `refused` by the machine, `silent` since there is no machine, or `open`, with what it says first. */
export type Connection = 'refused' | 'silent' | { readonly open: string }

type Protocol = InternetPort['protocol']

const HTTP = 80
const HTTPS = 443
const DNS = 53

/** The machine that has the address; undefined if packets to it get lost. */
export const hostAt = (
  address: string,
  { hosts }: Internet = INTERNET,
): InternetHost | undefined => {
  const host = hosts.get(address)
  return host?.isDown === true ? undefined : host
}

/** What a name server at the address answers; undefined if none is there. `local` are those of the nodes' network. */
export const askNameServer = (
  address: string,
  question: Question,
  local: readonly string[],
  { names }: Internet = INTERNET,
): DnsMessage | undefined =>
  PUBLIC_NAME_SERVERS.has(address) || local.includes(address)
    ? internetAnswer(question, names)
    : undefined

/** What happens to a connection before anything is sent over it. */
export const connect = (
  address: string,
  port: number,
  internet: Internet = INTERNET,
  protocol: Protocol = 'tcp',
): Connection => {
  const host = hostAt(address, internet)
  const isNameServer = PUBLIC_NAME_SERVERS.has(address)
  if (isNameServer && port === DNS && protocol !== 'sctp') return { open: '' }
  if (host === undefined) return isNameServer && !internet.hosts.has(address) ? 'refused' : 'silent'
  if (portOf(host, port, protocol) !== undefined) return { open: '' }
  if (protocol !== 'tcp') return 'refused'
  if (isHttpPort(host, port)) return { open: '' }
  const greeting = own(host.otherPorts, String(port))
  return greeting === undefined ? 'refused' : { open: greeting }
}

const isHttpPort = ({ sites }: InternetHost, port: number): boolean =>
  (port === HTTP || port === HTTPS) && sites.length > 0

/** A port that an object described. */
export const portOf = (
  { ports }: InternetHost,
  port: number,
  protocol: Protocol,
): InternetPort | undefined =>
  ports?.find((other) => other.port === port && other.protocol === protocol)

/** What a machine listens on, for who asks why a connection was refused. */
export const listenersOf = ({
  ports = [],
  sites,
  otherPorts = {},
}: InternetHost): readonly Pick<InternetPort, 'port' | 'protocol'>[] => [
  ...ports.map(({ port, protocol }) => ({ port, protocol })),
  ...(sites.length > 0 ? [HTTP, HTTPS] : []).map((port) => ({ port, protocol: 'tcp' as const })),
  ...Object.keys(otherPorts).map((port) => ({ port: Number(port), protocol: 'tcp' as const })),
]

/** Whether TLS is spoken there. */
export const isTlsAt = (address: string, port: number, internet: Internet = INTERNET): boolean => {
  const host = hostAt(address, internet)
  const described = host === undefined ? undefined : portOf(host, port, 'tcp')
  return described === undefined ? port === HTTPS : described.isTls === true
}

/** The names in the certificate that is shown on port 443: a client that asked for another one goes no further. */
export const certificateNames = (
  address: string,
  internet: Internet = INTERNET,
): readonly string[] => hostAt(address, internet)?.sites.flatMap(({ names }) => names) ?? []

export type HttpAttempt = Omit<InternetRequest, 'host' | 'isTls'>

/** The reply of the site that the Host header names; undefined if no HTTP is spoken there. */
export const askSite = (
  address: string,
  port: number,
  attempt: HttpAttempt,
  internet: Internet = INTERNET,
): InternetReply | undefined => {
  const found = hostAt(address, internet)
  if (found === undefined) return undefined
  const described = portOf(found, port, 'tcp')
  if (described === undefined && !isHttpPort(found, port)) return undefined
  const request: InternetRequest = {
    ...attempt,
    host: hostHeader(attempt.headers) ?? address,
    isTls: isTlsAt(address, port, internet),
  }
  return described === undefined ? siteReply(found, request) : described.serve?.(request)
}

const siteReply = (found: InternetHost, request: InternetRequest): InternetReply => {
  const site = found.sites.find(({ names }) => names.includes(request.host))
  if (site === undefined && found.stranger !== undefined) return found.stranger(request)
  const served = site ?? found.sites[0]!
  if (served.isSecureOnly === true && !request.isTls) return redirect(request, served.names[0]!)
  return served.serve(request)
}

const redirect = ({ path }: InternetRequest, name: string): InternetReply => ({
  status: 301,
  headers: { 'Content-Type': 'text/html; charset=utf-8', Location: `https://${name}${path}` },
  body: '<html><body>Moved Permanently</body></html>\n',
})

/** Header names are written in any letters; the port is no part of the name. */
const hostHeader = (headers: HttpAttempt['headers']): string | undefined => {
  const key = Object.keys(headers).find((name) => name.toLowerCase() === 'host')
  return key === undefined ? undefined : headers[key]!.toLowerCase().replace(/:\d+$/, '')
}
