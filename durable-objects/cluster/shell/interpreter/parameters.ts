// The values of `$name`, `$1`, `$?`, `$@`.
import { nowOf, type Shell, ShellFailure } from '#shell/interpreter/shell.ts'
import type { ShellState } from '#shell/interpreter/state.ts'
import { MESSAGES } from '#shell/language/flavour.ts'

const SPECIAL: Readonly<Record<string, (shell: Shell) => string | undefined>> = {
  '?': ({ state }) => String(state.status),
  $: ({ state }) => String(state.pid),
  '!': ({ state }) => (state.lastBackground === undefined ? '' : String(state.lastBackground)),
  '#': ({ state }) => String(state.positional.length),
  '-': ({ state }) => optionLetters(state.options, state.flavour),
  '0': ({ state }) => state.name,
}

const optionLetters = (options: ReadonlySet<string>, flavour: string): string =>
  (options.has('errexit') ? 'e' : '') +
  (flavour === 'bash' ? 'h' : '') +
  (options.has('nounset') ? 'u' : '') +
  (options.has('xtrace') ? 'x' : '') +
  (flavour === 'bash' ? 'Bc' : '')

const RANDOM_BOUND = 32_768

/** Variables that are worked out when somebody looks. */
const LIVING: Readonly<Record<string, (shell: Shell) => string>> = {
  RANDOM: (shell) => {
    shell.kernel.changes++
    return String(shell.machine.random() % RANDOM_BOUND)
  },
  SECONDS: (shell) => {
    shell.kernel.changes++
    return String(Math.floor((shell.kernel.time - shell.state.startedAt) / 1000))
  },
  EPOCHSECONDS: (shell) => String(Math.floor(nowOf(shell) / 1000)),
  LINENO: ({ state }) => String(state.line),
  BASHPID: ({ task }) => String(task.pid),
  UID: ({ machine }) => String(machine.user.uid),
  EUID: ({ machine }) => String(machine.user.uid),
  BASH_VERSION: () => '5.2.15(1)-release',
  HOSTNAME: ({ machine }) => machine.hostname,
  PPID: ({ task }) => String(task.parent),
}

/** dash knows fewer of them. */
const IN_DASH = new Set(['PPID'])
const IN_ASH = new Set(['LINENO', 'PPID', 'RANDOM', 'EPOCHSECONDS', 'HOSTNAME'])

const isLiving = (shell: Shell, name: string): boolean => {
  if (!Object.hasOwn(LIVING, name) || shell.state.variables.has(name)) return false
  const { flavour } = shell.state
  return flavour === 'bash' || (flavour === 'ash' ? IN_ASH : IN_DASH).has(name)
}

/** undefined: it is not set. */
export const parameter = (shell: Shell, name: string): string | undefined => {
  const { state } = shell
  if (Object.hasOwn(SPECIAL, name)) return SPECIAL[name]!(shell)
  if (/^\d+$/.test(name)) return state.positional[Number(name) - 1]
  if (name === '@' || name === '*')
    return state.positional.length === 0 ? undefined : state.positional.join(separator(shell))
  if (isLiving(shell, name)) return LIVING[name]!(shell)
  return state.get(name) ?? itemsOf(shell, name)?.[0]
}

/** What stands between the arguments in `"$*"`. */
export const separator = ({ state }: Shell): string => {
  const ifs = state.get('IFS')
  return ifs === undefined ? ' ' : ifs.slice(0, 1)
}

export const setParameter = (shell: Shell, name: string, value: string): void => {
  const { state } = shell
  if (state.isReadOnly(name)) throw readOnly(shell, name)
  if (value.length > shell.kernel.limits.text) throw new ShellFailure('value too long', 1)
  state.set(name, value)
}

export const setItem = (shell: Shell, name: string, index: number, value: string): void => {
  const { state } = shell
  if (state.isReadOnly(name)) throw readOnly(shell, name)
  const known = state.variable(name)
  const items = [...(known?.items ?? (known?.value === undefined ? [] : [known.value]))]
  shell.kernel.step(costOfCopy(items.length))
  const at = index < 0 ? items.length + index : index
  if (at < 0 || at > MOST_ITEMS) throw new ShellFailure(`${name}[${index}]: bad array subscript`, 1)
  while (items.length < at) items.push(undefined)
  items[at] = value
  state.setItems(name, items)
}

export const MOST_ITEMS = 65_536

const readOnly = (shell: Shell, name: string): ShellFailure =>
  new ShellFailure(MESSAGES.readOnly(name)[shell.state.flavour], fatalStatus(shell, 1))

/** How a shell ends that cannot go on. */
export const fatalStatus = ({ state }: Shell, inBash: number): number =>
  state.flavour === 'bash' ? inBash : 2

export const unsetFailure = (shell: Shell, name: string): ShellFailure =>
  new ShellFailure(
    MESSAGES.unset(name)[shell.state.flavour],
    fatalStatus(shell, shell.state.has('errexit') ? 1 : 127),
  )

/** Every change copies an array: a loop that lets it grow comes to its bound before it takes long. */
export const costOfCopy = (size: number): number => 1 + (size >> 4)

/** Arrays that are worked out when somebody looks. */
const LIVING_LISTS: Readonly<Record<string, (state: ShellState) => readonly string[]>> = {
  PIPESTATUS: (state) => state.pipeStatuses.map(String),
  FUNCNAME: (state) => state.functionNames,
}

/** The elements by number; undefined: it is no such array. */
export const itemsOf = (
  { state }: Shell,
  name: string,
): readonly (string | undefined)[] | undefined => {
  if (state.flavour === 'bash' && Object.hasOwn(LIVING_LISTS, name))
    return LIVING_LISTS[name]!(state)
  return state.variable(name)?.items
}

export const setKey = (shell: Shell, name: string, key: string, value: string): void => {
  const { state, kernel } = shell
  if (state.isReadOnly(name)) throw readOnly(shell, name)
  const keyed = new Map(state.variable(name)?.keyed)
  kernel.step(costOfCopy(keyed.size))
  keyed.set(key, value)
  if (keyed.size > MOST_ITEMS) throw new ShellFailure(`${name}: too many elements`, 1)
  state.setKeyed(name, keyed)
}

/** All elements of an array, or of the arguments. */
export const listOf = (shell: Shell, name: string): readonly string[] => {
  if (name === '@' || name === '*') return shell.state.positional
  const items = itemsOf(shell, name)
  if (items !== undefined) return items.filter((item) => item !== undefined)
  const keyed = shell.state.variable(name)?.keyed
  if (keyed !== undefined) return [...keyed.values()]
  const value = parameter(shell, name)
  return value === undefined ? [] : [value]
}
