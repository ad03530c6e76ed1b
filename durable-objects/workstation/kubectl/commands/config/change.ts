// Commands that change the kubeconfig. kubernetes: kubectl pkg/cmd/config
import type { JsonValue } from '#apimachinery/object.ts'
import { encodeBase64 } from '#apimachinery/base64.ts'
import { isFailure } from '#shell/files/failure.ts'
import { givenPath } from '#shell/files/path.ts'
import { bytesOf } from '#shell/files/bytes.ts'
import {
  type Entry,
  fileWith,
  firstFile,
  mergedConfig,
  setField,
  writeConfig,
} from '#kubectl/commands/config/file.ts'
import { wrongArguments } from '#kubectl/commands/config/show.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { CommandBody, Invocation } from '#kubectl/invocation.ts'

const onlyArgument = (run: Invocation, word?: string): string => {
  const [name, ...more] = run.args
  if (name === undefined || more.length > 0) throw wrongArguments(run, word)
  return name
}

export const useContext: CommandBody = (run) => {
  const name = onlyArgument(run)
  if (!mergedConfig(run).contexts.has(name))
    throw new KubectlFailure(`no context exists with the name: ${JSON.stringify(name)}`)
  const file = firstFile(run)
  file.currentContext = name
  writeConfig(run, file)
  run.out(`Switched to context ${JSON.stringify(name)}.\n`)
}

export const setContext: CommandBody = (run) => {
  const { flags, args } = run
  const isCurrent = flags.bool('current')
  if (isCurrent && args.length > 0)
    throw new KubectlFailure('you cannot specify both a context name and --current')
  if (args.length > 1) throw wrongArguments(run)
  const config = mergedConfig(run)
  if (isCurrent && config.currentContext === '')
    throw new KubectlFailure('no current context is set')
  const name = isCurrent ? config.currentContext : (args[0] ?? '')
  if (name === '')
    throw new KubectlFailure('you must specify a non-empty context name or --current')
  const file = fileWith(run, 'contexts', name)
  const isKnown = file.contexts.has(name)
  const entry: Entry = { ...file.contexts.get(name) }
  for (const field of ['cluster', 'user', 'namespace'])
    if (flags.changed(field)) setField(entry, field, flags.string(field) || undefined)
  if (!isKnown && entry['cluster'] === undefined) entry['cluster'] = ''
  if (!isKnown && entry['user'] === undefined) entry['user'] = ''
  file.contexts.set(name, entry)
  writeConfig(run, file)
  run.out(`Context ${JSON.stringify(name)} ${isKnown ? 'modified' : 'created'}.\n`)
}

/** The file's content instead of its path, if asked for. */
const setFile = (run: Invocation, entry: Entry, field: string): void => {
  if (!run.flags.changed(field)) return
  const path = run.flags.string(field)
  const absolute = givenPath(run.call.cwd, path)
  if (!run.flags.bool('embed-certs')) {
    setField(entry, `${field}-data`, undefined)
    return setField(entry, field, path === '' ? undefined : absolute)
  }
  const content = run.call.files.read(absolute)
  if (isFailure(content))
    throw new KubectlFailure(
      `could not read ${field} data from ${path}: open ${path}: ${content.text.toLowerCase()}`,
    )
  setField(entry, field, undefined)
  setField(entry, `${field}-data`, encodeBase64(bytesOf(content)))
}

export const setCluster: CommandBody = (run) => {
  const name = onlyArgument(run)
  const { flags } = run
  const file = fileWith(run, 'clusters', name)
  const entry: Entry = { ...file.clusters.get(name) }
  if (flags.changed('server')) setField(entry, 'server', flags.string('server'))
  for (const field of ['tls-server-name', 'proxy-url'])
    if (flags.changed(field)) setField(entry, field, flags.string(field) || undefined)
  if (flags.changed('insecure-skip-tls-verify')) {
    const isInsecure = flags.bool('insecure-skip-tls-verify')
    setField(entry, 'insecure-skip-tls-verify', isInsecure ? true : undefined)
    if (isInsecure)
      for (const field of ['certificate-authority', 'certificate-authority-data'])
        setField(entry, field, undefined)
  }
  if (flags.changed('certificate-authority')) setField(entry, 'insecure-skip-tls-verify', undefined)
  setFile(run, entry, 'certificate-authority')
  if (entry['server'] === undefined) entry['server'] = ''
  file.clusters.set(name, entry)
  writeConfig(run, file)
  run.out(`Cluster ${JSON.stringify(name)} set.\n`)
}

export const setCredentials: CommandBody = (run) => {
  const name = onlyArgument(run, 'unexpected')
  const { flags } = run
  const given = (field: string): boolean => flags.string(field) !== ''
  if (given('token') && (given('username') || given('password')))
    throw new KubectlFailure(
      'you cannot specify more than one authentication method at the same time: --token, --username/--password',
    )
  const file = fileWith(run, 'users', name)
  const entry: Entry = { ...file.users.get(name) }
  setFile(run, entry, 'client-certificate')
  setFile(run, entry, 'client-key')
  if (flags.changed('token')) {
    setField(entry, 'token', flags.string('token') || undefined)
    for (const field of ['username', 'password']) setField(entry, field, undefined)
  }
  for (const field of ['username', 'password'])
    if (flags.changed(field)) {
      setField(entry, field, flags.string(field) || undefined)
      setField(entry, 'token', undefined)
    }
  file.users.set(name, entry)
  writeConfig(run, file)
  run.out(`User ${JSON.stringify(name)} set.\n`)
}

const remove =
  (section: 'clusters' | 'contexts' | 'users', what: string): CommandBody =>
  (run) => {
    const name = onlyArgument(run)
    const file = fileWith(run, section, name)
    if (!file[section].has(name))
      throw new KubectlFailure(`cannot delete ${what} ${name}, not in ${file.path}`)
    if (section === 'contexts' && name === mergedConfig(run).currentContext)
      run.err(
        'warning: this removed your active context, use "kubectl config use-context" to select a different one\n',
      )
    file[section].delete(name)
    writeConfig(run, file)
    run.out(`deleted ${what} ${name} from ${file.path}\n`)
  }

export const deleteCluster = remove('clusters', 'cluster')
export const deleteContext = remove('contexts', 'context')
export const deleteUser = remove('users', 'user')

export const renameContext: CommandBody = (run) => {
  const [from, to, ...more] = run.args
  if (from === undefined || to === undefined || more.length > 0) throw wrongArguments(run)
  const file = fileWith(run, 'contexts', from)
  const context = file.contexts.get(from)
  if (context === undefined)
    throw new KubectlFailure(
      `cannot rename the context ${JSON.stringify(from)}, it's not in ${file.path}`,
    )
  if (mergedConfig(run).contexts.has(to))
    throw new KubectlFailure(
      `cannot rename the context ${JSON.stringify(from)}, the context ${JSON.stringify(to)} already exists in ${file.path}`,
    )
  file.contexts.delete(from)
  file.contexts.set(to, context)
  if (file.currentContext === from) file.currentContext = to
  writeConfig(run, file)
  run.out(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.\n`)
}

/** `clusters.kubarium.server`: where a property stands. */
const setProperty = (run: Invocation, property: string, value: JsonValue | undefined): void => {
  const [section = '', name = '', ...rest] = property.split('.')
  const unknown = new KubectlFailure(`unable to parse ${property} after [] at api.Config`)
  if (property === 'current-context') {
    const file = firstFile(run)
    file.currentContext = typeof value === 'string' ? value : ''
    return writeConfig(run, file)
  }
  if (section !== 'clusters' && section !== 'contexts' && section !== 'users') throw unknown
  const file = fileWith(run, section, name)
  const field = rest.join('.')
  if (field === '') {
    if (value !== undefined)
      throw new KubectlFailure(`can't set ${section}.${name} to ${String(value)}`)
    file[section].delete(name)
  } else {
    const entry: Entry = { ...file[section].get(name) }
    setField(entry, field, value)
    file[section].set(name, entry)
  }
  writeConfig(run, file)
}

const BOOLEANS: ReadonlySet<string> = new Set(['insecure-skip-tls-verify', 'disable-compression'])

export const set: CommandBody = (run) => {
  const [property, value, ...more] = run.args
  if (property === undefined || value === undefined || more.length > 0) throw wrongArguments(run)
  const field = property.slice(property.lastIndexOf('.') + 1)
  if (BOOLEANS.has(field) && !/^(true|false|1|0|t|f)$/i.test(value))
    throw new KubectlFailure(
      `Error parsing as bool: strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`,
    )
  setProperty(run, property, BOOLEANS.has(field) ? /^(true|1|t)$/i.test(value) : value)
  run.out(`Property ${JSON.stringify(property)} set.\n`)
}

export const unset: CommandBody = (run) => {
  const property = onlyArgument(run)
  setProperty(run, property, undefined)
  run.out(`Property ${JSON.stringify(property)} unset.\n`)
}
