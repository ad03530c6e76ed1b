// From a command line to the program that it means.
import { programName, type ToolMaker, type Tools } from '#images/behaviour.ts'
import { agnhostCommand } from '#images/commands/agnhost.ts'
import { curl } from '#images/commands/curl.ts'
import { dig } from '#images/commands/dig.ts'
import { getent } from '#images/commands/getent.ts'
import { host } from '#images/commands/host.ts'
import { busyboxNc, openbsdNc } from '#images/commands/nc.ts'
import { bindNslookup } from '#images/commands/nslookup-bind.ts'
import { busyboxNslookup } from '#images/commands/nslookup-busybox.ts'
import {
  type CommandInput,
  type CommandOutput,
  ended,
  type NetworkCommand,
} from '#images/commands/output.ts'
import { busyboxPing, iputilsPing } from '#images/commands/ping.ts'
import { busyboxWget } from '#images/commands/wget-busybox.ts'
import { gnuWget } from '#images/commands/wget-gnu.ts'

const COMMANDS: Readonly<Record<string, Partial<Record<ToolMaker, NetworkCommand>>>> = {
  curl: { curl },
  wget: { busybox: busyboxWget, gnu: gnuWget },
  nslookup: { busybox: busyboxNslookup, bind: bindNslookup },
  dig: { bind: dig },
  host: { bind: host },
  nc: { busybox: busyboxNc, openbsd: openbsdNc },
  ping: { busybox: busyboxPing, iputils: iputilsPing },
  getent: { musl: getent, glibc: getent },
}

/** Other names of the same programs. */
const ALIASES: Readonly<Record<string, string>> = { netcat: 'nc', ncat: 'nc', ping4: 'ping' }

/** What an image has of which nobody knows what it holds. */
const ANYWHERE: Tools = {
  curl: 'curl',
  wget: 'busybox',
  nslookup: 'busybox',
  dig: 'bind',
  host: 'bind',
  nc: 'busybox',
  ping: 'busybox',
  getent: 'glibc',
}

/** Whether the word names a command that asks the network. */
export const isNetworkCommand = (word: string | undefined): boolean => {
  const name = programName(word)
  return Object.hasOwn(COMMANDS, ALIASES[name] ?? name)
}

/** What the command does; undefined if it is none of these, or listens instead of asking. */
export const runNetworkCommand = (
  input: CommandInput,
  tools: Tools = ANYWHERE,
): CommandOutput | undefined => {
  const [first, ...rest] = input.argv
  const given = programName(first)
  if (given === 'busybox') return runNetworkCommand({ ...input, argv: rest }, tools)
  if (given === 'agnhost') return agnhostCommand(input)
  const name = Object.hasOwn(ALIASES, given) ? ALIASES[given]! : given
  if (!Object.hasOwn(COMMANDS, name)) return undefined
  if (name === 'nc' && rest.some((word) => /^-\w*l/.test(word))) return undefined
  const maker = Object.hasOwn(tools, name) ? tools[name] : undefined
  const command = maker === undefined ? undefined : COMMANDS[name]![maker]
  if (command === undefined) return ended(127, { stderr: `sh: ${first}: not found\n` })
  return command(input)
}
