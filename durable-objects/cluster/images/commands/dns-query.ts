// What the DNS tools share.
import { reverseOfIpv4 } from '#net/dns-message.ts'
import { absolute, type DnsMessage, type QuestionType } from '#net/dns-message.ts'
import type { Network, Queried, QueryOptions } from '#images/network.ts'

/** One question; over TCP once more if the answer did not fit. */
export const queryName = (
  network: Network,
  name: string,
  type: QuestionType,
  options: QueryOptions,
): Queried => {
  const question = { name: absolute(name), type }
  const first = network.query(question, options)
  if (typeof first.outcome === 'string' || !first.outcome.isTruncated) return first
  const second = network.query(question, { ...options, transport: 'TCP' })
  return { ...second, takes: first.takes + second.takes }
}

/** The names that bind's tools try, in order. bind: bin/dig/dighost.c next_origin */
export const searched = (
  name: string,
  searches: readonly string[],
  ndots: number,
): readonly string[] => {
  if (name.endsWith('.') || searches.length === 0) return [name]
  const dots = name.split('.').length - 1
  const suffixed = searches.map((suffix) => `${name}.${suffix}`)
  return dots >= ndots ? [name, ...suffixed] : [...suffixed, name]
}

export const bindQuery = (
  network: Network,
  names: readonly string[],
  type: QuestionType,
  options: QueryOptions,
): { readonly name: string; readonly queried: Queried; readonly takes: number } => {
  let takes = 0
  for (const [index, name] of names.entries()) {
    const queried = queryName(network, name, type, options)
    takes += queried.takes
    const goesOn =
      typeof queried.outcome !== 'string' &&
      queried.outcome.rcode === 'NXDOMAIN' &&
      index < names.length - 1
    if (!goesOn) return { name, queried, takes }
  }
  throw new Error('no name to ask for')
}

/** An address under the name of its reverse zone; undefined if the text is no address. */
export const reverseName = (text: string): string | undefined => {
  if (/^\d+(\.\d+){3}$/.test(text)) return reverseOfIpv4(text)
  if (!/^[0-9a-f:]*:[0-9a-f:]*$/i.test(text)) return undefined
  const [head, tail] = text.toLowerCase().split('::')
  const front = head === '' ? [] : head!.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Math.max(0, 8 - front.length - back.length)
  const groups = [...front, ...Array.from({ length: zeros }, () => '0'), ...back]
  const nibbles = groups.map((group) => group.padStart(4, '0')).join('')
  return `${[...nibbles].toReversed().join('.')}.ip6.arpa.`
}

/** The size of a message on the wire, names compressed, about as CoreDNS sends it. */
export const messageSize = (message: DnsMessage): number => {
  const records = [...message.answer, ...message.authority, ...message.additional]
  const dataSize = (type: string, text: string): number =>
    type === 'A' ? 4 : type === 'AAAA' ? 16 : text.length + 2
  return (
    12 +
    message.question.name.length +
    5 +
    records.reduce(
      (sum, record) =>
        sum +
        record.name.length +
        11 +
        dataSize(
          record.type,
          'target' in record ? record.target : JSON.stringify(record).slice(0, 40),
        ),
      0,
    )
  )
}
