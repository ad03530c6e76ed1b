// kubernetes: kubectl pkg/cmd/drain/drain.go
import { parseSelector } from '#apimachinery/selector-parser.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { makeGo } from '#kubectl/commands/drain-evict.ts'
import { podsToGo } from '#kubectl/commands/drain-pods.ts'
import { type DryRun, dryRunOf, writeQuery } from '#kubectl/commands/dry-run.ts'
import { AggregateFailure, KubectlFailure, messageOf, PlainFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { build } from '#kubectl/resource/builder.ts'
import { type Info, pathOfInfo } from '#kubectl/resource/info.ts'

const SUFFIX = { none: '', client: ' (dry run)', server: ' (server dry run)' } as const

export function* drain(run: Invocation): ToolRun<void> {
  const dryRun = checked(run)
  const nodes = nodesOf(run)
  for (const node of nodes) cordon(run, node, dryRun)
  const drained = new Set<string>()
  const failures: Error[] = []
  for (const { name } of nodes)
    try {
      yield* empty(run, name, dryRun)
      drained.add(name)
      run.out(`node/${name} drained${SUFFIX[dryRun]}\n`)
    } catch (error) {
      if (!(error instanceof KubectlFailure)) throw error
      failures.push(error)
      run.err(
        `error: unable to drain node ${JSON.stringify(name)} due to error: ${error.message}, continuing command...\n`,
      )
    }
  if (failures.length === 0) return
  run.err('There are pending nodes to be drained:\n')
  for (const { name } of nodes) if (!drained.has(name)) run.err(` ${name}\n`)
  throw new PlainFailure(failures.flatMap(parts).map(messageOf).join('\n'))
}

const parts = (error: Error): readonly Error[] =>
  error instanceof AggregateFailure ? error.failures.flatMap(parts) : [error]

const checked = (run: Invocation): DryRun => {
  const { args, flags } = run
  if (args.length === 0 && !flags.changed('selector')) throw run.usage('USAGE: drain NODE [flags]')
  if (args.length > 0 && flags.string('selector') !== '')
    throw run.usage('error: cannot specify both a node name and a --selector option')
  const dryRun = dryRunOf(run)
  try {
    parseSelector(flags.string('pod-selector'))
  } catch {
    throw new KubectlFailure('--pod-selector=<pod_selector> must be a valid label selector')
  }
  return dryRun
}

const nodesOf = (run: Invocation): readonly Info[] => {
  const { args, flags } = run
  const labelSelector = flags.string('selector')
  const infos = build(run, {
    args:
      labelSelector === ''
        ? args.map((word) => (word.includes('/') ? word : `nodes/${word}`))
        : ['nodes'],
    labelSelector,
    chunkSize: flags.int('chunk-size'),
    singleResourceType: true,
    flattens: true,
  }).all()
  for (const { resource } of infos)
    if (resource.kind !== 'Node')
      throw new KubectlFailure(
        `error: expected resource of type node, got ${JSON.stringify(`${resource.group}/${resource.version}, Resource=${resource.plural}`)}`,
      )
  return infos
}

/** No Pod is placed there any more. kubernetes: RunCordonOrUncordon */
const cordon = (run: Invocation, node: Info, dryRun: DryRun): void => {
  const { unschedulable = false } = (node.object?.['spec'] ?? {}) as {
    readonly unschedulable?: boolean
  }
  const say = (what: string): void => run.out(`node/${node.name} ${what}${SUFFIX[dryRun]}\n`)
  if (unschedulable) return say('already cordoned')
  if (dryRun !== 'client')
    try {
      run.client.send({
        method: 'PATCH',
        path: pathOfInfo(node),
        query: writeQuery('', dryRun),
        contentType: 'application/strategic-merge-patch+json',
        body: JSON.stringify({ spec: { unschedulable: true } }),
      })
    } catch (error) {
      if (!(error instanceof KubectlFailure)) throw error
      run.err(`error: unable to cordon node ${JSON.stringify(node.name)}: ${error.message}\n`)
      return
    }
  say('cordoned')
}

/** kubernetes: deleteOrEvictPodsSimple */
function* empty(run: Invocation, node: string, dryRun: DryRun): ToolRun<void> {
  const { pods, warnings, failure } = podsToGo(run, node)
  if (failure !== undefined) throw failure
  if (warnings !== '') run.err(`Warning: ${warnings}\n`)
  if (dryRun === 'client') {
    for (const { metadata } of pods)
      run.out(`evicting pod ${metadata.namespace}/${metadata.name} (dry run)\n`)
    return
  }
  try {
    yield* makeGo(run, pods, dryRun)
  } catch (error) {
    if (!(error instanceof KubectlFailure)) throw error
    const pending = podsToGo(run, node)
    if (pending.pods.length > 0)
      run.err(
        `There are pending pods in node ${JSON.stringify(node)} when an error occurred: ${error.message}\n`,
      )
    for (const { metadata } of pending.pods) run.err(`pod/${metadata.name}\n`)
    if (pending.failure !== undefined)
      run.err(
        `Following errors occurred while getting the list of pods to delete:\n${pending.failure.message}`,
      )
    throw error
  }
}
