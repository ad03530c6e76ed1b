// Commands that roll out workloads and change their pod templates.
import type { CommandBody } from '#kubectl/invocation.ts'
import { rolloutHistory } from '#kubectl/commands/rollout/history.ts'
import { rolloutPause, rolloutRestart, rolloutResume } from '#kubectl/commands/rollout/restart.ts'
import { rolloutUndo } from '#kubectl/commands/rollout/undo.ts'
import { rolloutStatus } from '#kubectl/commands/rollout/status.ts'
import { setEnv } from '#kubectl/commands/set/env.ts'
import { setImage } from '#kubectl/commands/set/image.ts'
import { setResources } from '#kubectl/commands/set/resources.ts'
import { setSelector } from '#kubectl/commands/set/selector.ts'
import { setServiceAccount } from '#kubectl/commands/set/serviceaccount.ts'
import { setSubject } from '#kubectl/commands/set/subject.ts'

export const rolloutBodies: Readonly<Record<string, CommandBody>> = {
  'rollout history': rolloutHistory,
  'rollout pause': rolloutPause,
  'rollout restart': rolloutRestart,
  'rollout resume': rolloutResume,
  'rollout undo': rolloutUndo,
  'rollout status': rolloutStatus,
  'set env': setEnv,
  'set image': setImage,
  'set resources': setResources,
  'set selector': setSelector,
  'set subject': setSubject,
  'set serviceaccount': setServiceAccount,
}
