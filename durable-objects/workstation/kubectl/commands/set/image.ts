// kubernetes: kubectl pkg/cmd/set/set_image.go
import {
  ALL_AND_SELECTOR,
  changeContainers,
  changeSpecs,
  foundToSet,
  hasFiles,
  LOCAL_AND_SERVER,
  NO_RESOURCES,
  settingOf,
} from '#kubectl/commands/set/change.ts'
import { KubectlFailure, throwAll } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'

export const setImage = (run: Invocation): void => {
  const setting = settingOf(run)
  const { resources, images } = argumentsOf(run.args)
  const infos = foundToSet(setting, resources)
  const { flags } = run
  const problems: string[] = []
  if (flags.bool('all') && flags.string('selector') !== '') problems.push(ALL_AND_SELECTOR)
  if (resources.length === 0 && !hasFiles(run)) problems.push(NO_RESOURCES)
  if (images.size === 0) problems.push('at least one image update is required')
  else if (images.size > 1 && images.has('*'))
    problems.push(
      'all containers are already specified by *, but saw more than one container_name=container_image pairs',
    )
  if (setting.isLocal && setting.dryRun === 'server') problems.push(LOCAL_AND_SERVER)
  throwAll(problems.map((text) => new KubectlFailure(text)))
  const failures: Error[] = []
  changeSpecs(
    setting,
    infos,
    (spec) => {
      let after = spec
      for (const [name, image] of images) {
        const changed = changeContainers(
          after,
          (one) => name === '*' || name === one,
          (container) => ({ ...container, image }),
        )
        after = changed.spec
        if (changed.count === 0)
          failures.push(
            new KubectlFailure(`error: unable to find container named ${JSON.stringify(name)}`),
          )
      }
      return after
    },
    { done: 'image updated', failed: 'failed to patch image update to pod template:' },
    failures,
  )
}

const isPair = (word: string): boolean =>
  word.indexOf('=') > 0 || (word.endsWith('-') && word !== '-')

/** kubernetes: getResourcesAndImages */
const argumentsOf = (
  args: readonly string[],
): { readonly resources: readonly string[]; readonly images: ReadonlyMap<string, string> } => {
  const at = args.findIndex(isPair)
  const pairs = at < 0 ? [] : args.slice(at)
  const late = pairs.find((word) => !isPair(word))
  if (late !== undefined)
    throw new KubectlFailure(`all resources must be specified before image changes: ${late}`)
  const wrong = pairs.filter((pair) => !pair.includes('='))
  if (wrong.length > 0) throw new KubectlFailure(`invalid image format: ${wrong.join(', ')}`)
  const images = new Map<string, string>()
  for (const pair of pairs) {
    const end = pair.indexOf('=')
    images.set(pair.slice(0, end), pair.slice(end + 1))
  }
  return { resources: at < 0 ? args : args.slice(0, at), images }
}
