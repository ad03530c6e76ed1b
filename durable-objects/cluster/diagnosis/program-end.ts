// Why a container ends again and again: what its program said last, and how it ended.
import type { ContainerStatus } from '#api/core/v1/pod/container-status-types.ts'
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import type { Cause, Remedy } from './cause.ts'
import { type DiagnosisContext, placeOf } from './context.ts'
import { containerRemedy, specOf, statusesOf } from './owner.ts'

const NOT_EXECUTABLE = 126
const NOT_FOUND = 127
const NOT_STARTED = 128
const MOST_TEXT = 160

export const endingCause = (context: DiagnosisContext, pod: Pod): Cause | undefined => {
  const status = statusesOf(pod).find(
    (candidate) => endOf(candidate) !== undefined && !isKilledByProbe(context, pod, candidate),
  )
  const [container, field] = specOf(pod, status?.name) ?? []
  const end = status && endOf(status)
  if (container === undefined || end === undefined) return undefined

  const lines = context.facts.lastWords(pod, container.name)
  const complaint = lines.findLast((text) => COMPLAINT.test(text) && NAME.test(text))
  const variable = complaint === undefined ? undefined : NAME.exec(complaint)?.[0]
  const words = end.message ?? (complaint ?? lines.findLast((text) => text !== ''))?.trim()
  const remedy =
    variable === undefined
      ? commandRemedy(context, pod, container, end.exitCode)
      : variableRemedy(context, pod, container, variable)
  return {
    code: 'ContainerKeepsEnding',
    says: `The program of ${pod.metadata.name} ends (${howOf(end)}) each time it is started${words === undefined ? '' : `. It said: ${shortOf(words)}`}`,
    evidence: [
      {
        place: placeOf(pod, `status.containerStatuses[name=${container.name}]`),
        expected: 'a program that goes on',
        found: howOf(end),
      },
      ...(words === undefined
        ? []
        : [{ place: placeOf(pod, 'the end of its log'), found: shortOf(words) }]),
    ],
    place: placeOf(pod, field),
    ...(remedy === undefined ? {} : { remedy }),
  }
}

interface End {
  readonly exitCode: number
  readonly reason?: string
  readonly message?: string
}

/** Of a container that is not running well: how it ended. */
const endOf = ({ state, lastState, restartCount, ready }: ContainerStatus): End | undefined => {
  if (ready) return undefined
  const end = state?.terminated ?? (restartCount > 0 ? lastState?.terminated : undefined)
  const waiting = state?.waiting?.reason
  return end !== undefined || waiting !== 'RunContainerError'
    ? end
    : { exitCode: NOT_STARTED, ...state?.waiting }
}

/** Then it is not the program that ends. */
const isKilledByProbe = (
  { client }: DiagnosisContext,
  pod: Pod,
  { name }: ContainerStatus,
): boolean =>
  pod.spec.containers.some(
    (container) => container.name === name && container.livenessProbe !== undefined,
  ) &&
  client
    .list('events', {
      namespace: pod.metadata.namespace ?? '',
      involved: pod.metadata.uid ?? '',
    })
    .some(({ reason, message = '' }) => reason === 'Unhealthy' && message.startsWith('Liveness'))

const howOf = ({ exitCode, reason }: End): string =>
  `exit code ${exitCode}${reason === undefined ? '' : `, ${reason}`}`

const shortOf = (text: string): string =>
  text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text

/** How programs say which variable they miss. */
const COMPLAINT = /environment|not set|unset|missing|required|specify|specified/i
const NAME = /\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b|\b[A-Z][A-Z0-9]{3,}(?= environment variable)/

const EXAMPLE = 'example'

/** What a setting might be: only of ports can anybody else tell. */
export const exampleOf = ({ spec }: Service, setting: string): string => {
  const [port] = spec.ports ?? []
  const target = port?.targetPort ?? port?.port
  return /port$/i.test(setting) && typeof target === 'number' ? String(target) : EXAMPLE
}

const variableRemedy = (
  { client, service }: DiagnosisContext,
  pod: Pod,
  container: Container,
  variable: string,
): Remedy | undefined => {
  const value = exampleOf(service, variable)
  const says =
    value === EXAMPLE
      ? `Set ${variable}; "${value}" stands for what the program needs.`
      : `Set ${variable} to the port that the Service sends to, ${value}.`
  return containerRemedy(client, pod, container.name, says, ({ env = [], ...rest }) => ({
    ...rest,
    env: [...env.filter(({ name }) => name !== variable), { name: variable, value }],
  }))
}

/** They do nothing of their own. */
const SHELL_IMAGES = /(^|\/)(busybox|alpine|ubuntu|debian)(:|@|$)/

/** A command that cannot be run, or that is over at once, stands in the way of what the image would do. */
const commandRemedy = (
  { client }: DiagnosisContext,
  pod: Pod,
  { name, image = '', command }: Container,
  exitCode: number,
): Remedy | undefined => {
  const isCommands = [0, NOT_EXECUTABLE, NOT_FOUND, NOT_STARTED].includes(exitCode)
  if (!isCommands || command === undefined || SHELL_IMAGES.test(image)) return undefined
  const says = `Leave out the command ${shortOf(JSON.stringify(command))}: the image knows what to start.`
  return containerRemedy(
    client,
    pod,
    name,
    says,
    ({ command: _command, args: _args, ...rest }) => rest,
  )
}
