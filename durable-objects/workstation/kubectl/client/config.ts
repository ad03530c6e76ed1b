// The kubeconfig and what flags say instead. kubernetes: client-go tools/clientcmd
import { isFailure } from '#shell/files/failure.ts'
import { givenPath } from '#shell/files/path.ts'
import type { ToolCall } from '#shell/tools/tool.ts'
import { parseYaml } from '#apimachinery/yaml/parse.ts'
import type { JsonObject, JsonValue } from '#apimachinery/object.ts'
import { goDurationOf } from '#kubectl/command/values.ts'
import type { Flags } from '#kubectl/command/flags.ts'
import { KubectlFailure, PlainFailure } from '#kubectl/failure.ts'

interface Named<T> {
  readonly name: string
  readonly value: T
}

export interface ContextEntry {
  readonly cluster?: string
  readonly user?: string
  readonly namespace?: string
}

/** One file, or several merged: the first that says something wins. */
export interface KubeConfig {
  readonly clusters: readonly Named<JsonObject>[]
  readonly users: readonly Named<JsonObject>[]
  readonly contexts: readonly Named<ContextEntry>[]
  readonly currentContext: string
}

/** What a command does with it. */
export interface ConnectionConfig {
  readonly server: string
  /** The name that the kubeconfig gives it. */
  readonly user: string
  readonly namespace: string
  /** `--namespace` was given. */
  readonly isExplicit: boolean
}

const NOTHING: KubeConfig = { clusters: [], users: [], contexts: [], currentContext: '' }
/** Where kubectl looks when nobody says where a server is. */
const NO_SERVER = 'http://localhost:8080'

const isMap = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

/** Where kubeconfigs are, in order. */
export const configPaths = (call: ToolCall, flags: Flags): readonly string[] =>
  configNames(call, flags).map((name) => givenPath(call.cwd, name))

/** As they were named. */
const configNames = ({ env, user }: ToolCall, flags: Flags): readonly string[] => {
  const given = flags.string('kubeconfig')
  if (given !== '') return [given]
  const names = (env['KUBECONFIG'] ?? '').split(':').filter((name) => name !== '')
  return names.length > 0 ? names : [`${env['HOME'] ?? user.home}/.kube/config`]
}

export const loadConfig = (call: ToolCall, flags: Flags): KubeConfig => {
  const configs: KubeConfig[] = []
  const given = flags.string('kubeconfig')
  for (const name of configNames(call, flags)) {
    const path = givenPath(call.cwd, name)
    if (!call.files.exists(path)) {
      if (given !== '') throw new KubectlFailure(`stat ${given}: no such file or directory`)
      continue
    }
    const content = call.files.read(path)
    if (isFailure(content)) throw loading(name, `read ${name}: ${content.text.toLowerCase()}`)
    configs.push(readConfig(content, name))
  }
  return configs.reduce(merged, NOTHING)
}

const loading = (path: string, message: string): KubectlFailure =>
  new KubectlFailure(`error loading config file "${path}": ${message}`)

export const readConfig = (content: string, path: string): KubeConfig => {
  let value: JsonValue
  try {
    value = parseYaml(content).value
  } catch (error) {
    throw loading(path, (error as Error).message)
  }
  if (value === null) return NOTHING
  if (!isMap(value))
    throw loading(
      path,
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    )
  const [kind, version] = [text(value['kind']) || 'Config', text(value['apiVersion']) || 'v1']
  if (kind !== 'Config' || version !== 'v1')
    throw loading(
      path,
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(version)} in scheme "k8s.io/client-go/tools/clientcmd/api/latest/latest.go:50"`,
    )
  const named = <T>(key: string, inner: string): readonly Named<T>[] =>
    (Array.isArray(value[key]) ? (value[key] as readonly JsonValue[]) : [])
      .filter(isMap)
      .map((entry) => ({ name: text(entry['name']), value: (entry[inner] ?? {}) as T }))
  return {
    clusters: named('clusters', 'cluster'),
    users: named('users', 'user'),
    contexts: named('contexts', 'context'),
    currentContext: text(value['current-context']),
  }
}

const merged = (first: KubeConfig, second: KubeConfig): KubeConfig => ({
  clusters: without(first.clusters, second.clusters),
  users: without(first.users, second.users),
  contexts: without(first.contexts, second.contexts),
  currentContext: first.currentContext === '' ? second.currentContext : first.currentContext,
})

const without = <T>(
  first: readonly Named<T>[],
  second: readonly Named<T>[],
): readonly Named<T>[] => [
  ...first,
  ...second.filter(({ name }) => first.every((one) => one.name !== name)),
]

const contextNameOf = (config: KubeConfig, flags: Flags): string =>
  flags.global('context') || config.currentContext

/** Throws if the context is none that there is, as those commands say it that ask for the server first. kubernetes: clientcmd ConfirmUsable */
export const requireContext = (config: KubeConfig, flags: Flags): void => {
  const given = contextNameOf(config, flags)
  if (given !== '' && config.contexts.every(({ name }) => name !== given))
    throw new KubectlFailure(`context ${JSON.stringify(given)} does not exist`)
}

/** Throws what clientcmd says of a configuration that cannot be used. */
export const connectionOf = (
  config: KubeConfig,
  flags: Flags,
  canRead: (path: string) => boolean,
): ConnectionConfig => {
  const contextName = contextNameOf(config, flags)
  const context = config.contexts.find(({ name }) => name === contextName)?.value
  if (contextName !== '' && context === undefined)
    throw new PlainFailure(
      `Error in configuration: context was not found for specified context: ${contextName}`,
    )
  const clusterName = flags.global('cluster') || (context?.cluster ?? '')
  const cluster = config.clusters.find(({ name }) => name === clusterName)?.value
  if (flags.global('cluster') !== '' && cluster === undefined)
    throw new KubectlFailure(`no server found for cluster ${JSON.stringify(clusterName)}`)
  const userName = flags.global('user') || (context?.user ?? '')
  if (flags.global('user') !== '' && config.users.every(({ name }) => name !== userName))
    throw new PlainFailure(`error: auth info ${JSON.stringify(userName)} does not exist`)
  const authority = text(cluster?.['certificate-authority'])
  if (authority !== '' && !canRead(authority))
    throw new KubectlFailure(
      `unable to read certificate-authority ${authority} for ${clusterName} due to open ${authority}: no such file or directory`,
    )
  checkTimeout(flags.string('request-timeout'))
  const isExplicit = flags.changed('namespace') && flags.string('namespace') !== ''
  return {
    user: userName,
    server: flags.global('server') || text(cluster?.['server']) || NO_SERVER,
    namespace: flags.string('namespace') || (context?.namespace ?? '') || 'default',
    isExplicit,
  }
}

/** `--request-timeout` in milliseconds; 0: none. */
export const requestTimeoutOf = (flags: Flags): number => {
  const timeout = flags.string('request-timeout')
  return /^\d+$/.test(timeout) ? Number(timeout) * 1000 : (goDurationOf(timeout) ?? 0)
}

/** kubernetes: client-go tools/clientcmd ParseTimeout */
const checkTimeout = (timeout: string): void => {
  if (/^\d+$/.test(timeout) || goDurationOf(timeout) !== undefined) return
  throw new KubectlFailure(
    'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
  )
}
