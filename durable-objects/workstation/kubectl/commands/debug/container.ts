// The containers that `kubectl debug` adds, and what it says of them. kubernetes: kubectl pkg/cmd/debug/debug.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { splitCsv } from '#kubectl/command/values.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { containerNamed } from '#kubectl/resource/pod-containers.ts'

const LETTERS = 'bcdfghjklmnpqrstvwxz2456789'
const SUFFIX_LENGTH = 5

/** What one line asks for. */
export interface Debugging {
  readonly run: Invocation
  /** What stood behind `--`. */
  readonly words: readonly string[]
  readonly profile: string
  /** `--custom` */
  readonly custom: JsonObject | undefined
}

export const suffix = ({ call }: Invocation): string =>
  Array.from({ length: SUFFIX_LENGTH }, () => LETTERS[call.random() % LETTERS.length]).join('')

/** That of the flag, or one that nobody has. */
export const nameFor = (run: Invocation, pod: Pod): string => {
  const given = run.flags.string('container')
  if (given !== '') return given
  let name: string
  do name = `debugger-${suffix(run)}`
  while (containerNamed(pod, name) !== undefined)
  if (!run.flags.bool('quiet')) run.out(`Defaulting debug container name to ${name}.\n`)
  return name
}

/** `--env=A=B,C=D`. Throws. */
export const environmentOf = ({ flags }: Invocation): readonly JsonObject[] =>
  flags
    .list('env')
    .flatMap(splitCsv)
    .map((pair) => {
      const [key = '', ...value] = pair.split('=')
      if (value.length === 0)
        throw new KubectlFailure(
          `invalid argument ${JSON.stringify(pair)} for "--env" flag: ${pair} must be formatted as key=value\nSee 'kubectl debug --help' for usage.`,
        )
      return { name: key, value: value.join('=') }
    })

/** What the flags say of a container, new or not. */
export const fromFlags = ({ run, words }: Debugging): JsonObject => {
  const { flags } = run
  const env = environmentOf(run)
  const image = flags.string('image')
  const policy = flags.string('image-pull-policy')
  return {
    ...(words.length === 0 ? {} : { [flags.bool('arguments-only') ? 'args' : 'command']: words }),
    ...(env.length === 0 ? {} : { env }),
    ...(image === '' ? {} : { image }),
    ...(policy === '' ? {} : { imagePullPolicy: policy }),
    ...(flags.bool('stdin') ? { stdin: true } : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
  }
}

interface Security {
  readonly runAsUser?: number
  readonly privileged?: boolean
  readonly capabilities?: { readonly add?: readonly string[] }
}

/** Who is not root can do little with what a profile grants. kubernetes: displayWarning */
export const warnOfUser = (
  run: Invocation,
  podSecurity: Security = {},
  { securityContext }: JsonObject,
): void => {
  const security = securityContext as Security | undefined
  if ((podSecurity.runAsUser ?? 0) === 0 || security === undefined) return
  const isGranted = security.privileged === true || (security.capabilities?.add ?? []).length > 0
  if (security.runAsUser === 0 || !isGranted) return
  run.err(
    'Warning: Non-root user is configured for the entire target Pod, and some capabilities granted by debug profile may not work. Please consider using "--custom" with a custom profile that specifies "securityContext.runAsUser: 0".\n',
  )
}
