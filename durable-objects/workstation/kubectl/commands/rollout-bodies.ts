// Commands that roll out workloads and change their pod templates.
import type { CommandBody } from '#kubectl/invocation.ts'
import { rolloutStatus } from '#kubectl/commands/rollout-status.ts'

export const rolloutBodies: Readonly<Record<string, CommandBody>> = {
  'rollout status': rolloutStatus,
}
