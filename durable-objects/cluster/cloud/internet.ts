// A small internet that never changes: who is reached under an address, and what comes back. An object of kubarium.dev may one day add
// names and hosts: all of it is data, handed in.
import { own } from '#apimachinery/object.ts'
import { internetAnswer, type InternetNames } from '#cloud/internet-dns.ts'
import { INTERNET_NAMES, PUBLIC_NAME_SERVERS } from '#cloud/internet-records.ts'
import {
  INTERNET_HOSTS,
  type InternetHost,
  type InternetReply,
  type InternetRequest,
} from '#cloud/internet-sites.ts'
import type { DnsMessage, Question } from '#net/dns-message.ts'

export interface Internet {
  readonly names: InternetNames
  readonly hosts: readonly InternetHost[]
}

export const INTERNET: Internet = { names: INTERNET_NAMES, hosts: INTERNET_HOSTS }

/** How a connection ends that carries no HTTP: `refused` by the machine, `silent` since there is no machine, or `open`, with what it says first. */
export type Connection = 'refused' | 'silent' | { readonly open: string }

const HTTP = 80
const HTTPS = 443
const DNS = 53

/** The machine that has the address; undefined if packets to it get lost. */
export const hostAt = (address: string, { hosts }: Internet = INTERNET): InternetHost | undefined =>
  hosts.find(({ addresses }) => addresses.includes(address))

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
): Connection => {
  const host = hostAt(address, internet)
  const isNameServer = PUBLIC_NAME_SERVERS.has(address)
  if (isNameServer && port === DNS) return { open: '' }
  if (host === undefined) return isNameServer ? 'refused' : 'silent'
  if (isHttpPort(host, port)) return { open: '' }
  const greeting = own(host.otherPorts, String(port))
  return greeting === undefined ? 'refused' : { open: greeting }
}

const isHttpPort = ({ sites }: InternetHost, port: number): boolean =>
  (port === HTTP || port === HTTPS) && sites.length > 0

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
  if (found === undefined || !isHttpPort(found, port)) return undefined
  const request: InternetRequest = {
    ...attempt,
    host: hostHeader(attempt.headers) ?? address,
    isTls: port === HTTPS,
  }
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
