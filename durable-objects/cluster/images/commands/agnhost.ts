// Those subcommands of agnhost that ask the network once and end. kubernetes: test/images/agnhost/connect/connect.go, dns/common.go
import { goResolve, parseDuration } from '#images/go-http.ts'
import { type CommandInput, type CommandOutput, ended } from '#images/commands/output.ts'
import type { Contacted, Transport } from '#images/network.ts'

/** Undefined if it is none of them. */
export const agnhostCommand = (input: CommandInput): CommandOutput | undefined => {
  const { resolvConf, hosts } = input.network
  switch (input.argv[1]) {
    case 'connect':
      return connect(input)
    case 'dns-suffix':
      return ended(0, { stdout: `${resolvConf.searches.join(',')}\n` })
    case 'dns-server-list':
      // It reads the first line that names servers, and there is one on each.
      return ended(0, { stdout: `${resolvConf.nameservers[0] ?? ''}\n` })
    case 'etc-hosts':
      return ended(0, { stdout: `${hosts}\n` })
    case undefined:
    default:
      return undefined
  }
}

const KERNEL_TIMEOUT = 134_000

const flag = (args: readonly string[], name: string): string | undefined => {
  const index = args.findIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`))
  if (index < 0) return undefined
  const word = args[index]!
  return word.includes('=') ? word.slice(name.length + 3) : args[index + 1]
}

const connect = (input: CommandInput): CommandOutput => {
  const args = input.argv.slice(2)
  const timeoutText = flag(args, 'timeout')
  const timeout = timeoutText === undefined ? 0 : (parseDuration(timeoutText) ?? 0)
  const protocol = flag(args, 'protocol') ?? 'tcp'
  const valued = new Set(['--timeout', '--protocol', '--udp-data', '--sctp-data'])
  const operands = args.filter(
    (word, index) => !word.startsWith('--') && !valued.has(args[index - 1] ?? ''),
  )
  if (operands.length !== 1)
    return ended(1, { stderr: `Error: accepts 1 arg(s), received ${operands.length}\n` })
  if (!['tcp', 'udp', 'sctp'].includes(protocol))
    return ended(1, { stderr: `Unsupported protocol\n${protocol}` })
  const dest = operands[0]!
  const match = /^(\[[^\]]*\]|[^:]*):([^:]*)$/.exec(dest)
  if (match === null) {
    const why = dest.includes(':') ? 'too many colons in address' : 'missing port in address'
    const kind = protocol === 'tcp' ? 'UNKNOWN' : 'DNS'
    return ended(1, { stderr: `${kind}: address ${dest}: ${why}\n` })
  }
  const host = match[1]!.replace(/^\[|\]$/g, '')
  const to = goResolve(input.network, host, match[2]!, protocol === 'udp' ? 'udp' : 'tcp')
  if ('error' in to) return ended(1, { stderr: `DNS: ${to.error}\n` })
  const contacted = input.network.contact({
    protocol: protocol.toUpperCase() as Transport,
    address: to.address,
    port: to.port,
    ...(protocol === 'tcp' ? {} : { message: `${flag(args, `${protocol}-data`) ?? 'hostname'}\n` }),
  })
  return protocol === 'tcp'
    ? tcpOutcome(contacted, timeout, `${to.address}:${to.port}`)
    : datagramOutcome(contacted, timeout, protocol, `${to.address}:${to.port}`)
}

const tcpOutcome = (contacted: Contacted, timeout: number, place: string): CommandOutput => {
  const takes = Math.max(1, contacted.takes)
  switch (contacted.outcome) {
    case 'refused':
      return ended(1, { stderr: 'REFUSED\n', takes })
    case 'timeout':
      return ended(1, { stderr: 'TIMEOUT\n', takes: timeout || KERNEL_TIMEOUT })
    case 'no-route':
      return ended(1, { stderr: `OTHER: dial tcp ${place}: connect: no route to host\n`, takes })
    case 'http':
    case 'message':
    case 'reset':
    case 'silent':
      return ended(0, { takes })
  }
}

/** Without --timeout it waits for ever; that is cut short here. */
const datagramOutcome = (
  contacted: Contacted,
  timeout: number,
  protocol: string,
  place: string,
): CommandOutput => {
  const takes = Math.max(1, contacted.takes)
  const way = `${protocol} ${contacted.source}->${place}`
  if (contacted.outcome === 'message' && contacted.text !== '') return ended(0, { takes })
  if (contacted.outcome === 'refused')
    return ended(1, {
      stderr:
        protocol === 'udp'
          ? `REFUSED: read ${way}: read: connection refused\n`
          : 'OTHER: connection refused\n',
      takes,
    })
  if (contacted.outcome === 'no-route')
    return ended(1, {
      stderr:
        protocol === 'udp'
          ? `UNKNOWN: write ${way}: write: no route to host\n`
          : 'OTHER: no route to host\n',
      takes,
    })
  return ended(1, {
    stderr: protocol === 'udp' ? `TIMEOUT: read ${way}: i/o timeout\n` : 'TIMEOUT\n',
    takes: timeout || KERNEL_TIMEOUT,
  })
}
