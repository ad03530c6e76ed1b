// kubernetes: kubectl pkg/cmd/exec/exec.go
import type { ToolRun } from '#shell/tools/tool.ts'
import { runRemotely, setUpTerminal } from '#kubectl/commands/remote-run.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { build } from '#kubectl/resource/builder.ts'
import type { Info } from '#kubectl/resource/info.ts'
import { containerOrDefault } from '#kubectl/resource/pod-containers.ts'
import { attachablePod, objectNamed, podRunningTimeoutOrUsage } from '#kubectl/resource/pods-of.ts'

export function* exec(run: Invocation): ToolRun<void> {
  const { flags } = run
  const { resource, command } = wordsOf(run)
  const timeout = podRunningTimeoutOrUsage(run)
  const files = flags.list('filename')
  if (resource === '' && files.length === 0)
    throw new KubectlFailure('pod, type/name or --filename must be specified')
  if (command.length === 0)
    throw new KubectlFailure('you must specify at least one command for the container')
  const pod = yield* attachablePod(run, targetOf(run, resource, files), timeout)
  const { phase = '' } = pod.status
  if (phase === 'Succeeded' || phase === 'Failed')
    throw new KubectlFailure(
      `cannot exec into a container in a completed pod; current phase is ${phase}`,
    )
  const isQuiet = flags.bool('quiet')
  const container = containerOrDefault(run, pod, flags.string('container'), isQuiet).name
  const hasInput = flags.bool('stdin')
  const isRaw = setUpTerminal(run, { hasInput, tty: flags.bool('tty'), isQuiet })
  yield* runRemotely(run, { pod, kind: 'exec', container, command, hasInput, isRaw })
}

/** `POD -- COMMAND`; the command stands behind the dashes. */
const wordsOf = (
  run: Invocation,
): { readonly resource: string; readonly command: readonly string[] } => {
  const { args, dashAt, flags } = run
  const resource = args.length > 0 && dashAt !== 0 ? args[0]! : ''
  if (dashAt >= 0) return { resource, command: args.slice(dashAt) }
  if (args.length > 1 || (args.length > 0 && flags.list('filename').length > 0))
    throw run.usage(OLD_FORM)
  return { resource, command: [] }
}

const OLD_FORM =
  'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead'

const targetOf = (run: Invocation, resource: string, files: readonly string[]): Info => {
  if (files.length === 0) return objectNamed(run, resource)
  const [info] = build(run, {
    args: resource === '' ? [] : [resource.includes('/') ? resource : `pods/${resource}`],
    filenames: files,
    enforcesNamespace: run.connection.isExplicit,
    latest: true,
  }).all()
  return info!
}
