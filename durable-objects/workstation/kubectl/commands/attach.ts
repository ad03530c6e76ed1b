// kubernetes: kubectl pkg/cmd/attach/attach.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { podPath, runRemotely, setUpTerminal } from '#kubectl/commands/remote-run.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { containerOrDefault, isEphemeral } from '#kubectl/resource/pod-containers.ts'
import { attachablePod, objectNamed, podRunningTimeoutOrUsage } from '#kubectl/resource/pods-of.ts'

export function* attach(run: Invocation): ToolRun<void> {
  const { args, flags } = run
  const timeout = podRunningTimeoutOrUsage(run)
  if (args.length === 0) throw new KubectlFailure('at least 1 argument is required for attach')
  if (args.length > 2)
    throw new KubectlFailure(
      `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(' ')}]`,
    )
  const info = args.length === 2 ? objectNamed(run, args[1]!, args[0]) : objectNamed(run, args[0]!)
  const pod = yield* attachablePod(run, info, timeout)
  const { phase = '' } = pod.status
  if (phase === 'Succeeded' || phase === 'Failed')
    throw new KubectlFailure(
      `cannot attach a container in a completed pod; current phase is ${phase}`,
    )
  yield* attachTo(run, pod, {
    container: flags.string('container'),
    hasInput: flags.bool('stdin'),
    tty: flags.bool('tty'),
    isQuiet: flags.bool('quiet'),
  })
}

export interface AttachOptions {
  /** '' if nobody said which. */
  readonly container: string
  readonly hasInput: boolean
  readonly tty: boolean
  readonly isQuiet: boolean
}

const RECORDED =
  'All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\n'

/** kubernetes: AttachOptions.Run */
export function* attachTo(
  run: Invocation,
  pod: Pod,
  { container: given, hasInput, tty, isQuiet }: AttachOptions,
): ToolRun<void> {
  const container = chosen(run, pod, given, isQuiet)
  const hasTerminal = container.tty === true
  if (tty && !hasTerminal && !isQuiet)
    run.err(`error: Unable to use a TTY - container ${container.name} did not allocate one\n`)
  const isRaw = setUpTerminal(run, { hasInput, tty: hasTerminal, isQuiet })
  if (!isQuiet) run.err(`${RECORDED}If you don't see a command prompt, try pressing enter.\n`)
  yield* runRemotely(run, {
    pod,
    kind: 'attach',
    container: container.name,
    command: [],
    hasInput,
    isRaw,
  })
  if (!isQuiet && hasInput && isRaw) run.out(reattachMessage(pod, container.name))
}

/** Whoever cannot talk with it sees at least what it has said. kubernetes: handleAttachPod */
export function* attachOrLog(run: Invocation, pod: Pod, options: AttachOptions): ToolRun<void> {
  try {
    yield* attachTo(run, pod, options)
  } catch (error) {
    if (!(error instanceof KubectlFailure)) throw error
    run.err(
      `warning: couldn't attach to pod/${pod.metadata.name}, falling back to streaming logs: ${error.message}\n`,
    )
    printLog(run, pod, options.container, options.isQuiet)
  }
}

/** What it has said, if nobody can talk with it. kubernetes: logOpts */
export const printLog = (run: Invocation, pod: Pod, container: string, isQuiet: boolean): void => {
  const { name } = chosen(run, pod, container, isQuiet)
  const query = [['container', name]] as const
  run.out(run.client.send({ method: 'GET', path: podPath(pod, 'log'), query }).text)
}

const chosen = (run: Invocation, pod: Pod, given: string, isQuiet: boolean) => {
  try {
    return containerOrDefault(run, pod, given, isQuiet)
  } catch (error) {
    throw new KubectlFailure(`cannot attach to the container: ${(error as Error).message}`)
  }
}

/** kubernetes: reattachMessage */
const reattachMessage = (pod: Pod, container: string): string => {
  const { name, namespace } = pod.metadata
  const command = `kubectl attach ${name} -c ${container} -n ${namespace} -i -t`
  return isEphemeral(pod, container)
    ? `Session ended, the ephemeral container will not be restarted but may be reattached using '${command}' if it is still running\n`
    : `Session ended, resume using '${command}' command\n`
}
