// A trace as a story to be read in a terminal: boxes from top to bottom as in a diagram, and between them what happened on the way.
import { append } from '#apimachinery/append.ts'
import type { Trace, TraceHop, TracePlace, TraceRequest } from './trace.ts'

/** `Accept: text/plain` */
export const traceText = (trace: Trace, request: TraceRequest): string => {
  const there = trace.hops.filter(({ isReply, what }) => isReply !== true || what.startsWith('dns'))
  const dnsEnd = there.findLastIndex(({ what }) => what === 'dns-answer')
  const way = there.slice(dnsEnd + 1)
  // what came back from an address that was given up is told there
  const answered = trace.hops.findLastIndex(({ what }) => BEFORE_ANSWER.has(what))
  const back = trace.hops.slice(answered + 1).filter(({ isReply }) => isReply === true)
  const story = [
    `${titleOf(request)}: ${trace.outcome.toUpperCase()}`,
    `${capital(trace.says)}.`,
    '',
    ...box(sourceText(request)),
    ...dnsLines(
      trace.hops.slice(0, trace.hops.findLastIndex(({ what }) => what === 'dns-answer') + 1),
    ),
    ...wayLines(way),
    ...backLines(back),
    ...replyLines(trace),
  ]
  const lines = story.filter((text, index) => text !== STEM || story[index - 1] !== STEM)
  return `${lines.join('\n')}\n`
}

const BEFORE_ANSWER = new Set(['dns-answer', 'next-address'])

export const titleOf = ({ method, to }: TraceRequest): string => {
  const isHttp = to.scheme === 'http' || to.scheme === 'https'
  return `${isHttp ? `${method} ` : ''}${to.scheme}://${to.host}:${to.port}${isHttp ? to.path : ''}`
}

export const sourceText = ({ from }: TraceRequest): string => {
  if ('pod' in from) return `Client Pod ${from.pod.namespace}/${from.pod.name}`
  if ('node' in from) return `Node ${from.node}`
  return 'internet' in from ? 'Internet Client' : 'External Client (your computer)'
}

const STEM = '      |'
const ARROW = '      v'

const box = (text: string): readonly string[] => [`[ ${text} ]`]

const line = (text: string, depth = 0): string => `${STEM}  ${'  '.repeat(depth)}${text}`

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

/** Questions and answers; the way of the first question's packet further in. */
const dnsLines = (hops: readonly TraceHop[]): readonly string[] => {
  if (hops.length === 0) return []
  const lines = [STEM, line('DNS lookup')]
  for (const hop of hops) {
    if (hop.isAside === true) continue
    if (hop.what === 'dns-query') lines.push(line(`? ${hop.says}`, 1))
    else if (hop.what === 'dns-answer') {
      lines.push(line(`= ${hop.says}`, 1))
      if (hop.station !== undefined) lines.push(ARROW, ...box(hop.station))
    } else append(lines, hopLines(hop, 3))
  }
  return lines
}

const ENDS = new Set(['reject', 'drop', 'lost', 'refuse', 'silent', 'next-address'])

const wayLines = (hops: readonly TraceHop[]): readonly string[] => {
  const lines: string[] = []
  let place = ''
  let station = ''
  for (const hop of hops) {
    if (hop.isAside === true) continue
    const now = placeText(hop.where)
    const isArrival = hop.what === 'deliver'
    const isThere = hop.what === 'send' || isArrival || hop.what === 'request'
    if (now !== place && !isThere) lines.push(STEM, line(`${now}:`))
    place = now
    if (hop.what === 'send') lines.push(STEM)
    if (!isArrival) append(lines, marked(hop, isThere ? 0 : 1))
    if (hop.station !== undefined && !isSame(station, hop.station)) {
      lines.push(ARROW, ...box(hop.station))
      if (!isThere) lines.push(STEM)
      station = hop.station
    }
    if (isArrival) lines.push(STEM, line(hop.says))
  }
  return lines
}

/** A packet that was addressed to its receiver from the start has only one box. */
const isSame = (before: string, after: string): boolean =>
  before !== '' && after.replace(/, on .*$/, '') === before.replace(/ \(.*$/, '')

const marked = (hop: TraceHop, depth: number): readonly string[] => {
  const [first = '', ...rest] = hopLines(hop, depth)
  return [ENDS.has(hop.what) ? first.replace('|', 'x') : first, ...rest]
}

const placeText = ({ node, component }: TracePlace): string => {
  if (node === undefined) return component
  return component === 'kernel'
    ? `${node}, kernel (kube-proxy wrote its rules)`
    : `${node}, ${component}`
}

const hopLines = (hop: TraceHop, depth: number): readonly string[] => {
  const { rule } = hop
  const lines = [line(hop.says, depth)]
  if (rule === undefined) return lines
  const table = rule.table.replace(/^ip /, '')
  lines.push(
    line(
      `rule ${rule.number} of ${rule.chain} (table ${table}; tried here so far: ${rule.tried})`,
      depth + 1,
    ),
    line(rule.text, depth + 1),
  )
  return lines
}

const backLines = (hops: readonly TraceHop[]): readonly string[] => {
  if (hops.length === 0) return []
  const lines = ['', 'The way back:']
  for (const { where, says, packet } of hops) {
    const addresses = packet === undefined ? '' : ` (${packet.source} → ${packet.destination})`
    lines.push(`  ${backPlace(where)}: ${says}${addresses}`)
  }
  return lines
}

const backPlace = ({ node, component }: TracePlace): string =>
  node === undefined ? component : `${node}, ${component}`

const MAX_BODY = 2000

const replyLines = ({ reply }: Trace): readonly string[] => {
  if (reply === undefined) return []
  const status = reply.status === undefined ? '' : ` ${reply.status}`
  const lines = ['', `${reply.protocol}${status} from ${reply.from}`]
  if (reply.body === undefined || reply.body === '') return lines
  const shown = reply.body.length > MAX_BODY ? `${reply.body.slice(0, MAX_BODY)}…` : reply.body
  return [...lines, ...shown.split('\n').map((text) => `  ${text}`)]
}
