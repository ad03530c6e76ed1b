// Which flags a command has: read from its recorded help, and what that does not tell.

export type FlagKind =
  | 'bool'
  | 'string'
  | 'int'
  | 'duration'
  | 'list'
  | 'array'
  | 'map'
  | 'pairs'
  | 'float'

export interface FlagSpec {
  readonly name: string
  readonly shorthand?: string
  readonly kind: FlagKind
  /** As its help shows it, without quotes. */
  readonly initial: string
  /** Its numbers have 32 bits. */
  readonly isInt32?: boolean
  /** What it means without a value; undefined: it needs one. */
  readonly bare?: string
  readonly deprecated?: string
  /** Its help does not show it. */
  readonly isHidden?: boolean
  /** Every command has it. */
  readonly isGlobal?: boolean
  /** The command cannot do without it. */
  readonly isRequired?: boolean
}

/** Lists whose values are not taken apart at commas. pflag: StringArray */
const ARRAYS: ReadonlySet<string> = new Set([
  'allowlist-entry',
  'annotation',
  'annotations',
  'appendarg',
  'as-group',
  'as-user-extra',
  'audience',
  'auth-provider-arg',
  'env',
  'exec-arg',
  'exec-env',
  'for',
  'from-literal',
  'group',
  'option',
  'prependarg',
  'prune-allowlist',
  'prune-whitelist',
  'resource-name',
  'rule',
  'serviceaccount',
  'user',
])
const MAPS: ReadonlySet<string> = new Set(['set-image', 'vmodule'])
/** kubernetes: component-base cli/flag MapStringString */
const PAIRS: ReadonlySet<string> = new Set(['aggregation-rule'])

/** pflag: Int32 */
const INT32: ReadonlySet<string> = new Set(['cpu-percent', 'max', 'min', 'value'])

/** What flags mean that stand alone although they are no booleans. */
const BARE: Readonly<Record<string, string>> = {
  cascade: 'background',
  'dry-run': 'unchanged',
  validate: 'strict',
}

const kindOf = (name: string, shown: string): FlagKind => {
  if (shown === 'true' || shown === 'false') return 'bool'
  if (MAPS.has(name)) return 'map'
  if (PAIRS.has(name)) return 'pairs'
  if (shown.startsWith('[')) return ARRAYS.has(name) ? 'array' : 'list'
  if (/^-?\d+$/.test(shown)) return 'int'
  if (/^(\d+[hms])+$/.test(shown)) return 'duration'
  return 'string'
}

const FLAG = /^ {4}(?:-(\S), )?--([\w-]+)=(.*):$/gm

const hidden = (
  name: string,
  kind: FlagKind,
  initial: string,
  more: Partial<FlagSpec> = {},
): FlagSpec => ({ name, kind, initial, isHidden: true, ...more })

const RECORD = hidden('record', 'bool', 'false', {
  bare: 'true',
  deprecated: '--record will be removed in the future',
})
const RECORDING: ReadonlySet<string> = new Set([
  'annotate',
  'apply',
  'apply edit-last-applied',
  'create',
  'edit',
  'expose',
  'label',
  'patch',
  'run',
  'scale',
  'autoscale',
  'set image',
  'set resources',
  'set selector',
  'set serviceaccount',
])

const HIDDEN: Readonly<Record<string, readonly FlagSpec[]>> = {
  get: [hidden('server-print', 'bool', 'true', { bare: 'true' })],
}

/** cobra: MarkFlagRequired */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  autoscale: ['max'],
  'create clusterrolebinding': ['clusterrole'],
  'create cronjob': ['image', 'schedule'],
  'create deployment': ['image'],
  'create service externalname': ['external-name'],
  'kuberc set': ['section'],
  run: ['image'],
  scale: ['replicas'],
}

/** The flags of a command that its help shows, in order. */
export const ownFlags = (command: string, help: string): readonly FlagSpec[] => {
  const required = REQUIRED[command] ?? []
  return flagsInHelp(help).map((flag) =>
    required.includes(flag.name) ? { ...flag, isRequired: true } : flag,
  )
}

/** The flags that stand in a help text, in order. */
export const flagsInHelp = (help: string): readonly FlagSpec[] =>
  [...help.matchAll(FLAG)].map(([, shorthand, name = '', shown = '']) => {
    const kind = kindOf(name, shown)
    const bare = kind === 'bool' ? 'true' : BARE[name]
    return {
      name,
      ...(shorthand === undefined ? {} : { shorthand }),
      kind,
      ...(INT32.has(name) ? { isInt32: true } : {}),
      initial:
        kind === 'string' ? shown.replace(/^'(.*)'$/, '$1') : shown.replace(/^\[(.*)\]$/, '$1'),
      ...(bare === undefined ? {} : { bare }),
    }
  })

/** Flags that work although no help shows them. */
export const hiddenFlags = (command: string): readonly FlagSpec[] => [
  ...(RECORDING.has(command) ? [RECORD] : []),
  ...(HIDDEN[command] ?? []),
]

/** kubectl's own `--help`, which every command has. */
export const HELP_FLAG: FlagSpec = {
  name: 'help',
  shorthand: 'h',
  kind: 'bool',
  initial: 'false',
  bare: 'true',
}
