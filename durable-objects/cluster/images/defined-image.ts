// What an Image object's program does. Everything in it is bounded by its validation, and what is put together here by the limits below.
import type { ImageEnv, ImageListener, ImageSpec } from '#api/kubarium/v1/image/types.ts'
import { own } from '#apimachinery/object.ts'
import { quantityOf, quantityValue } from '#apimachinery/quantity.ts'
import {
  type Environment,
  type HttpRequest,
  type ImageBehaviour,
  type Listener,
  type LogLine,
  MEBIBYTE,
  type Process,
  type ProgramContext,
  quietly,
  type Self,
} from '#images/behaviour.ts'
import { answerByReplies, millisecondsOf } from '#images/defined-replies.ts'

const PROGRAM = '/program'
const SIZE = 24_117_248
const NOBODY = 65_532
const DEFAULT_MEMORY = 16 * MEBIBYTE
/** A program that finds something missing at its start takes so long to say so. */
const GIVES_UP_AFTER = 10

/** The behaviour of a validated specification. */
export const definedImage = (spec: ImageSpec): ImageBehaviour => ({
  sizeBytes: SIZE,
  entrypoint: [PROGRAM],
  cmd: [],
  user: NOBODY,
  program: ([name], context) => (name === PROGRAM ? start(spec, context) : undefined),
})

const start = (spec: ImageSpec, { env }: ProgramContext): Process => {
  const missing = spec.env?.find(({ name }) => valueOf(env, name) === '')
  if (missing !== undefined) return givesUp(messageOf(missing), missing.exitCode)
  const listens = listenersOf(spec, env)
  if ('problem' in listens) return givesUp(listens.problem)
  const { exits, log = [], memory } = spec
  return quietly({
    listens: listens.listeners,
    memoryBytes: memory === undefined ? DEFAULT_MEMORY : quantityValue(quantityOf(memory)),
    log: log.map(({ text, after, every }): LogLine => ({
      after: millisecondsOf(after),
      text,
      stream: 'stdout',
      ...(every === undefined ? {} : { every: millisecondsOf(every) }),
    })),
    ...(exits === undefined
      ? {}
      : { ends: { after: millisecondsOf(exits.after), exitCode: exits.code ?? 0 } }),
    terminates: 0,
  })
}

const valueOf = (env: Environment, name: string): string => own(env, name) ?? ''

const messageOf = ({ name, message }: ImageEnv): string =>
  message ?? `environment variable ${name} is not set`

const givesUp = (text: string, exitCode = 1): Process =>
  quietly({
    log: [{ after: 0, text, stream: 'stderr' }],
    ends: { after: GIVES_UP_AFTER, exitCode },
  })

type Listeners = { readonly listeners: readonly Listener[] } | { readonly problem: string }

const listenersOf = ({ listens = [], startDelay }: ImageSpec, env: Environment): Listeners => {
  const after = millisecondsOf(startDelay)
  const listeners: Listener[] = []
  for (const listen of listens) {
    const { protocol = 'TCP' } = listen
    const port = portOf(listen, env)
    if (typeof port === 'string') return { problem: `listen ${protocol.toLowerCase()}: ${port}` }
    if (listeners.some((other) => other.port === port && other.protocol === protocol))
      return {
        problem: `listen ${protocol.toLowerCase()} :${port}: bind: address already in use`,
      }
    listeners.push(listenerOn(port, after, listen))
  }
  return { listeners }
}

/** The port, or what Go's `net.Listen` says of it. */
const portOf = ({ port, portFrom }: ImageListener, env: Environment): number | string => {
  const text = portFrom === undefined ? '' : valueOf(env, portFrom)
  if (text === '') return port ?? `environment variable ${portFrom ?? ''} is not set`
  const named = text.slice(0, 64).replace(/^:/, '')
  const number = /^\d+$/.test(named) ? Number(named) : undefined
  if (number === undefined) return `lookup tcp/${named}: unknown port`
  return number > 0 && number < 65_536 ? number : `address ${named}: invalid port`
}

const listenerOn = (
  port: number,
  after: number,
  { protocol = 'TCP', host, replies = [] }: ImageListener,
): Listener => ({
  port,
  protocol,
  after,
  ...(host === undefined ? {} : { host }),
  ...(protocol === 'TCP' ? {} : { message: (text: string) => text }),
  ...(replies.length === 0
    ? {}
    : { http: (request: HttpRequest, self: Self) => answerByReplies(replies, request, self) }),
})
