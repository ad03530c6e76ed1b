// kubernetes: kubectl pkg/cmd/wait/wait.go
import type { JsonObject } from '#apimachinery/object.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { pathTo } from '#kubectl/client/discovery.ts'
import { eventsSince } from '#kubectl/resource/events-since.ts'
import { waitForDeletion } from '#kubectl/commands/delete/deletion.ts'
import {
  type Check,
  type WaitCondition,
  waitConditionsOf,
} from '#kubectl/commands/wait/conditions.ts'
import { ApiError, KubectlFailure, throwAll } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { resultPrinter } from '#kubectl/output/result.ts'
import { build, type BuiltResult } from '#kubectl/resource/builder.ts'
import { fetchInfo, type Info } from '#kubectl/resource/info.ts'

const WEEK_MS = 168 * 3_600_000
/** How often it is looked whether something has been created. */
const POLL_MS = 500

/** kubernetes: cli-runtime pkg/resource LocalResourceError */
const LOCAL_RESOURCE = `you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'`

interface Waiting {
  readonly run: Invocation
  /** Looks once and does not wait. */
  readonly looksOnce: boolean
  /** Milliseconds since 1970. */
  readonly until: number
}

export function* wait(run: Invocation): ToolRun<void> {
  const { flags } = run
  const printer = resultPrinter(run)
  const conditions = waitConditionsOf(flags.list('for'))
  const given = flags.duration('timeout')
  const timeout = given < 0 ? WEEK_MS : given
  const waiting: Waiting = { run, looksOnce: timeout === 0, until: run.now() + timeout }
  if (conditions.includes('create')) yield* waitForCreation(waiting)
  const { infos, failures: unfound } = found(run).infos()
  const isForDelete = conditions.includes('delete')
  const failures = isForDelete ? unfound.filter((error) => !isNotFound(error)) : [...unfound]
  for (const info of infos)
    try {
      for (const condition of conditions) {
        const object = yield* waitFor(waiting, info, condition)
        printer.print({ ...info, ...(object === undefined ? {} : { object }) }, 'condition met')
      }
    } catch (error) {
      if (!(error instanceof KubectlFailure)) throw error
      failures.push(error)
    }
  throwAll(failures)
  if (infos.length === 0 && !isForDelete) throw new KubectlFailure('no matching resources found')
}

const isNotFound = (error: unknown): boolean => error instanceof ApiError && error.is('NotFound')

/** kubernetes: ResourceBuilderFlags.ToBuilder */
const found = (run: Invocation): BuiltResult => {
  const { flags, args } = run
  const isLocal = flags.bool('local')
  const allNamespaces = flags.bool('all-namespaces')
  if (isLocal && args.length > 0) throw new KubectlFailure(LOCAL_RESOURCE)
  return build(run, {
    args,
    allowsEmptySelector: flags.bool('all'),
    filenames: flags.list('filename'),
    isRecursive: flags.bool('recursive'),
    ...(isLocal
      ? { isLocal }
      : {
          labelSelector: flags.string('selector'),
          fieldSelector: flags.string('field-selector'),
          latest: true,
        }),
    allNamespaces,
    enforcesNamespace: run.connection.isExplicit && !allNamespaces,
    continuesOnError: true,
    flattens: true,
  })
}

/** The object as it was when the condition was met; throws if it was not. */
function* waitFor(
  waiting: Waiting,
  info: Info,
  condition: WaitCondition,
): ToolRun<JsonObject | undefined> {
  if (condition === 'create') return info.object
  if (condition === 'delete') return yield* waitForEnd(waiting, info)
  return yield* waitForCheck(waiting, info, condition)
}

function* waitForCreation({ run, looksOnce, until }: Waiting): ToolRun<void> {
  for (;;) {
    try {
      if (found(run).all().length > 0) return
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
    const left = Math.min(POLL_MS, until - run.now())
    if (looksOnce || left <= 0) throw new KubectlFailure('timed out waiting for the condition')
    yield* run.flush()
    yield { kind: 'sleep', ms: left }
  }
}

/** kubernetes: IsDeleted */
function* waitForEnd(
  { run, looksOnce, until }: Waiting,
  info: Info,
): ToolRun<JsonObject | undefined> {
  if (!looksOnce && run.now() >= until)
    throw new KubectlFailure(
      'client rate limiter Wait returned an error: context deadline exceeded',
    )
  let object: JsonObject | undefined
  try {
    object = fetchInfo(run.client, info).object
  } catch (error) {
    if (isNotFound(error)) return info.object
    throw error
  }
  if (looksOnce) throw notMet(info)
  if (!(yield* waitForDeletion(run, info, undefined, until))) throw timedOut(info)
  return object
}

const notMet = ({ resource, name }: Info): KubectlFailure =>
  new KubectlFailure(`condition not met for ${resource.plural}/${name}`)

const timedOut = ({ resource, name }: Info): KubectlFailure =>
  new KubectlFailure(`timed out waiting for the condition on ${resource.plural}/${name}`)

/** kubernetes: getObjAndCheckCondition */
function* waitForCheck(
  { run, looksOnce, until }: Waiting,
  info: Info,
  check: Check,
): ToolRun<JsonObject | undefined> {
  const { resource, namespace, name } = info
  if (looksOnce) {
    const { object } = fetchInfo(run.client, info)
    if (object === undefined || !check(object)) throw notMet(info)
    return object
  }
  // whoever has no time left does not even look
  if (run.now() >= until) throw timedOut(info)
  const path = pathTo(resource, namespace)
  const query = [['fieldSelector', `metadata.name=${name}`]] as const
  const list = run.client.get(path, query)
  const [object] = (list['items'] ?? []) as readonly JsonObject[]
  if (object === undefined) throw gone(run, info)
  // a list does not tell of its items what they are
  const whole = { apiVersion: info.object?.['apiVersion'] ?? '', kind: resource.kind, ...object }
  if (check(whole)) return whole
  const events = eventsSince(run, list, path, query)
  try {
    for (;;) {
      const event = yield* events.next(until)
      if (event === undefined) throw timedOut(info)
      if (event.type !== 'DELETED' && check(event.object)) return event.object
    }
  } finally {
    events.close()
  }
}

/** What the server would have said if it had been asked for it by its name. */
const gone = (run: Invocation, info: Info): Error => {
  try {
    fetchInfo(run.client, info)
  } catch (error) {
    if (error instanceof KubectlFailure) return error
  }
  return timedOut(info)
}
