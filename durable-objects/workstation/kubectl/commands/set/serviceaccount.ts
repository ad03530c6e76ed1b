// kubernetes: kubectl pkg/cmd/set/set_serviceaccount.go
import {
  changeSpecs,
  foundToSet,
  LOCAL_AND_SERVER,
  settingOf,
} from '#kubectl/commands/set/change.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'

export const setServiceAccount = (run: Invocation): void => {
  const setting = settingOf(run)
  const name = run.args.at(-1)
  if (setting.isLocal && setting.dryRun === 'server') throw new KubectlFailure(LOCAL_AND_SERVER)
  if (name === undefined) throw new KubectlFailure('serviceaccount is required')
  const resources = setting.isLocal ? [] : run.args.slice(0, -1)
  changeSpecs(
    setting,
    foundToSet(setting, resources),
    (spec) => ({ ...spec, serviceAccountName: name }),
    {
      done: 'serviceaccount updated',
      failed: 'failed to patch ServiceAccountName',
      tellsUnchanged: true,
    },
  )
}
