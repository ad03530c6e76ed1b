// Commands that look into Pods.
import type { CommandBody } from '#kubectl/invocation.ts'
import { attach } from '#kubectl/commands/attach.ts'
import { cp } from '#kubectl/commands/cp/cp.ts'
import { debug } from '#kubectl/commands/debug/debug.ts'
import { drain } from '#kubectl/commands/drain/drain.ts'
import { events } from '#kubectl/commands/events.ts'
import { exec } from '#kubectl/commands/exec.ts'
import { logs } from '#kubectl/commands/logs/logs.ts'
import { portForward } from '#kubectl/commands/port-forward/port-forward.ts'
import { topNode, topPod } from '#kubectl/commands/top/top.ts'
import { wait } from '#kubectl/commands/wait/wait.ts'

export const podBodies: Readonly<Record<string, CommandBody>> = {
  attach,
  cp,
  debug,
  drain,
  events,
  exec,
  logs,
  'port-forward': portForward,
  'top node': topNode,
  'top pod': topPod,
  wait,
}
