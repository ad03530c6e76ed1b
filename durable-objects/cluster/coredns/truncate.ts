// What of an answer fits into a datagram. coredns: miekg/dns Msg.Truncate
import type { DnsMessage, DnsRecord } from '#net/dns-message.ts'

/** What a client that says nothing else takes. */
export const DATAGRAM = 512

const HEADER = 12
const POINTER = 2
/** Type, class, lifetime and length. */
const RECORD_HEAD = 10

/** The message, or as many of its records as fit, marked as truncated. */
export const truncated = (message: DnsMessage, size: number = DATAGRAM): DnsMessage => {
  const names = new Set<string>()
  let used = HEADER + nameSize(message.question.name, names) + 4
  let isFull = false
  const fitting = (records: readonly DnsRecord[]) =>
    records.filter((record) => {
      if (isFull) return false
      used += recordSize(record, names)
      isFull = used > size
      return !isFull
    })
  const answer = fitting(message.answer)
  const authority = fitting(message.authority)
  const additional = fitting(message.additional)
  return isFull ? { ...message, answer, authority, additional, isTruncated: true } : message
}

const recordSize = (record: DnsRecord, names: Set<string>): number => {
  const head = nameSize(record.name, names) + RECORD_HEAD
  switch (record.type) {
    case 'A':
      return head + 4
    case 'AAAA':
      return head + 16
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return head + nameSize(record.target, names)
    case 'MX':
      return head + 2 + nameSize(record.target, names)
    // Names in SRV records are not compressed.
    case 'SRV':
      return head + 6 + wholeSize(record.target)
    case 'TXT':
      return head + 1 + record.text.length
    case 'SOA':
      return head + nameSize(record.server, names) + nameSize(record.mailbox, names) + 20
  }
}

const wholeSize = (name: string): number => (name === '.' ? 1 : name.length + 1)

/** A name is written up to the first of its ends that was written before; from there it points back. */
const nameSize = (name: string, names: Set<string>): number => {
  if (name === '.') return 1
  let size = 0
  for (let rest = name; rest !== '';) {
    if (names.has(rest)) return size + POINTER
    names.add(rest)
    const dot = rest.indexOf('.')
    size += dot + 1
    rest = rest.slice(dot + 1)
  }
  return size + 1
}
