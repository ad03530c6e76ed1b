// `kubectl debug POD --copy-to`: a copy of a Pod, changed. kubernetes: kubectl pkg/cmd/debug/debug.go debugByCopy
import type { Pod } from '#api/core/v1/pod/types.ts'
import { own, type JsonObject } from '#apimachinery/object.ts'
import { withCustom } from '#kubectl/commands/debug/custom.ts'
import {
  type Debugging,
  fromFlags,
  nameFor,
  warnOfUser,
} from '#kubectl/commands/debug/container.ts'
import { profiledContainer, profiledCopy } from '#kubectl/commands/debug/profiles.ts'
import { podPath } from '#kubectl/commands/remote-run.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'

export interface Debugged {
  readonly pod: Pod
  /** '' if none was added or changed in particular. */
  readonly container: string
}

export const debugByCopy = (debugging: Debugging, pod: Pod): Debugged => {
  const { run } = debugging
  const { copy, container } = copyOf(debugging, pod)
  const containers = copy['spec'] as unknown as Pod['spec']
  const changed = containers.containers.find(({ name }) => name === container)
  if (changed !== undefined)
    warnOfUser(run, pod.spec.securityContext, changed as unknown as JsonObject)
  const created = run.client.object({
    method: 'POST',
    path: podsPath(pod),
    contentType: 'application/json',
    body: JSON.stringify(copy),
  })
  if (run.flags.bool('replace'))
    run.client.object({
      method: 'DELETE',
      path: podPath(pod, '').replace(/\/$/, ''),
      contentType: 'application/json',
      body: JSON.stringify({ kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 }),
    })
  return { pod: created as unknown as Pod, container }
}

const podsPath = ({ metadata }: Pod): string =>
  `/api/v1/namespaces/${encodeURIComponent(metadata.namespace ?? '')}/pods`

interface Copied {
  readonly copy: JsonObject
  readonly container: string
}

/** kubernetes: generatePodCopyWithDebugContainer */
const copyOf = (debugging: Debugging, pod: Pod): Copied => {
  const { run, profile, custom } = debugging
  const { flags } = run
  const containers = pod.spec.containers.map((one) => withImage(run, one as unknown as JsonObject))
  const found = containers.find(({ name }) => name === flags.string('container'))
  if (found === undefined && flags.string('image') === '') {
    if (flags.changed('set-image')) return { copy: copied(run, pod, containers), container: '' }
    throw new KubectlFailure('you must specify image when creating new container')
  }
  const name = found === undefined ? nameFor(run, pod) : String(found['name'])
  const changed = changedContainer(debugging, found ?? { name, terminationMessagePolicy: 'File' })
  const all =
    found === undefined
      ? [...containers, changed]
      : containers.map((one) => (one === found ? changed : one))
  const copy = profiledCopy(profile, flags, copied(run, pod, all))
  const spec = copy['spec'] as JsonObject
  const finished = (spec['containers'] as readonly JsonObject[]).map((one) =>
    one['name'] === name ? withCustom(custom, profiledContainer(profile, 'copy', one)) : one,
  )
  return { copy: { ...copy, spec: { ...spec, containers: finished } }, container: name }
}

/** The Pod as it can be made once more. */
const copied = (run: Invocation, pod: Pod, containers: readonly JsonObject[]): JsonObject => {
  const { flags } = run
  const { labels, annotations, namespace } = pod.metadata
  const { ephemeralContainers: _beside, nodeName, ...spec } = pod.spec
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name: flags.string('copy-to'),
      namespace,
      ...(annotations === undefined ? {} : { annotations }),
      ...(labels === undefined ? {} : { labels }),
    },
    spec: {
      ...spec,
      ...(flags.changed('share-processes')
        ? { shareProcessNamespace: flags.bool('share-processes') }
        : {}),
      ...(flags.bool('same-node') && nodeName !== undefined ? { nodeName } : {}),
      containers,
    },
  } as unknown as JsonObject
}

/** `--set-image`, by name; `*` means the others. */
const withImage = ({ flags }: Invocation, container: JsonObject): JsonObject => {
  const images = imagesOf(flags.list('set-image'))
  const image = own(images, String(container['name'])) ?? own(images, '*')
  return image === undefined || image === '' ? container : { ...container, image }
}

export const imagesOf = (pairs: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', ...image] = pair.split('=')
      return [name, image.join('=')]
    }),
  )

const changedContainer = (debugging: Debugging, container: JsonObject): JsonObject => {
  const { words, run } = debugging
  const { stdin: _stdin, tty: _tty, args, ...rest } = container
  const keepsArgs = args !== undefined && (words.length === 0 || run.flags.bool('arguments-only'))
  return { ...rest, ...(keepsArgs ? { args } : {}), ...fromFlags(debugging) }
}
