// `kubectl debug POD`: a container beside the others. kubernetes: kubectl pkg/cmd/debug/debug.go debugByEphemeralContainer
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { eventsOf } from '#kubectl/client/watch.ts'
import { attachTo } from '#kubectl/commands/attach.ts'
import { podPath } from '#kubectl/commands/remote-run.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { ephemeralContainersOf } from '#kubectl/resource/pod-containers.ts'
import { objectNamed } from '#kubectl/resource/pods-of.ts'

const PROFILES = ['baseline', 'general', 'legacy', 'netadmin', 'restricted', 'sysadmin']
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789'
const SUFFIX_LENGTH = 5

export function* debug(run: Invocation): ToolRun<void> {
  const { flags, dashAt } = run
  const names = dashAt < 0 ? run.args : run.args.slice(0, dashAt)
  const words = dashAt < 0 ? [] : run.args.slice(dashAt)
  check(run, names)
  for (const name of names) {
    const info = objectNamed(run, name)
    if (info.resource.kind !== 'Pod')
      throw new KubectlFailure(
        `debugging a ${info.resource.kind} is not part of this computer's kubectl`,
      )
    const pod = info.object as unknown as Pod
    const container = containerOf(run, words)
    const patched = addTo(run, pod, container)
    const isAttached = flags.changed('attach') ? flags.bool('attach') : flags.bool('stdin')
    if (isAttached) yield* attachWhenRunning(run, patched, String(container['name']))
  }
}

/** kubernetes: Complete, Validate */
const check = ({ flags }: Invocation, names: readonly string[]): void => {
  const [image, profile] = [flags.string('image'), flags.string('profile')]
  if (!PROFILES.includes(profile)) throw new KubectlFailure(`unknown profile: ${profile}`)
  if (
    flags.bool('attach') &&
    flags.changed('attach') &&
    image === '' &&
    !flags.changed('container')
  )
    throw new KubectlFailure(
      'you must specify --container or create a new container using --image in order to attach.',
    )
  if (flags.string('copy-to') !== '' || flags.string('custom') !== '')
    throw new KubectlFailure("--copy-to and --custom are not part of this computer's kubectl")
  if (flags.bool('replace')) throw new KubectlFailure('--replace may only be used with --copy-to.')
  if (flags.bool('same-node'))
    throw new KubectlFailure('--same-node may only be used with --copy-to.')
  if (flags.changed('set-image'))
    throw new KubectlFailure('--set-image may only be used with --copy-to.')
  if (image === '') throw new KubectlFailure('you must specify --image when not using --copy-to.')
  if (!/^[\w][\w./:@-]*$/.test(image))
    throw new KubectlFailure(
      `invalid image name ${JSON.stringify(image)}: invalid reference format`,
    )
  if (names.length === 0) throw new KubectlFailure('NAME or filename is required for debug')
  const policy = flags.string('image-pull-policy')
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(policy))
    throw new KubectlFailure(`invalid image pull policy: ${policy}`)
  if (flags.bool('tty') && !flags.bool('stdin'))
    throw new KubectlFailure('-i/--stdin is required for containers with -t/--tty=true')
}

const containerOf = (run: Invocation, words: readonly string[]): JsonObject => {
  const { flags } = run
  const isQuiet = flags.bool('quiet')
  const target = flags.string('target')
  if (target !== '' && !isQuiet)
    run.out(
      `Targeting container ${JSON.stringify(target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
    )
  let name = flags.string('container')
  if (name === '') {
    name = `debugger-${suffix(run)}`
    if (!isQuiet) run.out(`Defaulting debug container name to ${name}.\n`)
  }
  const policy = flags.string('image-pull-policy')
  const env = flags.list('env').map((pair) => {
    const [key = '', ...value] = pair.split('=')
    return { name: key, value: value.join('=') }
  })
  return {
    name,
    image: flags.string('image'),
    terminationMessagePolicy: 'File',
    ...(words.length === 0 ? {} : { [flags.bool('arguments-only') ? 'args' : 'command']: words }),
    ...(env.length === 0 ? {} : { env }),
    ...(policy === '' ? {} : { imagePullPolicy: policy }),
    ...(flags.bool('stdin') ? { stdin: true } : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
    ...(target === '' ? {} : { targetContainerName: target }),
    ...rights(flags.string('profile')),
  }
}

/** What a profile allows a container beside others. kubernetes: profiles.go */
const rights = (profile: string): JsonObject => {
  switch (profile) {
    case 'general':
      return { securityContext: { capabilities: { add: ['SYS_PTRACE'] } } }
    case 'netadmin':
      return { securityContext: { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } } }
    case 'sysadmin':
      return { securityContext: { privileged: true } }
    case 'restricted':
      return {
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          runAsNonRoot: true,
          seccompProfile: { type: 'RuntimeDefault' },
        },
      }
    default:
      return {}
  }
}

const suffix = ({ call }: Invocation): string =>
  Array.from({ length: SUFFIX_LENGTH }, () => LETTERS[call.random() % LETTERS.length]).join('')

/** Behind those that are there. */
const addTo = (run: Invocation, pod: Pod, container: JsonObject): Pod => {
  const order = [...ephemeralContainersOf(pod).map(({ name }) => name), container['name'] ?? '']
  const spec = {
    '$setElementOrder/ephemeralContainers': order.map((name) => ({ name })),
    ephemeralContainers: [container],
  }
  return run.client.object({
    method: 'PATCH',
    path: podPath(pod, 'ephemeralcontainers'),
    contentType: 'application/strategic-merge-patch+json',
    body: JSON.stringify({ spec }),
  }) as unknown as Pod
}

/** kubernetes: waitForContainer, handleAttachPod */
function* attachWhenRunning(run: Invocation, pod: Pod, container: string): ToolRun<void> {
  const { flags } = run
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
      const status = (now.status.ephemeralContainerStatuses ?? []).find(
        (one) => one.name === container,
      )
      if (status?.state?.running === undefined && status?.state?.terminated === undefined) continue
      if (status.state.terminated !== undefined) return showLog(run, now, container)
      return yield* attachTo(run, now, {
        container,
        hasInput: flags.bool('stdin'),
        tty: flags.bool('tty'),
        isQuiet: flags.bool('quiet'),
      })
    }
  } finally {
    events.close()
  }
}

/** It has ended before anybody could talk with it. */
const showLog = (run: Invocation, pod: Pod, container: string): void =>
  run.out(
    run.client.send({ method: 'GET', path: podPath(pod, 'log'), query: [['container', container]] })
      .text,
  )
