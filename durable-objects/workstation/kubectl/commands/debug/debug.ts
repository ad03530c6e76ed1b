// `kubectl debug`: a container beside the others, a copy of a Pod, a Pod on a node. kubernetes: kubectl pkg/cmd/debug/debug.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { eventsOf } from '#kubectl/client/watch.ts'
import { attachOrLog, printLog } from '#kubectl/commands/attach.ts'
import {
  type Debugging,
  environmentOf,
  fromFlags,
  nameFor,
  suffix,
  warnOfUser,
} from '#kubectl/commands/debug/container.ts'
import { debugByCopy, type Debugged, imagesOf } from '#kubectl/commands/debug/copy.ts'
import { checkCustom, readCustom, withCustom } from '#kubectl/commands/debug/custom.ts'
import { profiledContainer, profiledNodePod, PROFILES } from '#kubectl/commands/debug/profiles.ts'
import { isReference } from '#apimachinery/image-reference.ts'
import { podPath } from '#kubectl/commands/remote-run.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { build } from '#kubectl/resource/builder.ts'
import type { Info } from '#kubectl/resource/info.ts'
import { containerNamed, ephemeralContainersOf } from '#kubectl/resource/pod-containers.ts'
import { objectNamed } from '#kubectl/resource/pods-of.ts'

export function* debug(run: Invocation): ToolRun<void> {
  const { flags, dashAt } = run
  const names = dashAt < 0 ? run.args : run.args.slice(0, dashAt)
  const words = dashAt < 0 ? [] : run.args.slice(dashAt)
  environmentOf(run)
  const profile = flags.string('profile')
  if (!PROFILES.includes(profile)) throw new KubectlFailure(`unknown profile: ${profile}`)
  const custom = readCustom(run)
  check(run, names, words)
  checkCustom(custom)
  if (profile === 'legacy')
    run.err(
      '--profile=legacy is deprecated and planned to be removed in v1.39. It is recommended to specify other profile, for example "--profile=general".\n',
    )
  const debugging: Debugging = { run, words, profile, custom }
  const isAttached = flags.changed('attach') ? flags.bool('attach') : flags.bool('stdin')
  for (const info of targetsOf(run, names)) {
    const { pod, container } = debugOne(debugging, info)
    if (isAttached && container !== '') yield* attachWhenRunning(run, pod, container)
  }
}

/** One after the other: what is wrong with the second is told when the first is done. */
function* targetsOf(run: Invocation, names: readonly string[]): Generator<Info, void, void> {
  const filenames = run.flags.list('filename')
  if (filenames.length > 0)
    yield* build(run, { filenames, enforcesNamespace: run.connection.isExplicit }).all()
  for (const name of names) yield objectNamed(run, name)
}

const debugOne = (debugging: Debugging, info: Info): Debugged => {
  const { kind, group, version } = info.resource
  if (group === '' && kind === 'Node') return debugNode(debugging, info)
  if (group !== '' || kind !== 'Pod')
    throw new KubectlFailure(`"${group}/${version}, Kind=${kind}" not supported by debug`)
  const pod = info.object as unknown as Pod
  return debugging.run.flags.string('copy-to') === ''
    ? debugBeside(debugging, pod)
    : debugByCopy(debugging, pod)
}

/** kubernetes: Validate */
const check = (run: Invocation, names: readonly string[], words: readonly string[]): void => {
  const { flags } = run
  const image = flags.string('image')
  if (flags.bool('attach') && image === '' && flags.string('container') === '')
    throw new KubectlFailure(
      'you must specify --container or create a new container using --image in order to attach.',
    )
  if (flags.string('copy-to') === '') checkWithoutCopy(run)
  else checkCopy(run, words)
  if (image !== '' && !isReference(image))
    throw new KubectlFailure(
      `invalid image name ${JSON.stringify(image)}: invalid reference format`,
    )
  if (names.length === 0 && flags.list('filename').length === 0)
    throw new KubectlFailure('NAME or filename is required for debug')
  const policy = flags.string('image-pull-policy')
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(policy))
    throw new KubectlFailure(`invalid image pull policy: ${policy}`)
  for (const [name, other] of Object.entries(imagesOf(flags.list('set-image'))))
    if (!isReference(other))
      throw new KubectlFailure(
        `invalid image name ${JSON.stringify(other)} for container ${JSON.stringify(name)}: invalid reference format`,
      )
  checkTarget(run)
  if (flags.bool('tty') && !flags.bool('stdin'))
    throw new KubectlFailure('-i/--stdin is required for containers with -t/--tty=true')
}

const checkCopy = ({ flags }: Invocation, words: readonly string[]): void => {
  const hasImage = flags.string('image') !== ''
  if (!hasImage && !flags.changed('set-image') && words.length === 0)
    throw new KubectlFailure('you must specify --image, --set-image or command arguments.')
  if (words.length > 0 && flags.string('container') === '' && !hasImage)
    throw new KubectlFailure(
      'you must specify an existing container or a new image when specifying args.',
    )
}

const checkWithoutCopy = ({ flags }: Invocation): void => {
  if (flags.bool('replace')) throw new KubectlFailure('--replace may only be used with --copy-to.')
  if (flags.bool('same-node'))
    throw new KubectlFailure('--same-node may only be used with --copy-to.')
  if (flags.changed('set-image'))
    throw new KubectlFailure('--set-image may only be used with --copy-to.')
  if (flags.string('image') === '')
    throw new KubectlFailure('you must specify --image when not using --copy-to.')
}

const checkTarget = (run: Invocation): void => {
  const target = run.flags.string('target')
  if (target === '') return
  if (run.flags.string('copy-to') !== '')
    throw new KubectlFailure(
      '--target is incompatible with --copy-to. Use --share-processes instead.',
    )
  if (!run.flags.bool('quiet'))
    run.out(
      `Targeting container ${JSON.stringify(target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
    )
}

/** kubernetes: debugByEphemeralContainer */
const debugBeside = (debugging: Debugging, pod: Pod): Debugged => {
  const { run, profile, custom } = debugging
  const target = run.flags.string('target')
  const name = nameFor(run, pod)
  const plain: JsonObject = {
    name,
    terminationMessagePolicy: 'File',
    ...fromFlags(debugging),
    ...(target === '' ? {} : { targetContainerName: target }),
  }
  // profiles go to the first of the name: that of another container is left as it is, and refused by the server
  const isTaken = containerNamed(pod, name) !== undefined
  const profiled = isTaken ? plain : profiledContainer(profile, 'ephemeral', plain)
  const container = withCustom(custom, profiled)
  warnOfUser(run, pod.spec.securityContext, container)
  const order = [...ephemeralContainersOf(pod).map((one) => one.name), name]
  const spec = {
    '$setElementOrder/ephemeralContainers': order.map((one) => ({ name: one })),
    ephemeralContainers: [container],
  }
  const patched = run.client.object({
    method: 'PATCH',
    path: podPath(pod, 'ephemeralcontainers'),
    contentType: 'application/strategic-merge-patch+json',
    body: JSON.stringify({ spec }),
  })
  return { pod: patched as unknown as Pod, container: name }
}

/** kubernetes: visitNode, generateNodeDebugPod */
const debugNode = (debugging: Debugging, { name: nodeName }: Info): Debugged => {
  const { run, profile, custom } = debugging
  const container = run.flags.string('container') || 'debugger'
  const name = `node-debugger-${nodeName}-${suffix(run)}`
  if (!run.flags.bool('quiet'))
    run.out(`Creating debugging pod ${name} with container ${container} on node ${nodeName}.\n`)
  const spec = profiledNodePod(
    profile,
    { nodeName, restartPolicy: 'Never', tolerations: [{ operator: 'Exists' }] },
    { name: container, terminationMessagePolicy: 'File', ...fromFlags(debugging) },
  )
  const containers = (spec['containers'] as readonly JsonObject[]).map((one) =>
    withCustom(custom, one),
  )
  const created = run.client.object({
    method: 'POST',
    path: `/api/v1/namespaces/${encodeURIComponent(run.namespace)}/pods`,
    contentType: 'application/json',
    body: JSON.stringify({
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' } },
      spec: { ...spec, containers },
    }),
  })
  return { pod: created as unknown as Pod, container }
}

/** kubernetes: waitForContainer, handleAttachPod */
function* attachWhenRunning(run: Invocation, pod: Pod, container: string): ToolRun<void> {
  const { flags } = run
  const isQuiet = flags.bool('quiet')
  const { namespace = '', name = '' } = pod.metadata
  const events = eventsOf(run, {
    method: 'GET',
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
    query: [
      ['fieldSelector', `metadata.name=${name}`],
      ['watch', 'true'],
    ],
  })
  try {
    for (;;) {
      const event = yield* events.next()
      if (event === undefined || event.type === 'DELETED')
        throw new KubectlFailure(`pods ${JSON.stringify(name)} not found`)
      const now = event.object as unknown as Pod
      const { running, terminated, waiting } = stateOf(now, container)
      if (terminated !== undefined) return printLog(run, now, container, isQuiet)
      if (running !== undefined)
        return yield* attachOrLog(run, now, {
          container,
          hasInput: flags.bool('stdin'),
          tty: flags.bool('tty'),
          isQuiet,
        })
      if (!isQuiet && waiting?.message !== undefined)
        run.err(`Warning: container ${container}: ${waiting.message}\n`)
    }
  } finally {
    events.close()
  }
}

const stateOf = ({ status }: Pod, container: string) =>
  [
    ...(status.initContainerStatuses ?? []),
    ...(status.containerStatuses ?? []),
    ...(status.ephemeralContainerStatuses ?? []),
  ].find(({ name }) => name === container)?.state ?? {}
