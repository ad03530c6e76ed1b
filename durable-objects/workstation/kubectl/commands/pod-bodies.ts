// Commands that look into Pods.
import type { CommandBody } from '#kubectl/invocation.ts'
import { logs } from '#kubectl/commands/logs.ts'
import { wait } from '#kubectl/commands/wait.ts'

export const podBodies: Readonly<Record<string, CommandBody>> = {
  logs,
  wait,
}
