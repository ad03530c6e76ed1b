// trace and why: one packet's way, and why a Service does not work, as Kubarium tells them.
import { diagnosisText } from '#diagnosis/diagnosis-text.ts'
import { readDiagnosisQuery } from '#diagnosis/read-query.ts'
import { readTraceRequest } from '#network/read-request.ts'
import { traceText } from '#network/trace-text.ts'
import type { TraceSource } from '#network/trace.ts'
import { type Tool, type ToolCall, type ToolRun, writeError, writeOut } from '#shell/tools/tool.ts'
import { parseOptions, type Options } from '#shell/tools/options.ts'
import type { Place, Rights } from '#workstation/place.ts'
import { currentNamespace } from '#workstation/tools/namespace.ts'

const TRACE_USAGE = `Sends one request and tells its way, hop by hop.

Usage: trace TO [--from SOURCE] [-n NAMESPACE] [-X METHOD] [-H 'NAME: VALUE']... [-d BODY]

  TO       web-service, http://web-service:8080/path, tcp://10.96.0.10:80, udp://…
  SOURCE   pod/NAME, node/NAME, internet or workstation (this computer; the default)

Examples:
  trace http://$(minikube ip):30080
  trace web-service --from pod/client
`

const WHY_USAGE = `Says why a Service does not work, with what was found and what to do.

Usage: why SERVICE [-n NAMESPACE] [--from SOURCE] [--to URL]

Examples:
  why web-service
  why web-service --from pod/client --to http://web-service:8080/
`

const SPEC = {
  short: 'n:f:t:X:H:d:h',
  long: { namespace: 'n', from: 'f', to: 't', request: 'X', header: 'H', data: 'd', help: 'h' },
} as const

const BAD_USAGE = 2

type Act = (place: Place, rights: Rights, options: Options, call: ToolCall) => string | Problem

interface Problem {
  readonly problem: string
}

const toolOf = (name: string, usage: string, act: Act, place: Place, rights: Rights): Tool => ({
  name,
  *run(call): ToolRun {
    const options = parseOptions(call.argv.slice(1), SPEC)
    if (typeof options === 'string') return yield* refused(name, options, BAD_USAGE)
    if (options.has('h')) {
      yield* writeOut(usage)
      return 0
    }
    if (options.operands.length !== 1) {
      yield* writeError(usage)
      return BAD_USAGE
    }
    const told = act(place, rights, options, call)
    if (typeof told !== 'string') return yield* refused(name, told.problem, 1)
    yield* writeOut(told)
    return 0
  },
})

function* refused(name: string, why: string, exitCode: number): ToolRun {
  yield* writeError(`${name}: ${why}\n`)
  return exitCode
}

export const trace = (place: Place, rights: Rights): Tool =>
  toolOf('trace', TRACE_USAGE, traced, place, rights)

export const why = (place: Place, rights: Rights): Tool =>
  toolOf('why', WHY_USAGE, explained, place, rights)

/** `pod/web-1` is `pod:default/web-1`. */
const sourceOf = (text: string, namespace: string): string => {
  const [, kind, name = ''] = /^(pods?|po|nodes?|no)[/:](.+)$/s.exec(text) ?? []
  if (kind === undefined) return text
  if (kind.startsWith('n')) return `node:${name}`
  return `pod:${name.includes('/') ? name : `${namespace}/${name}`}`
}

const headersOf = (lines: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const
    }),
  )

const missing = (place: Place, from: TraceSource): Problem | undefined => {
  const world = place.cluster.world(true)
  if ('node' in from && world.node(from.node) === undefined)
    return { problem: `there is no Node "${from.node}"` }
  if (!('pod' in from)) return undefined
  const { namespace, name } = from.pod
  return world.pod(namespace, name) === undefined
    ? { problem: `there is no Pod "${name}" in namespace "${namespace}"` }
    : undefined
}

const traced: Act = (place, rights, options, call) => {
  const namespace = options.value('n') ?? currentNamespace(call)
  const body = options.value('d')
  const request = readTraceRequest({
    from: sourceOf(options.value('f') ?? 'workstation', namespace),
    to: options.operands[0]!.replace(/^(?!\w+:\/\/)/, 'http://'),
    method: options.value('X') ?? (body === undefined ? 'GET' : 'POST'),
    headers: headersOf(options.values('H')),
    ...(body === undefined ? {} : { body }),
  })
  if ('problem' in request) return request
  const nobody = missing(place, request.from)
  if (nobody !== undefined) return nobody
  return traceText(
    place.ask((cluster) => cluster.trace(request, rights === 'view')),
    request,
  )
}

const explained: Act = (place, _rights, options, call) => {
  const namespace = options.value('n') ?? currentNamespace(call)
  const given = options.operands[0]!.replace(/^(?:svc|services?)\//, '')
  const service = given.includes('/') ? given : `${namespace}/${given}`
  const from = options.value('f')
  const asked = readDiagnosisQuery({
    service,
    to: options.value('t'),
    from: from === undefined ? undefined : sourceOf(from, namespace),
  })
  if ('problem' in asked) return asked
  const nobody = asked.attempt.from === undefined ? undefined : missing(place, asked.attempt.from)
  if (nobody !== undefined) return nobody
  const found = place.ask((cluster) => cluster.diagnose(asked.namespace, asked.name, asked.attempt))
  return found === undefined
    ? { problem: `there is no Service "${asked.name}" in namespace "${asked.namespace}"` }
    : diagnosisText(found)
}
