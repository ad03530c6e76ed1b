// busybox: networking/ping.c; iputils: ping/ping.c
import { parseOptions, secondsOf } from '#images/commands/options.ts'
import {
  type CommandInput,
  type CommandOutput,
  ended,
  type NetworkCommand,
} from '#images/commands/output.ts'
import { BUSYBOX } from '#images/commands/versions.ts'

const MAX_COUNT = 1000
/** Without -c it goes on until somebody ends it: here, after so many. */
const ENDLESS = 4

const SYNTAX = { flags: '46AaBbDdfhLnOqRrUVv', valued: 'cIiklMmpQSsTtWw' }

const USAGE = `${BUSYBOX}

Usage: ping [OPTIONS] HOST

Send ICMP ECHO_REQUESTs to HOST

	-4,-6		Force IP or IPv6 name resolution
	-c CNT		Send only CNT pings
	-s SIZE		Send SIZE data bytes in packets (default 56)
	-i SECS		Interval
	-A		Ping as soon as reply is received
	-t TTL		Set TTL
	-I IFACE/IP	Source interface or IP address
	-W SEC		Seconds to wait for the first response (default 10)
			(after all -c CNT packets are sent)
	-w SEC		Seconds until ping exits (default:infinite)
			(can exit earlier with -c CNT)
	-q		Quiet, only display output at start/finish
	-p HEXBYTE	Payload pattern
`

interface Pings {
  readonly host: string
  readonly address: string
  readonly count: number
  readonly interval: number
  readonly wait: number
  readonly size: number
  readonly isQuiet: boolean
  readonly reply: 'reply' | 'timeout' | 'no-route'
  /** The round trip of each, in milliseconds. */
  readonly trips: readonly number[]
  readonly source: string
}

const prepare = (
  input: CommandInput,
  unresolved: (host: string, isSlow: boolean) => CommandOutput,
  usage: CommandOutput,
): Pings | CommandOutput => {
  const options = parseOptions(input.argv.slice(1), SYNTAX)
  const [host] = options.operands
  if (host === undefined || options.bad !== undefined) return usage
  const resolved = input.network.resolve(host, 'musl')
  const address = resolved.addresses[0]
  if (address === undefined) return unresolved(host, resolved.end === 'unreachable')
  const count = Math.min(MAX_COUNT, Math.max(1, Number(options.values.get('c') ?? ENDLESS) || 1))
  const reply = input.network.ping?.(address) ?? 'timeout'
  return {
    host,
    address,
    count,
    interval: secondsOf(options.values.get('i')) ?? 1000,
    wait: secondsOf(options.values.get('W')) ?? 10_000,
    size: Number(options.values.get('s') ?? 56),
    isQuiet: options.values.has('q'),
    reply,
    trips: Array.from({ length: count }, (_, at) => 0.05 + ((at * 7919) % 40) / 1000),
    source: '',
  }
}

const takesOf = (pings: Pings): number =>
  (pings.count - 1) * pings.interval + (pings.reply === 'reply' ? 1 : pings.wait)

const stats = (trips: readonly number[]) => {
  const sum = trips.reduce((total, trip) => total + trip, 0)
  const mean = sum / trips.length
  const variance = trips.reduce((total, trip) => total + (trip - mean) ** 2, 0) / trips.length
  return { min: Math.min(...trips), max: Math.max(...trips), mean, deviation: Math.sqrt(variance) }
}

export const busyboxPing: NetworkCommand = (input) => {
  const pings = prepare(
    input,
    (host, isSlow) =>
      ended(1, { stderr: `ping: bad address '${host}'\n`, takes: isSlow ? 10_000 : 1 }),
    ended(1, { stderr: USAGE }),
  )
  if ('exitCode' in pings) return pings
  const { host, address, count, size, trips } = pings
  const isUp = pings.reply === 'reply'
  const lines = [`PING ${host} (${address}): ${size} data bytes`]
  if (isUp && !pings.isQuiet)
    for (const [at, trip] of trips.entries())
      lines.push(`${size + 8} bytes from ${address}: seq=${at} ttl=64 time=${trip.toFixed(3)} ms`)
  lines.push('', `--- ${host} ping statistics ---`)
  lines.push(
    `${count} packets transmitted, ${isUp ? count : 0} packets received, ${isUp ? 0 : 100}% packet loss`,
  )
  if (isUp) {
    const { min, mean, max } = stats(trips)
    lines.push(`round-trip min/avg/max = ${min.toFixed(3)}/${mean.toFixed(3)}/${max.toFixed(3)} ms`)
  }
  return ended(isUp ? 0 : 1, { stdout: `${lines.join('\n')}\n`, takes: takesOf(pings) })
}

export const iputilsPing: NetworkCommand = (input) => {
  const pings = prepare(
    input,
    (host, isSlow) =>
      ended(2, {
        stderr: `ping: ${host}: ${isSlow ? 'Temporary failure in name resolution' : 'Name or service not known'}\n`,
        takes: isSlow ? 10_000 : 1,
      }),
    ended(1, { stderr: 'ping: usage error: Destination address required\n' }),
  )
  if ('exitCode' in pings) return pings
  const { host, address, count, size, trips } = pings
  const isUp = pings.reply === 'reply'
  const from = host === address ? address : `${host} (${address})`
  const lines = [`PING ${host} (${address}) ${size}(${size + 28}) bytes of data.`]
  if (!pings.isQuiet)
    for (const [at, trip] of trips.entries()) {
      if (isUp)
        lines.push(
          `${size + 8} bytes from ${from}: icmp_seq=${at + 1} ttl=64 time=${trip.toFixed(3)} ms`,
        )
      else if (pings.reply === 'no-route')
        lines.push(`From ${address} icmp_seq=${at + 1} Destination Host Unreachable`)
    }
  const errors = pings.reply === 'no-route' ? `, +${count} errors` : ''
  lines.push('', `--- ${host} ping statistics ---`)
  lines.push(
    `${count} packets transmitted, ${isUp ? count : 0} received${errors}, ${isUp ? 0 : 100}% packet loss, time ${(count - 1) * pings.interval}ms`,
  )
  const { min, mean, max, deviation } = stats(trips)
  lines.push(
    isUp
      ? `rtt min/avg/max/mdev = ${min.toFixed(3)}/${mean.toFixed(3)}/${max.toFixed(3)}/${deviation.toFixed(3)} ms`
      : '',
  )
  return ended(isUp ? 0 : 1, { stdout: `${lines.join('\n')}\n`, takes: takesOf(pings) })
}
