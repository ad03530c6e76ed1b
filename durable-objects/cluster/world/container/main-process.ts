// The container's own first process, as those see it who look into the container: it can be seen and be sent signals.
import type { Pod } from '#api/core/v1/pod/types.ts'
import { commandLine } from '#images/process.ts'
import { programOf } from '#kubelet/pod-facts.ts'
import type { RunningContainer } from '#kubelet/running-containers.ts'
import type { ProcessTable, ProcessView } from '#shell/tools/tool.ts'
import type { Worlds } from '#world/world.ts'

/** What ends a process that handles SIGTERM. */
const ENDING: ReadonlySet<string> = new Set(['TERM', 'INT', 'QUIT'])

/** `isReal`: signals are delivered. */
export const otherProcesses = (
  worlds: Worlds,
  pod: Pod,
  running: RunningContainer,
  isReal = true,
): ProcessTable => {
  const { spec, run, env, startedAt, process } = running
  const main = (): ProcessView => ({
    pid: 1,
    ppid: 0,
    uid: spec.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser ?? 0,
    argv: commandLine(programOf(spec, env), worlds.containers.imageOf(pod, spec, run)),
    startedAt,
    memoryBytes: process.memoryBytes,
  })
  return {
    list: () => [main()],
    signal: (pid, signal) => {
      if (pid !== 1) return false
      // what it does not handle never reaches the first process of a container, not even KILL
      const { terminates, terminatesAfter = 0 } = process
      if (isReal && terminates !== undefined && ENDING.has(signal)) {
        const { client, end } = worlds.parts
        end(pod, spec.name, client.now() + terminatesAfter, terminates)
      }
      return true
    },
  }
}
