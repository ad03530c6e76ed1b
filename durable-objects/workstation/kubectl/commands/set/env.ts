// kubernetes: kubectl pkg/cmd/set/set_env.go, pkg/cmd/set/env
import { append } from '#apimachinery/append.ts'
import type { EnvVar } from '#api/core/v1/pod/container-types.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import {
  ALL_AND_SELECTOR,
  changeContainers,
  changeSpecs,
  type Container,
  foundToSet,
  LOCAL_AND_SERVER,
  nameFits,
  NO_RESOURCES,
  type Setting,
  settingOf,
} from '#kubectl/commands/set/change.ts'
import { EnvironmentList } from '#kubectl/commands/set/env-list.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { build } from '#kubectl/resource/builder.ts'
import type { Info } from '#kubectl/resource/info.ts'

const NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/
const NAME_RULE = `a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`

interface EnvChange {
  readonly set: readonly EnvVar[]
  readonly remove: readonly string[]
}

export const setEnv = (run: Invocation): void => {
  const { flags, args } = run
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new KubectlFailure(ALL_AND_SELECTOR)
  const isChange = (word: string): boolean => word.indexOf('=') > 0 || word.endsWith('-')
  const at = args.findIndex(isChange)
  const resources = at < 0 ? args : args.slice(0, at)
  const words = at < 0 ? [] : args.slice(at)
  if (!words.every(isChange))
    throw new KubectlFailure(
      `all resources must be specified before environment changes: ${args.join(' ')}`,
    )
  run.requireContext()
  const setting = settingOf(run)
  validate(setting, resources)
  const parsed = changesOf([...flags.list('env'), ...words], run.stdin)
  const prefix = flags.string('prefix')
  const set = [...parsed.set, ...varsFrom(run)].map((one) => ({
    ...one,
    name: `${prefix}${one.name}`,
  }))
  changeAll(setting, foundToSet(setting, resources), { ...parsed, set })
}

const validate = ({ run, isLocal, dryRun }: Setting, resources: readonly string[]): void => {
  const { flags } = run
  if (isLocal && dryRun === 'server') throw new KubectlFailure(LOCAL_AND_SERVER)
  if (flags.list('filename').length === 0 && resources.length === 0)
    throw new KubectlFailure(NO_RESOURCES)
  if (flags.bool('list') && flags.string('output') !== '')
    throw new KubectlFailure('--list and --output may not be specified together')
  if (flags.list('keys').length > 0 && flags.string('from') === '')
    throw new KubectlFailure(
      'when specifying --keys, a configmap or secret must be provided with --from',
    )
}

/** kubernetes: ParseEnv */
const changesOf = (words: readonly string[], stdin: string): EnvChange => {
  const set: EnvVar[] = []
  const remove: string[] = []
  for (const word of words) {
    const end = word.indexOf('=')
    if (word === '-') append(set, readEnvironment(stdin))
    else if (end >= 0) {
      const name = word.slice(0, end)
      if (!NAME.test(name))
        throw new KubectlFailure(`${JSON.stringify(name)} is not a valid key name: ${NAME_RULE}`)
      set.push({ name, value: word.slice(end + 1) })
    } else if (word.endsWith('-')) remove.push(word.slice(0, -1))
    else throw new KubectlFailure(`unknown environment variable: ${word}`)
  }
  if (set.some(({ name }) => remove.includes(name)))
    throw new KubectlFailure(
      'can not both modify and remove the same environment variable in the same command',
    )
  return { set, remove }
}

/** One a line; what follows `#` says nothing. kubernetes: readEnv */
const readEnvironment = (text: string): readonly EnvVar[] =>
  text
    .split('\n')
    .map((line) => line.replace(/\r$/, '').replace(/#.*/s, ''))
    .filter((line) => line.includes('='))
    .map((line) => {
      const [name = '', ...value] = line.split('=')
      return { name, value: value.join('=') }
    })

/** `--from=configmap/settings`: a variable for each key. */
const varsFrom = (run: Invocation): readonly EnvVar[] => {
  const from = run.flags.string('from')
  if (from === '') return []
  const wanted = run.flags.list('keys')
  return build(run, { args: [from], continuesOnError: true, latest: true, flattens: true })
    .all()
    .flatMap(({ resource: { kind, group }, name: source, object }) => {
      if (group !== '' || (kind !== 'Secret' && kind !== 'ConfigMap'))
        throw new KubectlFailure('unsupported resource specified in --from')
      const keys = Object.keys((object?.['data'] ?? {}) as JsonObject).toSorted()
      const field = kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef'
      return keys
        .filter((key) => wanted.length === 0 || wanted.includes(key))
        .map((key) => {
          const name = key.replace(/[^a-zA-Z0-9_]/g, '_').toUpperCase()
          if (name !== key) run.err(`Warning: key ${key} transferred to ${name}\n`)
          return { name, valueFrom: { [field]: { key, name: source } } }
        })
    })
}

const envOf = (container: Container): readonly EnvVar[] =>
  (container['env'] ?? []) as unknown as readonly EnvVar[]

const changeAll = (setting: Setting, infos: readonly Info[], change: EnvChange): void => {
  const { run } = setting
  const pattern = run.flags.string('containers')
  const isListed = run.flags.bool('list')
  const listing = new EnvironmentList(run)
  const update = (spec: JsonObject, info: Info): JsonObject => {
    const { resource, name } = info
    const { spec: after, count } = changeContainers(
      spec,
      (one) => nameFits(one, pattern),
      (container) => {
        if (!run.flags.bool('overwrite')) refuseOverwriting(envOf(container), change.set)
        const env = updated(envOf(container), change)
        if (isListed) listing.list(info, container, env)
        const { env: _old, ...rest } = container
        return env.length === 0 ? rest : { ...rest, env: env as unknown as JsonObject[] }
      },
    )
    if (count === 0)
      run.err(
        `Warning: ${resource.kind}/${name} does not have any containers matching ${JSON.stringify(pattern)}\n`,
      )
    return after
  }
  const words = { done: 'env updated', failed: 'failed to patch env update to pod template:' }
  changeSpecs(isListed ? { ...setting, isSilent: true } : setting, infos, update, words)
  listing.finish()
}

const refuseOverwriting = (existing: readonly EnvVar[], set: readonly EnvVar[]): void => {
  for (const { name, value = '' } of set) {
    const current = existing.find((one) => one.name === name)
    if (current !== undefined && (current.value ?? '') !== value)
      throw new KubectlFailure(
        `'${name}' already has a value (${current.value ?? ''}), and --overwrite is false`,
      )
  }
}

/** kubernetes: updateEnv */
const updated = (existing: readonly EnvVar[], { set, remove }: EnvChange): readonly EnvVar[] => {
  const covered = new Set(remove)
  const out: EnvVar[] = []
  for (const one of existing) {
    if (covered.has(one.name)) continue
    const newer = set.find(({ name }) => name === one.name)
    if (newer !== undefined) covered.add(one.name)
    out.push(newer ?? one)
  }
  for (const one of set) {
    if (covered.has(one.name)) continue
    covered.add(one.name)
    out.push(one)
  }
  return out
}
