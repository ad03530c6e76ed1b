// Lifecycle hooks: what they do, how long that takes, and what is wrong with it. kubernetes: pkg/kubelet/lifecycle/handlers.go
import type { Container, HTTPGetAction } from '#api/core/v1/pod/container-types.ts'
import type { LifecycleHandler } from '#api/core/v1/pod/container-types.ts'
import { runCommand } from '#images/command.ts'
import type { Contacted } from '#images/network.ts'
import type { PodContainer } from '#kubelet/pod-facts.ts'
import type { PodRun } from '#kubelet/pod-run.ts'
import type { ProgramResult } from '#kubelet/runtime.ts'

export type HookResult =
  /** `failure`: what the kubelet says of it. */
  | { readonly kind: 'done'; readonly failure?: string }
  /** Absent: it never ends by itself. */
  | { readonly kind: 'waits'; readonly until?: number }

interface Hook {
  readonly run: PodRun
  readonly container: PodContainer
  readonly handler: LifecycleHandler
  readonly since: number
  readonly now: number
}

/** Looks at a hook that began at `since`, as far as it has come. */
export const runHook = (hook: Hook): HookResult => {
  const { exec, httpGet, sleep } = hook.handler
  if (exec !== undefined) return runExec(hook, exec.command ?? [])
  if (httpGet !== undefined) return runGet(hook, httpGet)
  if (sleep === undefined) return { kind: 'done', failure: 'Cannot run handler: invalid handler' }
  const until = hook.since + sleep.seconds * 1000
  return until > hook.now ? { kind: 'waits', until } : DONE
}

const DONE: HookResult = { kind: 'done' }
/** After so long a hook that still waits for something is looked at more and more rarely. */
const EAGER_MS = 60_000

const runExec = (hook: Hook, command: readonly string[]): HookResult => {
  const { run, since, now } = hook
  const result = program(hook, command)
  if (result.kind === 'waits') {
    if (result.until === Infinity) return { kind: 'waits' }
    const waited = now - since
    const pause = waited > EAGER_MS ? Math.floor(waited / 20) : 0
    return { kind: 'waits', until: Math.max(result.until, now + pause) }
  }
  if (result.exitCode === 0) return DONE
  return { kind: 'done', failure: execFailure(run, hook.container, command, result) }
}

type Ended = Pick<Extract<ProgramResult, { kind: 'ended' }>, 'exitCode' | 'stdout' | 'stderr'>

const execFailure = (
  run: PodRun,
  container: PodContainer,
  command: readonly string[],
  { exitCode, stdout, stderr }: Ended,
): string => {
  const words = command.join(' ')
  const error = `command '${words}' exited with ${exitCode}: ${stderr}`
  const message = JSON.stringify(stdout + stderr)
  return `Exec lifecycle hook ([${words}]) for ${place(run, container)} failed - error: ${error}, message: ${message}`
}

const KILLED = 137

/** What is said of a postStart hook whose container ends while its command runs; undefined if none does. */
export const cutShort = (run: PodRun, container: PodContainer): string | undefined => {
  const exec = container.spec.lifecycle?.postStart?.exec
  if (exec === undefined || run.of(container).postStart === undefined) return undefined
  return execFailure(run, container, exec.command ?? [], {
    exitCode: KILLED,
    stdout: '',
    stderr: '',
  })
}

const place = (run: PodRun, { spec }: PodContainer): string =>
  `Container ${JSON.stringify(spec.name)} in Pod ${JSON.stringify(run.fullName)}`

const program = (hook: Hook, command: readonly string[]): ProgramResult => {
  const { run, container, since, now } = hook
  const runtime = run.facts.runtime?.()
  if (runtime !== undefined)
    return runtime.run({
      pod: run.pod,
      container: container.spec.name,
      command,
      startedAt: since,
      until: now,
      isReal: true,
    })
  const { ends, guessed } = runCommand(command, { env: {}, ports: [] })
  const none = { stdout: '', stderr: '', asked: false }
  if (guessed === true) return { kind: 'ended', at: since, exitCode: 0, ...none }
  if (ends === undefined) return { kind: 'waits', until: Infinity, asked: false }
  const at = since + ends.after
  if (at > now) return { kind: 'waits', until: at, asked: false }
  return { kind: 'ended', at, exitCode: ends.exitCode, ...none }
}

const USER_AGENT = 'kube-lifecycle/1.36'
/** How long Linux tries to connect. */
const CONNECT_MS = 127_000

/** Whatever the server answers is taken for success. */
const runGet = ({ run, container, since, now }: Hook, action: HTTPGetAction): HookResult => {
  const runtime = run.facts.runtime?.()
  if (runtime === undefined) return DONE
  const fail = (error: string): HookResult => ({
    kind: 'done',
    failure: `HTTP lifecycle hook (${action.path ?? '/'}) for ${place(run, container)} failed - error: ${error}`,
  })
  const port = portOf(action.port, container.spec)
  if (port === undefined) return fail(`couldn't find port: ${action.port}`)
  const given = action.host ?? ''
  const address = given === '' ? (run.ip ?? '') : given
  const get = (scheme: 'HTTP' | 'HTTPS') =>
    runtime.get(run.pod, {
      address,
      port,
      action: { ...action, scheme },
      userAgent: USER_AGENT,
    })
  const isTls = action.scheme === 'HTTPS'
  const contacted = get(isTls ? 'HTTPS' : 'HTTP')
  if (contacted.outcome === 'http') return DONE
  if (isTls && contacted.outcome === 'message' && get('HTTP').outcome === 'http') {
    const text = `request to HTTPS lifecycle hook ${address}:${port} got HTTP response, retry with HTTP succeeded`
    run.note('Warning', 'LifecycleHTTPFallback', text)
    return DONE
  }
  const isLost = contacted.outcome === 'timeout' || contacted.outcome === 'silent'
  if (isLost && now < since + CONNECT_MS) return { kind: 'waits', until: since + CONNECT_MS }
  const url = `${isTls ? 'https' : 'http'}://${address}:${port}${withSlash(action.path)}`
  return fail(`Get ${JSON.stringify(url)}: ${problemOf(contacted, `${address}:${port}`)}`)
}

const withSlash = (path = '/'): string => (path.startsWith('/') ? path : `/${path}`)

const problemOf = ({ outcome }: Contacted, address: string): string => {
  switch (outcome) {
    case 'refused':
      return `dial tcp ${address}: connect: connection refused`
    case 'no-route':
      return `dial tcp ${address}: connect: no route to host`
    case 'message':
      return 'net/http: HTTP/1.x transport connection broken: malformed HTTP response'
    case 'reset':
      return 'EOF'
    default:
      return `dial tcp ${address}: connect: connection timed out`
  }
}

/** kubernetes: pkg/probe/util.go ResolveContainerPort */
export const portOf = (port: number | string, { ports }: Container): number | undefined => {
  if (typeof port === 'number') return port
  const named = ports?.find(({ name }) => name === port)
  if (named !== undefined) return named.containerPort
  return /^\d+$/.test(port) ? Number(port) : undefined
}
