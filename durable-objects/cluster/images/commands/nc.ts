// busybox: networking/nc_bloaty.c; netcat-openbsd: netcat.c
import { parseOptions, secondsOf, type Options } from '#images/commands/options.ts'
import {
  type CommandInput,
  type CommandOutput,
  ended,
  type NetworkCommand,
} from '#images/commands/output.ts'
import { BUSYBOX } from '#images/commands/versions.ts'
import { byteLength, statusText } from '#images/http.ts'
import type { Contacted, ResolverLibrary, Transport } from '#images/network.ts'

const BUSYBOX_USAGE = `${BUSYBOX}

Usage: nc [OPTIONS] HOST PORT  - connect
nc [OPTIONS] -l -p PORT [HOST] [PORT]  - listen

	-e PROG	Run PROG after connect (must be last)
	-l	Listen mode, for inbound connects
	-lk	With -e, provides persistent server
	-p PORT	Local port
	-s ADDR	Local address
	-w SEC	Timeout for connects and final net reads
	-i SEC	Delay interval for lines sent
	-n	Don't do DNS resolution
	-u	UDP mode
	-b	Allow broadcasts
	-v	Verbose
	-o FILE	Hex dump traffic
	-z	Zero-I/O mode (scanning)
`

const OPENBSD_USAGE = `usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]
	  [-m minttl] [-O length] [-P proxy_username] [-p source_port]
	  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]
	  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]
	  [destination] [port]
`

const SERVICES: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  domain: 53,
  ssh: 22,
  ftp: 21,
}
const NAMES: Readonly<Record<number, string>> = {
  80: 'http',
  443: 'https',
  53: 'domain',
  22: 'ssh',
  21: 'ftp',
  5432: 'postgresql',
  3306: 'mysql',
}
const KERNEL_TIMEOUT = 134_000
const MAX_PORTS = 1000

interface Dial {
  readonly input: CommandInput
  readonly host: string
  readonly address: string
  readonly port: number
  readonly protocol: Transport
  readonly timeout: number | undefined
  readonly isScan: boolean
  readonly isVerbose: boolean
}

/** What comes back when a raw text is sent to a program that speaks HTTP. */
const rawReply = (contacted: Contacted): string | undefined => {
  if (contacted.outcome === 'message') return contacted.text
  if (contacted.outcome !== 'http') return undefined
  const { status, headers, body } = contacted.reply
  const all = { ...headers, 'Content-Length': String(byteLength(body)) }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${statusText(status)}\r\n${lines.join('')}\r\n${body}`
}

/** A whole HTTP request that was typed by hand; undefined: the text is none. */
const typedRequest = (text: string) => {
  const match = /^([A-Z]+) (\S+) HTTP\/1\.[01]\r?\n([\s\S]*?)\r?\n\r?\n?([\s\S]*)$/.exec(text)
  if (match === null) return undefined
  const headers = match[3]!
    .split(/\r?\n/)
    .map((line) => line.split(/:\s*(.*)/s))
    .filter(([, value]) => value !== undefined)
  return {
    method: match[1]!,
    path: match[2]!,
    headers: Object.fromEntries(headers.map(([name, value]) => [name!, value!])),
    ...(match[4] === '' ? {} : { body: match[4]! }),
  }
}

/** Who waits no longer than the kernel asks for an unknown neighbour never hears of it. */
const dial = (to: Dial): Contacted => {
  const contacted = contact(to)
  const { timeout } = to
  return contacted.outcome === 'no-route' && timeout !== undefined && contacted.takes > timeout
    ? { ...contacted, outcome: 'timeout' }
    : contacted
}

const contact = ({ input, address, port, protocol, isScan }: Dial): Contacted => {
  const stdin = input.stdin ?? ''
  const http = protocol === 'TCP' && !isScan ? typedRequest(stdin) : undefined
  return input.network.contact({
    protocol,
    address,
    port,
    ...(http === undefined ? {} : { http }),
    ...(isScan || http !== undefined || (stdin === '' && protocol === 'UDP')
      ? {}
      : { message: stdin }),
  })
}

const ports = (text: string): readonly number[] => {
  const range = /^(\d+)-(\d+)$/.exec(text)
  if (range === null) return [SERVICES[text] ?? Number(text)]
  const [first, last] = [Number(range[1]), Number(range[2])]
  return Array.from(
    { length: Math.min(MAX_PORTS, Math.max(0, last - first + 1)) },
    (_, at) => first + at,
  )
}

const netcat =
  (
    syntax: { readonly flags: string; readonly valued: string },
    usage: string,
    unresolved: (host: string, port: string) => string,
    library: ResolverLibrary,
    one: (dial: Dial) => CommandOutput,
  ): NetworkCommand =>
  (input) => {
    const options: Options = parseOptions(input.argv.slice(1), syntax)
    const [host, portText] = options.operands
    if (options.bad !== undefined)
      return ended(1, {
        stderr: `nc: ${options.bad.why === 'unknown' ? 'invalid option' : 'option requires an argument'} -- '${options.bad.option.slice(1)}'\n${usage}`,
      })
    if (host === undefined || portText === undefined) return ended(1, { stderr: usage })
    const resolved = input.network.resolve(host, library)
    const address = resolved.addresses[0]
    if (address === undefined)
      return ended(1, { stderr: unresolved(host, portText), takes: Math.max(1, resolved.takes) })
    let output = ended(0, { takes: resolved.takes })
    let isAnyOpen = false
    for (const port of ports(portText)) {
      if (!(port > 0 && port < 65_536))
        return ended(1, { stderr: `nc: port number invalid: ${portText}\n` })
      const next = one({
        input,
        host,
        address,
        port,
        protocol: options.values.has('u') ? 'UDP' : 'TCP',
        timeout: secondsOf(options.values.get('w')),
        isScan: options.values.has('z'),
        isVerbose: options.values.has('v'),
      })
      isAnyOpen ||= next.exitCode === 0
      output = {
        stdout: output.stdout + next.stdout,
        stderr: output.stderr + next.stderr,
        exitCode: isAnyOpen ? 0 : next.exitCode,
        takes: output.takes + next.takes,
      }
    }
    return output
  }

const failureText = (outcome: Contacted['outcome']): string =>
  outcome === 'refused'
    ? 'Connection refused'
    : outcome === 'no-route'
      ? 'No route to host'
      : 'Connection timed out'

const waited = (timeout: number | undefined, contacted: Contacted): number =>
  contacted.outcome === 'timeout' ? (timeout ?? KERNEL_TIMEOUT) : contacted.takes

const busyboxDial = (to: Dial): CommandOutput => {
  const contacted = dial(to)
  const { host, address, port, timeout, isScan, isVerbose, protocol } = to
  const place =
    host === address ? `${address} (${address}:${port})` : `${host} (${address}:${port})`
  const isOpen =
    protocol === 'UDP' || !['refused', 'timeout', 'no-route'].includes(contacted.outcome)
  if (!isOpen)
    return ended(1, {
      stderr: isVerbose || !isScan ? `nc: ${place}: ${failureText(contacted.outcome)}\n` : '',
      takes: waited(timeout, contacted),
    })
  const text = isScan ? undefined : rawReply(contacted)
  const isRefused = contacted.outcome === 'refused' && !isScan
  return {
    stdout: text ?? '',
    stderr: isVerbose ? `${place} open\n` : '',
    exitCode: isRefused ? 1 : 0,
    takes: Math.max(1, contacted.takes + (text === undefined && !isScan ? (timeout ?? 0) : 0)),
  }
}

const openbsdDial = (to: Dial): CommandOutput => {
  const contacted = dial(to)
  const { host, address, port, timeout, isScan, isVerbose, protocol } = to
  const kind = protocol.toLowerCase()
  const isRefused = contacted.outcome === 'refused'
  if (protocol === 'UDP') {
    // -v sends four probes of one letter first, and what the program answers to each of them is heard.
    const isOpen = !isRefused && contacted.outcome !== 'no-route'
    const said = `Connection to ${shownHost(host, address)} ${port} port [${kind}/${NAMES[port] ?? '*'}] succeeded!\n`
    const text = isScan ? '' : (rawReply(contacted) ?? '')
    const wait = isVerbose ? 3000 : 0
    return {
      stdout: text,
      stderr: isVerbose && isOpen ? said : '',
      exitCode: isRefused ? 1 : 0,
      takes: Math.max(1, contacted.takes + wait + (text === '' && !isScan ? (timeout ?? 0) : 0)),
    }
  }
  if (isRefused || contacted.outcome === 'timeout' || contacted.outcome === 'no-route')
    return ended(1, {
      stderr: isVerbose
        ? `nc: connect to ${shownHost(host, address)} port ${port} (${kind}) ${contacted.outcome === 'timeout' && timeout !== undefined ? 'timed out: Operation now in progress' : `failed: ${failureText(contacted.outcome)}`}\n`
        : '',
      takes: waited(timeout, contacted),
    })
  const text = isScan ? undefined : rawReply(contacted)
  return {
    stdout: text ?? '',
    stderr: isVerbose
      ? `Connection to ${shownHost(host, address)} ${port} port [${kind}/${NAMES[port] ?? '*'}] succeeded!\n`
      : '',
    exitCode: 0,
    takes: Math.max(1, contacted.takes + (text === undefined && !isScan ? (timeout ?? 0) : 0)),
  }
}

const shownHost = (host: string, address: string): string =>
  host === address ? host : `${host} (${address})`

export const busyboxNc = netcat(
  { flags: 'lknubvztU', valued: 'pswioeq' },
  BUSYBOX_USAGE,
  (host) => `nc: bad address '${host}'\n`,
  'musl',
  busyboxDial,
)

export const openbsdNc = netcat(
  { flags: '46CDdFhklNnrStUuvZz', valued: 'IiMmOPpqsTVWwXx' },
  OPENBSD_USAGE,
  (host, port) => `nc: getaddrinfo for host "${host}" port ${port}: Name does not resolve\n`,
  'musl',
  openbsdDial,
)
