// kubernetes: kubectl pkg/cmd/scale/scale.go, pkg/scale/scale.go
import { type JsonObject, own } from '#apimachinery/object.ts'
import { pathTo } from '#kubectl/client/discovery.ts'
import { recordChange } from '#kubectl/commands/change-cause.ts'
import { type DryRun, dryRunOf } from '#kubectl/commands/dry-run.ts'
import { KubectlFailure, throwAll } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { resultPrinter } from '#kubectl/output/result.ts'
import { build } from '#kubectl/resource/builder.ts'
import { type Info, metadataOf } from '#kubectl/resource/info.ts'
import { filesOf } from '#kubectl/resource/files-of.ts'

export function* scale(run: Invocation): ToolRun<void> {
  const { flags } = run
  const dryRun = dryRunOf(run)
  const printer = resultPrinter(run, dryRun)
  const replicas = flags.int('replicas')
  if (replicas < 0)
    throw new KubectlFailure(
      'The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0',
    )
  if (flags.int('current-replicas') < -1)
    throw new KubectlFailure('The --current-replicas must specify an integer of -1 or greater')
  const { infos, failures } = build(run, {
    args: run.args,
    ...filesOf(run),
    labelSelector: flags.string('selector'),
    allowsEmptySelector: flags.bool('all'),
    enforcesNamespace: run.connection.isExplicit,
    continuesOnError: true,
    flattens: true,
  }).infos()
  if (flags.string('resource-version') !== '' && infos.length > 1)
    throw new KubectlFailure('cannot use --resource-version with multiple resources')
  if (infos.length === 0) {
    throwAll(failures)
    throw new KubectlFailure('no objects passed to scale')
  }
  for (const info of infos) {
    if (dryRun !== 'client') scaleOne(run, info, replicas, dryRun)
    if (dryRun !== 'client') recordChange(run, info)
    if (dryRun === 'none' && flags.duration('timeout') !== 0) yield* waitUntilScaled(run, info)
    printer.print({ ...info, object: withReplicas(info, replicas) }, 'scaled')
  }
  throwAll(failures)
}

const scalePath = ({ resource, namespace, name }: Info): string =>
  pathTo(resource, namespace, name, 'scale')

const specOf = (object: JsonObject): JsonObject => (own(object, 'spec') ?? {}) as JsonObject

const replicasOf = (part: JsonObject): number => Number(own(part, 'replicas') ?? 0)

const scaleOne = (run: Invocation, info: Info, replicas: number, dryRun: DryRun): void => {
  const { client, flags } = run
  const path = scalePath(info)
  const query = dryRun === 'server' ? ([['dryRun', 'All']] as const) : []
  const expected = flags.int('current-replicas')
  const version = flags.string('resource-version')
  if (expected === -1 && version === '') {
    client.object({
      method: 'PATCH',
      path,
      query,
      contentType: 'application/merge-patch+json',
      body: JSON.stringify({ spec: { replicas } }),
    })
    return
  }
  const current = client.get(path)
  const found = replicasOf(specOf(current))
  if (expected !== -1 && found !== expected)
    throw new KubectlFailure(`Expected replicas to be ${expected}, was ${found}`)
  const { resourceVersion = '' } = metadataOf(current)
  if (version !== '' && resourceVersion !== version)
    throw new KubectlFailure(`Expected resource version to be ${version}, was ${resourceVersion}`)
  client.object({
    method: 'PUT',
    path,
    query,
    contentType: 'application/json',
    body: JSON.stringify({ ...current, spec: { ...specOf(current), replicas } }),
  })
}

/** kubernetes: WaitForScaleHasDesiredReplicas */
function* waitUntilScaled(run: Invocation, info: Info): ToolRun<void> {
  const until = run.now() + run.flags.duration('timeout')
  const isDone = (): boolean => {
    const object = run.client.get(scalePath(info))
    const status = (own(object, 'status') ?? {}) as JsonObject
    return replicasOf(status) === replicasOf(specOf(object))
  }
  yield* run.flush()
  while (!isDone()) {
    const left = until - run.now()
    if (left <= 0) throw new KubectlFailure('timed out waiting for the condition')
    yield { kind: 'wait', ready: isDone, ms: Math.min(left, 1000) }
  }
}

/** Kinds of others may keep it elsewhere. */
const withReplicas = ({ resource, object = {} }: Info, replicas: number): JsonObject =>
  resource.group === 'apps' || resource.group === ''
    ? { ...object, spec: { ...specOf(object), replicas } }
    : object
