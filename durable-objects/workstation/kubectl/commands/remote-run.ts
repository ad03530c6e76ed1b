// What exec and attach share: a program in a container, with or without a terminal. kubernetes: kubectl pkg/cmd/exec/exec.go StreamOptions
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { converse } from '#kubectl/client/conversation.ts'
import { KubectlFailure, PlainFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'

export interface RemoteRequest {
  readonly pod: Pod
  readonly kind: 'exec' | 'attach'
  readonly container: string
  /** None for attach. */
  readonly command: readonly string[]
  readonly hasInput: boolean
  /** Keys go there one by one, and both outputs are one. */
  readonly isRaw: boolean
}

/** Whether keys may go one by one; says why not if a terminal was asked for. kubernetes: SetupTTY */
export const setUpTerminal = (
  run: Invocation,
  {
    hasInput,
    tty,
    isQuiet,
  }: { readonly hasInput: boolean; readonly tty: boolean; readonly isQuiet: boolean },
): boolean => {
  if (!hasInput || !tty) return false
  if (run.call.isTTY(0)) return true
  if (!isQuiet) run.err('Unable to use a TTY - input is not a terminal or the right kind of file\n')
  return false
}

export const podPath = ({ metadata }: Pod, subresource: string): string =>
  `/api/v1/namespaces/${encodeURIComponent(metadata.namespace ?? '')}/pods/${encodeURIComponent(metadata.name ?? '')}/${subresource}`

/** Throws if the program could not begin or ended badly. */
export function* runRemotely(run: Invocation, request: RemoteRequest): ToolRun<void> {
  const { pod, kind, container, command, hasInput, isRaw } = request
  const program = run.client.program({
    method: 'GET',
    path: podPath(pod, kind),
    query: [
      ...command.map((word) => ['command', word] as const),
      ['container', container],
      ...(hasInput ? ([['stdin', 'true']] as const) : []),
      ['stdout', 'true'],
      ...(isRaw ? ([['tty', 'true']] as const) : ([['stderr', 'true']] as const)),
    ],
  })
  const { exitCode, failure } = yield* converse(run, program, { hasInput, isRaw })
  if (failure !== undefined) throw new KubectlFailure(`Internal error occurred: ${failure}`)
  if (exitCode !== 0)
    throw new PlainFailure(`command terminated with exit code ${exitCode}`, exitCode)
}
