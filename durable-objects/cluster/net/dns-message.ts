// DNS questions and answers as values. Nobody here needs their bytes.

export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'MX' | 'NS' | 'PTR' | 'SOA' | 'SRV' | 'TXT'

/** What may be asked for: records, or something that no server here knows. */
export type QuestionType = RecordType | 'ANY' | 'AXFR' | 'IXFR' | 'HINFO' | 'HTTPS' | 'NAPTR'

export interface Question {
  /** With the dot at its end, in the letters in which it was asked. */
  readonly name: string
  readonly type: QuestionType
}

interface Owned {
  readonly name: string
  /** Seconds. */
  readonly ttl: number
}

export interface AddressRecord extends Owned {
  readonly type: 'A' | 'AAAA'
  readonly address: string
}

/** A name that stands for another one. */
export interface NameRecord extends Owned {
  readonly type: 'CNAME' | 'NS' | 'PTR'
  readonly target: string
}

export interface MailRecord extends Owned {
  readonly type: 'MX'
  readonly preference: number
  readonly target: string
}

export interface ServiceRecord extends Owned {
  readonly type: 'SRV'
  readonly priority: number
  readonly weight: number
  readonly port: number
  readonly target: string
}

export interface TextRecord extends Owned {
  readonly type: 'TXT'
  readonly text: string
}

export interface AuthorityRecord extends Owned {
  readonly type: 'SOA'
  readonly server: string
  readonly mailbox: string
  readonly serial: number
  readonly refresh: number
  readonly retry: number
  readonly expire: number
  /** How long it may be remembered that a name does not exist, in seconds. */
  readonly minimum: number
}

export type DnsRecord =
  | AddressRecord
  | NameRecord
  | MailRecord
  | ServiceRecord
  | TextRecord
  | AuthorityRecord

export type ResponseCode = 'NOERROR' | 'FORMERR' | 'SERVFAIL' | 'NXDOMAIN' | 'NOTIMP' | 'REFUSED'

export interface DnsMessage {
  readonly question: Question
  readonly rcode: ResponseCode
  /** The server answers for this zone itself. */
  readonly isAuthoritative: boolean
  /** It did not fit into a datagram: ask again over TCP. */
  readonly isTruncated: boolean
  readonly answer: readonly DnsRecord[]
  readonly authority: readonly DnsRecord[]
  readonly additional: readonly DnsRecord[]
}

/** A message without records: add what differs. */
export const emptyMessage = (question: Question, rcode: ResponseCode): DnsMessage => ({
  question,
  rcode,
  isAuthoritative: false,
  isTruncated: false,
  answer: [],
  authority: [],
  additional: [],
})

/** The name with a dot at its end. */
export const absolute = (name: string): string => (name.endsWith('.') ? name : `${name}.`)

const MAX_LABEL = 63
/** 255 bytes on the wire are 253 letters and the dots between them. */
const MAX_NAME = 253

/** Why no message can carry the name; undefined if one can. */
export const nameProblem = (
  name: string,
): 'empty label' | 'label too long' | 'name too long' | undefined => {
  if (name === '.') return undefined
  const relative = name.endsWith('.') ? name.slice(0, -1) : name
  const labels = relative.split('.')
  if (labels.includes('')) return 'empty label'
  if (labels.some((label) => label.length > MAX_LABEL)) return 'label too long'
  return relative.length > MAX_NAME ? 'name too long' : undefined
}

/** Whether the name is the zone or lies below it. Both are absolute; letters may differ in case. */
export const isInZone = (name: string, zone: string): boolean => {
  if (zone === '.') return true
  const lower = name.toLowerCase()
  const wanted = zone.toLowerCase()
  return lower === wanted || lower.endsWith(`.${wanted}`)
}

/** That of the zones which is nearest to the name; undefined if it lies in none. */
export const nearestZone = (name: string, zones: readonly string[]): string | undefined => {
  let nearest: string | undefined
  for (const zone of zones)
    if (isInZone(name, zone) && zone.length > (nearest?.length ?? 0)) nearest = zone
  return nearest
}

/** A record as zone files have it: `web.default.svc.cluster.local. 30 IN A 10.96.0.1`. */
export const recordText = (record: DnsRecord): string =>
  `${record.name} ${record.ttl} IN ${record.type} ${recordData(record)}`

const recordData = (record: DnsRecord): string => {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return record.address
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return record.target
    case 'MX':
      return `${record.preference} ${record.target}`
    case 'SRV':
      return `${record.priority} ${record.weight} ${record.port} ${record.target}`
    case 'TXT':
      return JSON.stringify(record.text)
    case 'SOA':
      return [
        record.server,
        record.mailbox,
        record.serial,
        record.refresh,
        record.retry,
        record.expire,
        record.minimum,
      ].join(' ')
  }
}

/** The address that a name in a reverse zone stands for: `10.0.96.10.in-addr.arpa.` is 10.96.0.10. */
export const addressOfReverse = (name: string): string | undefined => {
  const lower = name.toLowerCase()
  if (lower.endsWith('.in-addr.arpa.')) {
    const octets = lower.slice(0, -'.in-addr.arpa.'.length).split('.').reverse()
    const isAddress = octets.length === 4 && octets.every((octet) => isOctet(octet))
    return isAddress ? octets.join('.') : undefined
  }
  if (!lower.endsWith('.ip6.arpa.')) return undefined
  const nibbles = lower.slice(0, -'.ip6.arpa.'.length).split('.').reverse()
  if (nibbles.length !== 32 || !nibbles.every((nibble) => /^[0-9a-f]$/.test(nibble)))
    return undefined
  return nibbles.join('').replace(/(.{4})(?=.)/g, '$1:')
}

const isOctet = (text: string): boolean => /^(0|[1-9]\d{0,2})$/.test(text) && Number(text) < 256

/** The name under which an IPv4 address is found in reverse. */
export const reverseOfIpv4 = (address: string): string =>
  `${address.split('.').reverse().join('.')}.in-addr.arpa.`
