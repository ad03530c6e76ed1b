// Commands that look into Pods.
import type { CommandBody } from '#kubectl/invocation.ts'
import { events } from '#kubectl/commands/events.ts'
import { logs } from '#kubectl/commands/logs.ts'
import { topNode, topPod } from '#kubectl/commands/top.ts'
import { wait } from '#kubectl/commands/wait.ts'

export const podBodies: Readonly<Record<string, CommandBody>> = {
  events,
  logs,
  'top node': topNode,
  'top pod': topPod,
  wait,
}
