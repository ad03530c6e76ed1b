// One run of kubectl: what it was told, and what it may use.
import type { KubectlHost } from '#kubectl/host.ts'
import type { ToolCall, ToolRequest, ToolRun } from '#shell/tools/tool.ts'
import { ApiClient } from '#kubectl/client/api-client.ts'
import {
  connectionOf,
  type ConnectionConfig,
  type KubeConfig,
  loadConfig,
  requireContext,
} from '#kubectl/client/config.ts'
import { discover, type Discovery } from '#kubectl/client/discovery.ts'
import { CLIENT_VERSION, refuseOtherVersion } from '#kubectl/client/version.ts'
import { RestMapper } from '#kubectl/client/rest-mapper.ts'
import type { CommandLine, Flags } from '#kubectl/command/flags.ts'
import { pathOf, type Command } from '#kubectl/command/tree.ts'
import { KubectlFailure, usageFailure } from '#kubectl/failure.ts'
import type { ApiCall } from '#kubectl/host.ts'
import { logLine } from '#kubectl/log.ts'

/** What servers serve is believed for as long. kubernetes: client-go discovery/cached/disk */
const DISCOVERY_MS = 6 * 3_600_000

/** How often commands ask what is served. */
const ATTEMPTS: Readonly<Record<string, number>> = {
  'api-resources': 1,
  'api-versions': 1,
  'create clusterrole': 2,
  'create role': 2,
  run: 1,
}
const MOST_ATTEMPTS = 5

/** What a computer remembers from one run to the next. */
export interface DiscoveryMemory {
  latest?: { readonly at: number; readonly discovery: Discovery }
}

interface Piece {
  readonly fd: 1 | 2
  text: string
}

/** More is handed on at once. */
const FULL = 65_536

export class Invocation {
  readonly command: Command
  readonly flags: Flags
  readonly args: readonly string[]
  /** How many of the arguments stood before `--`; -1 if there was none. */
  readonly dashAt: number
  readonly call: ToolCall
  readonly host: KubectlHost
  /** All of standard input, if a flag asked for it. */
  stdin = ''
  /** How many the server has given. */
  warnings = 0
  /** How it ends if nothing worse happens. */
  exitCode = 0
  #pieces: Piece[] = []
  #size = 0
  #config: KubeConfig | undefined
  #connection: ConnectionConfig | undefined
  #client: ApiClient | undefined
  #mapper: RestMapper | undefined
  readonly #memory: DiscoveryMemory
  #hasDiscovered = false

  constructor(
    command: Command,
    line: CommandLine,
    call: ToolCall,
    host: KubectlHost,
    memory: DiscoveryMemory = {},
  ) {
    this.#memory = memory
    this.command = command
    this.flags = line.flags
    this.args = line.args
    this.dashAt = line.dashAt
    this.call = call
    this.host = host
  }

  /** `kubectl get` */
  get path(): string {
    return pathOf(this.command)
  }

  get config(): KubeConfig {
    return (this.#config ??= loadConfig(this.call, this.flags))
  }

  get connection(): ConnectionConfig {
    return (this.#connection ??= connectionOf(this.config, this.flags, (path) =>
      this.call.files.exists(path),
    ))
  }

  /** Throws if there is no such context. */
  requireContext(): void {
    requireContext(this.config, this.flags)
  }

  get namespace(): string {
    return this.connection.namespace
  }

  get client(): ApiClient {
    if (this.#client !== undefined) return this.#client
    const impersonate = impersonationOf(this.flags, this.connection.user)
    this.#client = new ApiClient({
      host: this.host,
      server: this.connection.server,
      userAgent: `kubectl/${CLIENT_VERSION} (linux/amd64) kubernetes/0000000`,
      ...(impersonate === undefined ? {} : { impersonate }),
      warn: (text) => {
        this.warnings++
        this.err(`Warning: ${text}\n`)
      },
    })
    if (this.flags.bool('match-server-version')) refuseOtherVersion(this.#client.get('/version'))
    return this.#client
  }

  get mapper(): RestMapper {
    return (this.#mapper ??= new RestMapper(
      () => this.#discovery(),
      (text) => this.err(`Warning: ${text}\n`),
      () => {
        if (this.#hasDiscovered) return false
        this.forgetDiscovery()
        return true
      },
    ))
  }

  #discovery(): Discovery {
    const memory = this.#memory
    const problem = this.client.problem('/api?timeout=32s')
    if (problem !== undefined) {
      this.tellUnserved(problem, ATTEMPTS[this.command.name] ?? MOST_ATTEMPTS)
      // throws
      return discover(this.client)
    }
    const { latest } = memory
    const age = latest === undefined ? Infinity : this.now() - latest.at
    if (latest !== undefined && age >= 0 && age < DISCOVERY_MS) return latest.discovery
    const discovery = discover(this.client)
    this.#hasDiscovered = true
    memory.latest = { at: this.now(), discovery }
    return discovery
  }

  /** Each attempt is logged before the last one fails. */
  tellUnserved(problem: string, times: number): void {
    const text = `"Unhandled Error" err="couldn't get current server API group list: ${problem.replaceAll('"', '\\"')}"`
    for (let tries = times; tries > 0; tries--)
      this.err(logLine(this, 'memcache.go:265', text, 'E'))
  }

  /** What is served is asked anew. */
  forgetDiscovery(): void {
    delete this.#memory.latest
  }

  /** To standard output. */
  out(text: string): void {
    this.#add(1, text)
  }

  /** To standard error. */
  err(text: string): void {
    this.#add(2, text)
  }

  #add(fd: 1 | 2, text: string): void {
    if (text === '') return
    this.#size += text.length
    const last = this.#pieces.at(-1)
    if (last?.fd === fd) last.text += text
    else this.#pieces.push({ fd, text })
  }

  get isFull(): boolean {
    return this.#size > FULL
  }

  /** Hands on what was written. To be called before anything that waits. */
  *flush(): ToolRun<void> {
    const pieces = this.#pieces
    this.#pieces = []
    this.#size = 0
    for (const { fd, text } of pieces) yield { kind: 'write', fd, text } satisfies ToolRequest
  }

  /** What a wrong command line is answered. */
  usage(message: string): KubectlFailure {
    return usageFailure(this.path, message)
  }

  now(): number {
    return this.call.now()
  }
}

const impersonationOf = (flags: Flags, authInfo: string): ApiCall['impersonate'] => {
  const user = flags.string('as')
  const groups = flags.list('as-group')
  const uid = flags.string('as-uid')
  if (user === '') {
    if (groups.length === 0 && uid === '' && flags.list('as-user-extra').length === 0)
      return undefined
    throw new KubectlFailure(
      `requesting uid, groups or user-extra for ${authInfo} without impersonating a user`,
    )
  }
  const extra: Record<string, string[]> = {}
  for (const pair of flags.list('as-user-extra')) {
    const at = pair.indexOf('=')
    const key = at < 0 ? pair : pair.slice(0, at)
    const values = Object.hasOwn(extra, key) ? extra[key]! : []
    Object.defineProperty(extra, key, {
      value: [...values, at < 0 ? '' : pair.slice(at + 1)],
      enumerable: true,
      configurable: true,
    })
  }
  return {
    user,
    groups,
    ...(uid === '' ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

/** What a command does. A generator if it waits for something. */
export type CommandBody = (run: Invocation) => ToolRun<void> | void
