// `kubectl run -i`: attached to what it runs, until that has ended. kubernetes: kubectl pkg/cmd/run/run.go handleAttachPod, waitForPod
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { eventsSince } from '#kubectl/resource/events-since.ts'
import { attachOrLog, printLog } from '#kubectl/commands/attach.ts'
import { ApiError, KubectlFailure, PlainFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { type Info, pathOfInfo } from '#kubectl/resource/info.ts'

const MINUTE_MS = 60_000

interface Attaching {
  readonly pod: Info
  /** What `--rm` takes away again. */
  readonly made: readonly Info[]
  readonly cascade: string
}

/** Ctrl-C leaves behind what was made. */
export function* attachToRun(run: Invocation, { pod, made, cascade }: Attaching): ToolRun<void> {
  let failure: unknown
  try {
    yield* attended(run, pod.object as unknown as Pod)
  } catch (error) {
    failure = error
  }
  if (run.flags.bool('rm')) for (const info of made) if (!remove(run, info, cascade)) break
  if (failure !== undefined) throw failure
}

/** Attached, and then as long as it takes to know how it ended. */
function* attended(run: Invocation, created: Pod): ToolRun<void> {
  const { flags } = run
  const isQuiet = flags.bool('quiet')
  const pod = yield* podWhen(run, created, isRunning)
  // what it has said until now nobody hears who attaches now
  printLog(run, pod, '', isQuiet)
  if (!hasEnded(pod))
    yield* attachOrLog(run, pod, {
      container: '',
      hasInput: flags.bool('stdin'),
      tty: flags.bool('tty'),
      isQuiet,
    })
  const policy = flags.string('restart') || 'OnFailure'
  if (flags.bool('leave-stdin-open') || policy === 'Always') return
  const isOver = policy === 'Never' ? hasEnded : hasSucceeded
  tellEnd(yield* podWhen(run, created, isOver))
}

const hasSucceeded = ({ status }: Pod): boolean => status.phase === 'Succeeded'

const hasEnded = ({ status }: Pod): boolean =>
  status.phase === 'Succeeded' || status.phase === 'Failed'

/** Or it is over already. kubernetes: podRunningAndReady */
const isRunning = (pod: Pod): boolean =>
  hasEnded(pod) ||
  (pod.status.phase === 'Running' &&
    (pod.status.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True'))

/** The Pod once it is so. Throws if it goes away, or takes longer than a minute. */
function* podWhen(run: Invocation, pod: Pod, isSo: (pod: Pod) => boolean): ToolRun<Pod> {
  const { namespace = '', name = '' } = pod.metadata
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`
  const query = [['fieldSelector', `metadata.name=${name}`]] as const
  const until = run.now() + MINUTE_MS
  const list = run.client.get(path, query)
  const [now] = (list['items'] ?? []) as unknown as readonly Pod[]
  if (now !== undefined && isSo(now)) return now
  const events = eventsSince(run, list, path, query)
  try {
    for (;;) {
      const event = yield* events.next(until)
      if (event === undefined) throw new KubectlFailure('timed out waiting for the condition')
      if (event.type === 'DELETED') throw goneAway()
      const changed = event.object as unknown as Pod
      if (isSo(changed)) return changed
    }
  } finally {
    events.close()
  }
}

const goneAway = (): ApiError =>
  new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    reason: 'NotFound',
    message: 'pods "" not found',
    code: 404,
  })

const tellEnd = ({ metadata: { namespace, name }, status }: Pod): void => {
  if (status.phase === 'Succeeded') return
  const {
    reason = '',
    message = '',
    exitCode = 0,
  } = status.containerStatuses?.[0]?.state?.terminated ?? {}
  if (exitCode === 0)
    throw new KubectlFailure(`pod ${namespace}/${name} failed with unknown exit code`)
  throw new PlainFailure(`pod ${namespace}/${name} terminated (${reason})\n${message}`, exitCode)
}

/** False: nothing more is taken away. kubernetes: removeCreatedObjects */
const remove = (run: Invocation, info: Info, cascade: string): boolean => {
  const { flags } = run
  try {
    run.client.object({
      method: 'DELETE',
      path: pathOfInfo(info),
      contentType: 'application/json',
      body: JSON.stringify({
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        propagationPolicy: cascade,
      }),
    })
  } catch (error) {
    if (error instanceof ApiError && error.is('NotFound')) return true
    if (error instanceof KubectlFailure) return false
    throw error
  }
  const { kind } = info.resource
  if (!flags.bool('quiet'))
    run.out(
      `${kind.toLowerCase()} ${JSON.stringify(info.name)} deleted from ${info.namespace} namespace\n`,
    )
  return true
}
