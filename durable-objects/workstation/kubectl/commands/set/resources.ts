// kubernetes: kubectl pkg/cmd/set/set_resources.go
import type { JsonObject } from '#apimachinery/object.ts'
import { type Amounts, amountsOf } from '#kubectl/commands/amounts.ts'
import {
  ALL_AND_SELECTOR,
  changeContainers,
  changeSpecs,
  type Container,
  foundToSet,
  LOCAL_AND_SERVER,
  nameFits,
  settingOf,
} from '#kubectl/commands/set/change.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'

export const setResources = (run: Invocation): void => {
  const { flags, args } = run
  const setting = settingOf(run)
  const infos = foundToSet(setting, args)
  if (setting.isLocal && setting.dryRun === 'server') throw new KubectlFailure(LOCAL_AND_SERVER)
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new KubectlFailure(ALL_AND_SELECTOR)
  const [limits, requests] = [flags.string('limits'), flags.string('requests')]
  if (limits === '' && requests === '')
    throw new KubectlFailure(
      'you must specify an update to requests or limits (in the form of --requests/--limits)',
    )
  const given = { limits: amountsOf(limits), requests: amountsOf(requests) }
  const pattern = flags.string('containers')
  const failures: Error[] = []
  changeSpecs(
    setting,
    infos,
    (spec) => {
      const { spec: after, count } = changeContainers(
        spec,
        (name) => nameFits(name, pattern),
        (container) => withAmounts(container, given),
      )
      if (count === 0)
        failures.push(new KubectlFailure(`error: unable to find container named ${pattern}`))
      return after
    },
    {
      done: 'resource requirements updated',
      failed: 'failed to patch resources update to pod template',
    },
    failures,
  )
}

const withAmounts = (
  container: Container,
  given: Readonly<Record<'limits' | 'requests', Amounts>>,
): JsonObject => {
  const resources: Record<string, JsonObject> = { ...(container['resources'] as object) }
  for (const key of ['limits', 'requests'] as const)
    if (Object.keys(given[key]).length > 0) resources[key] = { ...resources[key], ...given[key] }
  return { ...container, resources }
}
