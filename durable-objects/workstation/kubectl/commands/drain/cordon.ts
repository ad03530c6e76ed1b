// `cordon` and `uncordon`, and what `drain` has in common with them. kubernetes: kubectl pkg/cmd/drain/drain.go
import { type DryRun, dryRunOf, writeQuery } from '#kubectl/commands/dry-run.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { build } from '#kubectl/resource/builder.ts'
import { type Info, pathOfInfo } from '#kubectl/resource/info.ts'

export const SUFFIX = { none: '', client: ' (dry run)', server: ' (server dry run)' } as const

export const cordon = (run: Invocation): void => markAll(run, true)

export const uncordon = (run: Invocation): void => markAll(run, false)

const markAll = (run: Invocation, isCordoned: boolean): void => {
  const dryRun = checkedDryRun(run)
  for (const node of nodesOf(run)) markNode(run, node, dryRun, isCordoned)
}

/** Throws what is wrong with the words. */
export const checkedDryRun = (run: Invocation): DryRun => {
  const { args, flags, command } = run
  if (args.length === 0 && !flags.changed('selector'))
    throw run.usage(`USAGE: ${command.name} NODE [flags]`)
  if (args.length > 0 && flags.string('selector') !== '')
    throw run.usage('error: cannot specify both a node name and a --selector option')
  return dryRunOf(run)
}

export const nodesOf = (run: Invocation): readonly Info[] => {
  const { args, flags } = run
  const labelSelector = flags.string('selector')
  const infos = build(run, {
    args:
      labelSelector === ''
        ? args.map((word) => (word.includes('/') ? word : `nodes/${word}`))
        : ['nodes'],
    labelSelector,
    chunkSize: flags.has('chunk-size') ? flags.int('chunk-size') : 0,
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

/** Pods are placed there no more, or again. kubernetes: RunCordonOrUncordon */
export const markNode = (
  run: Invocation,
  node: Info,
  dryRun: DryRun,
  isCordoned: boolean,
): void => {
  const { unschedulable = false } = (node.object?.['spec'] ?? {}) as {
    readonly unschedulable?: boolean
  }
  const verb = isCordoned ? 'cordon' : 'uncordon'
  const say = (what: string): void => run.out(`node/${node.name} ${what}${SUFFIX[dryRun]}\n`)
  if (unschedulable === isCordoned) return say(`already ${verb}ed`)
  if (dryRun !== 'client')
    try {
      run.client.send({
        method: 'PATCH',
        path: pathOfInfo(node),
        query: writeQuery('', dryRun),
        contentType: 'application/strategic-merge-patch+json',
        body: JSON.stringify({ spec: { unschedulable: isCordoned ? true : null } }),
      })
    } catch (error) {
      if (!(error instanceof KubectlFailure)) throw error
      run.err(`error: unable to ${verb} node ${JSON.stringify(node.name)}: ${error.message}\n`)
      return
    }
  say(`${verb}ed`)
}
