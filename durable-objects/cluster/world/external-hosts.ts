// The internet as the ExternalHost objects make it: what they describe, before what is built in.
import type {
  ExternalHost,
  ExternalHostPort,
  ExternalHostRecord,
} from '#api/kubarium/v1/external-host/types.ts'
import type { ImageReply } from '#api/kubarium/v1/image/types.ts'
import type { Client } from '#client/client.ts'
import { INTERNET, type Internet, internetOf } from '#cloud/internet.ts'
import { internetNames } from '#cloud/internet-dns.ts'
import type { InternetHost, InternetPort, InternetReply } from '#cloud/internet-host.ts'
import type { InternetName } from '#cloud/internet-records.ts'
import { INTERNET_HOSTS } from '#cloud/internet-sites.ts'
import { answerByReplies, millisecondsOf } from '#images/defined-replies.ts'
import { lower } from '#world/pods.ts'

const HTTPS = 443

/** Keeps the internet until an object changes. */
export class ExternalHosts {
  readonly #client: Client
  #internet: Internet | undefined

  constructor(client: Client) {
    this.#client = client
    client.watch('externalhosts.kubarium.dev', () => (this.#internet = undefined))
  }

  get internet(): Internet {
    this.#internet ??= internetWith(this.#client.list('externalhosts.kubarium.dev'))
    return this.#internet
  }
}

/** What an object says of a name takes the place of all that is built in. */
export const internetWith = (objects: readonly ExternalHost[]): Internet => {
  if (objects.length === 0) return INTERNET
  const described = namesOf(objects)
  const names = new Map([...INTERNET.names.entries, ...described])
  return internetOf(internetNames(names), [...objects.map(machineOf), ...INTERNET_HOSTS])
}

const namesOf = (objects: readonly ExternalHost[]): ReadonlyMap<string, InternetName> => {
  const names = new Map<string, InternetName>()
  const add = (name: string, { spec }: ExternalHost, more: InternetName): void => {
    const known = names.get(name)
    const { ttlSeconds } = spec
    const ttl = ttlSeconds === undefined ? {} : { ttl: ttlSeconds }
    names.set(name, known === undefined ? { ...more, ...ttl } : together(known, more))
  }
  for (const object of objects) {
    const { hostnames = [], addresses = [], records = [] } = object.spec
    for (const name of hostnames) add(name, object, { addresses })
    for (const record of records) add(record.name, object, recordOf(record))
  }
  return names
}

/** Of what several objects say of a name; its first alias and its first time to live count. */
const together = (known: InternetName, more: InternetName): InternetName => ({
  ...more,
  ...known,
  addresses: [...new Set([...(known.addresses ?? []), ...(more.addresses ?? [])])],
  mail: [...(known.mail ?? []), ...(more.mail ?? [])],
  texts: [...(known.texts ?? []), ...(more.texts ?? [])],
})

const recordOf = ({ type, value }: ExternalHostRecord): InternetName => {
  if (type === 'CNAME') return { alias: value }
  if (type === 'TXT') return { texts: [value] }
  const space = value.indexOf(' ')
  return {
    mail: [{ preference: Number(value.slice(0, space)), server: value.slice(space + 1) }],
  }
}

const machineOf = (object: ExternalHost): InternetHost => {
  const { addresses = [], ports = [], down } = object.spec
  return {
    addresses,
    sites: [],
    ports: ports.map((port) => portOf(object, port)),
    ...(down === true ? { isDown: true } : {}),
  }
}

const portOf = (object: ExternalHost, described: ExternalHostPort): InternetPort => {
  const { port, protocol = 'TCP', tls = port === HTTPS, replies = [] } = described
  if (protocol !== 'TCP') return { port, protocol: lower(protocol), message: (text) => text }
  return {
    port,
    protocol: 'tcp',
    isTls: tls,
    ...(replies.length === 0 ? {} : { serve: serverOf(object, port, replies) }),
  }
}

const serverOf = (
  { metadata, spec }: ExternalHost,
  port: number,
  replies: readonly ImageReply[],
): NonNullable<InternetPort['serve']> => {
  const away = millisecondsOf(spec.delay)
  const hostname = spec.hostnames?.[0] ?? metadata.name ?? ''
  const podIP = spec.addresses?.[0] ?? ''
  return ({ client, isTls, ...request }): InternetReply => {
    const self = { hostname, podIP, env: {}, age: 0, client, port, isTls }
    const reply = answerByReplies(replies, request, self)
    const takes = away + (reply.takes ?? 0)
    return takes === 0 ? reply : { ...reply, takes }
  }
}
