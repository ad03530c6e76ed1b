// Commands that look at the kubeconfig. kubernetes: kubectl pkg/cmd/config/{view,get_contexts,…}.go
import type { JsonValue } from '#apimachinery/object.ts'
import { ConfigFile, type Entry, mergedConfig } from '#kubectl/commands/config/file.ts'
import { helpOf } from '#kubectl/command/help.ts'
import { KubectlFailure, throwAll } from '#kubectl/failure.ts'
import type { CommandBody, Invocation } from '#kubectl/invocation.ts'
import { AlignedColumns } from '#kubectl/output/aligned.ts'
import { outputFormat } from '#kubectl/output/format.ts'
import { typedPrinterFor } from '#kubectl/output/printer.ts'

/** The help on standard output, and what is wrong. kubernetes: helpErrorf */
export const wrongArguments = (run: Invocation, word = 'Unexpected'): KubectlFailure => {
  run.out(helpOf(run.command, run.call))
  return new KubectlFailure(`${word} args: [${run.args.join(' ')}]`)
}

const HIDDEN: Readonly<Record<string, string>> = {
  'certificate-authority-data': 'DATA+OMITTED',
  'client-certificate-data': 'DATA+OMITTED',
  'client-key-data': 'DATA+OMITTED',
  token: 'REDACTED',
  password: 'REDACTED',
}

const redacted = (entry: Entry): Entry =>
  Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [
      key,
      Object.hasOwn(HIDDEN, key) ? HIDDEN[key] : value,
    ]),
  )

export const view: CommandBody = (run) => {
  if (run.args.length > 0) throw run.usage(`unexpected arguments: [${run.args.join(' ')}]`)
  const { flags } = run
  const config = flags.bool('minify') ? minified(run, mergedConfig(run)) : mergedConfig(run)
  if (!flags.bool('raw'))
    for (const section of ['clusters', 'users'] as const)
      for (const [name, entry] of config[section]) config[section].set(name, redacted(entry))
  const format = outputFormat(run)
  const document = config.document()
  run.out(typedPrinterFor(run, format)(document))
}

/** Only what the context uses. */
const minified = (run: Invocation, config: ConfigFile): ConfigFile => {
  const name = run.flags.string('context') || config.currentContext
  if (name === '') throw new KubectlFailure('current-context must exist in order to minify')
  const context = config.contexts.get(name)
  if (context === undefined) throw new KubectlFailure(`cannot locate context ${name}`)
  const small = new ConfigFile(config.path)
  small.currentContext = name
  small.contexts.set(name, context)
  const keep = (section: 'clusters' | 'users', field: JsonValue | undefined): void => {
    const entry = typeof field === 'string' ? config[section].get(field) : undefined
    if (entry !== undefined) small[section].set(field as string, entry)
  }
  keep('clusters', context['cluster'])
  keep('users', context['user'])
  return small
}

const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

export const getContexts: CommandBody = (run) => {
  const { flags } = run
  const format = flags.string('output')
  if (format !== '' && format !== 'name')
    throw new KubectlFailure(
      `--output ${format} is not available in kubectl config get-contexts; resetting to default output format`,
    )
  const config = mergedConfig(run)
  const all = run.args.length === 0 ? [...config.contexts.keys()].sort() : run.args
  const failures = all
    .filter((name) => !config.contexts.has(name))
    .map((name) => new KubectlFailure(`context ${name} not found`))
  const names = all.filter((name) => config.contexts.has(name)).toSorted()
  if (format === 'name') run.out(names.map((name) => `${name}\n`).join(''))
  else {
    const rows: (readonly string[])[] = flags.bool('no-headers')
      ? []
      : [['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE']]
    for (const name of names) {
      const { cluster, user, namespace } = config.contexts.get(name)!
      const mark = name === config.currentContext ? '*' : ''
      rows.push([mark, name, text(cluster), text(user), text(namespace)])
    }
    run.out(new AlignedColumns().format(rows))
  }
  throwAll(failures)
}

export const currentContext: CommandBody = (run) => {
  const name = mergedConfig(run).currentContext
  if (name === '') throw new KubectlFailure('current-context is not set')
  run.out(`${name}\n`)
}

const names =
  (section: 'clusters' | 'users'): CommandBody =>
  (run) => {
    const found = [...mergedConfig(run)[section].keys()].sort()
    run.out(['NAME', ...found].map((name) => `${name}\n`).join(''))
  }

export const getClusters = names('clusters')
export const getUsers = names('users')
