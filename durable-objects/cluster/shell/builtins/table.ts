// All builtins by name.
import type { Builtin } from '#shell/builtins/builtin.ts'
import { FLOW } from '#shell/builtins/flow.ts'
import { FOLDERS } from '#shell/builtins/folders.ts'
import { JOBS } from '#shell/builtins/jobs.ts'
import { KILL } from '#shell/builtins/kill.ts'
import { NAMES, namesOf } from '#shell/builtins/names.ts'
import { OUTPUT } from '#shell/builtins/output.ts'
import { READ } from '#shell/builtins/read.ts'
import { helpOf, SHOPT } from '#shell/builtins/shopt.ts'
import { TEST } from '#shell/builtins/test.ts'
import { VARIABLES } from '#shell/builtins/variables.ts'
import type { Flavour } from '#shell/language/flavour.ts'

export type { Builtin }

const isBuiltin = (name: string): boolean => BUILTINS.has(name)

const BUILTINS: ReadonlyMap<string, Builtin> = new Map([
  ...OUTPUT,
  ...TEST,
  ...FLOW,
  ...VARIABLES,
  ...READ,
  ...JOBS,
  ...KILL,
  ...NAMES,
  ...FOLDERS,
  ...SHOPT,
  ['help', helpOf(() => builtinNames('bash'))],
  ...namesOf(isBuiltin),
])

const BASH_ONLY = new Set([
  'source',
  'declare',
  'typeset',
  'mapfile',
  'readarray',
  'shopt',
  'bind',
  'disown',
  'builtin',
  'let',
  'history',
  'pushd',
  'popd',
  'dirs',
  'help',
])
const IN_ASH = new Set(['source', 'let', 'history'])

/** The builtin of this name, if this shell has it. */
export const builtinOf = (flavour: Flavour, name: string): Builtin | undefined => {
  if (flavour !== 'bash' && BASH_ONLY.has(name) && !(flavour === 'ash' && IN_ASH.has(name)))
    return undefined
  return BUILTINS.get(name)
}

/** The names of all that this shell has. */
export const builtinNames = (flavour: Flavour): readonly string[] =>
  [...BUILTINS.keys()].filter((name) => builtinOf(flavour, name) !== undefined)
