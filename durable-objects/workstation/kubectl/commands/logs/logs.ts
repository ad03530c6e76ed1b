// kubernetes: kubectl pkg/cmd/logs/logs.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import { canonicalTime, TimeError } from '#apimachinery/schema/time-text.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { followLogs } from '#kubectl/commands/logs/follow.ts'
import { type LogRequest, logRequestsOf, type LogTarget } from '#kubectl/commands/logs/requests.ts'
import { ApiError, KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { build } from '#kubectl/resource/builder.ts'
import type { Info } from '#kubectl/resource/info.ts'
import { objectNamed, podRunningTimeout } from '#kubectl/resource/pods-of.ts'
import { MISSING_RESOURCE } from '#kubectl/resource/words.ts'

const USAGE =
  "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command"
/** Whoever selects Pods sees the end of each log only. */
const SELECTOR_TAIL = 10

export function* logs(run: Invocation): ToolRun<void> {
  const { flags } = run
  checkArguments(run)
  const timeout = podRunningTimeout(run)
  const container = run.args[1] ?? flags.string('container')
  const query = queryOf(run)
  const target = targetOf(run)
  check(run, container)
  const requests = yield* logRequestsOf(run, target, { query, container, timeout })
  const most = flags.int('max-log-requests')
  if (!flags.bool('follow') || requests.length < 2) return yield* oneAfterTheOther(run, requests)
  if (requests.length > most)
    throw new KubectlFailure(
      `you are attempting to follow ${requests.length} log streams, but maximum allowed concurrency is ${most}, use --max-log-requests to increase the limit`,
    )
  yield* followLogs(run, requests)
}

const checkArguments = (run: Invocation): void => {
  const { args, flags } = run
  const hasSelector = flags.string('selector') !== ''
  if (args.length > 2 || (args.length === 0 && !hasSelector)) throw run.usage(USAGE)
  if (args.length === 1 && hasSelector)
    throw run.usage('only a selector (-l) or a POD name is allowed')
}

/** kubernetes: ToLogOptions */
const queryOf = ({ flags }: Invocation): readonly (readonly [string, string])[] => {
  const query: [string, string][] = []
  for (const name of ['follow', 'previous', 'timestamps'] as const)
    if (flags.bool(name)) query.push([name, 'true'])
  if (flags.bool('insecure-skip-tls-verify-backend'))
    query.push(['insecureSkipTLSVerifyBackend', 'true'])
  const since = flags.string('since-time')
  if (since !== '') query.push(['sinceTime', timeOf(since)])
  if (flags.int('limit-bytes') !== 0) query.push(['limitBytes', String(flags.int('limit-bytes'))])
  const seconds = flags.duration('since') / 1000
  if (seconds !== 0)
    query.push(['sinceSeconds', String(Math.sign(seconds) * Math.round(Math.abs(seconds)))])
  const tail = flags.int('tail')
  if (tail !== -1) query.push(['tailLines', String(tail)])
  else if (flags.string('selector') !== '' && !flags.changed('tail'))
    query.push(['tailLines', String(SELECTOR_TAIL)])
  return query
}

/** kubernetes: ParseRFC3339 */
const timeOf = (text: string): string => {
  try {
    return canonicalTime(text) ?? '0001-01-01T00:00:00Z'
  } catch (error) {
    if (!(error instanceof TimeError)) throw error
    throw new KubectlFailure(error.message)
  }
}

/** kubernetes: Validate */
const check = ({ flags, args }: Invocation, container: string): void => {
  const since = flags.duration('since')
  if (flags.string('since-time') !== '' && since !== 0)
    throw new KubectlFailure('at most one of `sinceTime` or `sinceSeconds` may be specified')
  if (flags.bool('all-containers') && container !== '')
    throw new KubectlFailure(
      `--all-containers=true should not be specified with container name ${container}`,
    )
  if (flags.changed('container') && args.length === 2)
    throw new KubectlFailure('only one of -c or an inline [CONTAINER] arg is allowed')
  if (flags.int('limit-bytes') < 0) throw new KubectlFailure('--limit-bytes must be greater than 0')
  if (Math.round(since / 1000) < 0) throw new KubectlFailure('--since must be greater than 0')
  if (flags.int('tail') < -1) throw new KubectlFailure('--tail must be greater than or equal to -1')
}

/** What is not there is told with the namespace in which it is not. */
const named = (run: Invocation, word: string): Info => {
  try {
    return objectNamed(run, word)
  } catch (error) {
    if (!(error instanceof ApiError) || !error.is('NotFound')) throw error
    const { message } = namespaceProblem(run) ?? error
    throw new KubectlFailure(
      `error from server (NotFound): ${message} in namespace ${JSON.stringify(run.namespace)}`,
    )
  }
}

/** The namespace itself is not there. */
const namespaceProblem = (run: Invocation): Error | undefined => {
  try {
    run.client.get(`/api/v1/namespaces/${encodeURIComponent(run.namespace)}`)
    return undefined
  } catch (error) {
    return error instanceof ApiError && error.is('NotFound') ? error : undefined
  }
}

const targetOf = (run: Invocation): LogTarget => {
  const labelSelector = run.flags.string('selector')
  const [word] = run.args
  if (word === '') throw new KubectlFailure(MISSING_RESOURCE)
  if (word !== undefined) return { info: named(run, word) }
  const [list] = build(run, { args: ['pods'], labelSelector, singleResourceType: true }).all()
  const pods = (list?.object?.['items'] ?? []) as unknown as readonly Pod[]
  if (pods.length === 0) run.err(`No resources found in ${run.namespace} namespace.\n`)
  return { pods }
}

function* oneAfterTheOther(run: Invocation, requests: readonly LogRequest[]): ToolRun<void> {
  const { flags } = run
  if (flags.bool('follow')) return yield* followLogs(run, requests)
  for (const { path, query, prefix } of requests) {
    try {
      const { text } = run.client.send({ method: 'GET', path, query })
      run.out(prefix === '' ? text : text.replaceAll(/[^\n]*\n|[^\n]+$/g, (line) => prefix + line))
    } catch (error) {
      if (!(error instanceof KubectlFailure) || !flags.bool('ignore-errors')) throw error
      run.out(`error: ${error.message}\n`)
    }
    if (run.isFull) yield* run.flush()
  }
}
