// kubernetes: kubectl pkg/cmd/drain/drain.go
import { parseSelector } from '#apimachinery/selector-parser.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { checkedDryRun, markNode, nodesOf, SUFFIX } from '#kubectl/commands/drain/cordon.ts'
import { makeGo } from '#kubectl/commands/drain/evict.ts'
import { podsToGo } from '#kubectl/commands/drain/pods.ts'
import type { DryRun } from '#kubectl/commands/dry-run.ts'
import { AggregateFailure, KubectlFailure, messageOf, PlainFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'

export function* drain(run: Invocation): ToolRun<void> {
  const dryRun = checked(run)
  const nodes = nodesOf(run)
  for (const node of nodes) markNode(run, node, dryRun, true)
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
  const dryRun = checkedDryRun(run)
  try {
    parseSelector(run.flags.string('pod-selector'))
  } catch {
    throw new KubectlFailure('--pod-selector=<pod_selector> must be a valid label selector')
  }
  return dryRun
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
