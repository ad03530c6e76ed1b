// How agnhost's subcommands read their arguments. kubernetes: test/images/agnhost, spf13/cobra
import type { Process, ProgramContext } from '#images/behaviour.ts'

export type Subcommand = (args: readonly string[], context: ProgramContext) => Process | undefined

/** `--http-port=80` or `--http-port 80`, the last one given. */
export const option = (args: readonly string[], name: string): string | undefined => {
  const index = args.findLastIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`))
  if (index < 0) return undefined
  const word = args[index]!
  return word === `--${name}` ? args[index + 1] : word.slice(name.length + 3)
}

export const portOption = (args: readonly string[], name: string, otherwise: number): number => {
  const port = Number(option(args, name) ?? otherwise)
  return Number.isInteger(port) ? port : otherwise
}

export const isOn = (args: readonly string[], name: string, otherwise: boolean): boolean => {
  const index = args.findLastIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`))
  return index < 0 ? otherwise : !/=(false|f|0)$/i.test(args[index]!)
}

const isPort = (port: number): boolean => port > 0 && port < 65_536

/** The port if a program can listen on it. */
export const listenable = (port: number): number | undefined => (isPort(port) ? port : undefined)
