// What an Image object's program does. Everything in it is bounded by its validation, and what is put together here by the limits below.
import type {
  ImageEnv,
  ImageListener,
  ImageReply,
  ImageSpec,
} from '#api/kubarium/v1/image/types.ts'
import { parseGoDuration } from '#apimachinery/go-duration.ts'
import { own } from '#apimachinery/object.ts'
import { quantityOf, quantityValue } from '#apimachinery/quantity.ts'
import {
  type Environment,
  type HttpReply,
  type HttpRequest,
  type ImageBehaviour,
  type Listener,
  type LogLine,
  MEBIBYTE,
  type Process,
  type ProgramContext,
  quietly,
  type Self,
  textReply,
} from '#images/behaviour.ts'
import { expandText } from '#images/defined-text.ts'
import { goFetch } from '#images/go-http.ts'
import { goLog, pathOf, statusText } from '#images/http.ts'

const PROGRAM = '/program'
const SIZE = 24_117_248
const NOBODY = 65_532
const DEFAULT_MEMORY = 16 * MEBIBYTE
/** A program that finds something missing at its start takes so long to say so. */
const GIVES_UP_AFTER = 10
const LONGEST_URL = 4096
const LONGEST_BODY = 64 * 1024

/** The behaviour of a validated specification. */
export const definedImage = (spec: ImageSpec): ImageBehaviour => ({
  sizeBytes: SIZE,
  entrypoint: [PROGRAM],
  cmd: [],
  user: NOBODY,
  program: ([name], context) => (name === PROGRAM ? start(spec, context) : undefined),
})

export const millisecondsOf = (duration: string | undefined): number => {
  const value = duration === undefined ? 0 : parseGoDuration(duration)
  return typeof value === 'number' ? value : 0
}

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
    : { http: (request: HttpRequest, self: Self) => answer(replies, request, self) }),
})

const answer = (replies: readonly ImageReply[], request: HttpRequest, self: Self): HttpReply => {
  const path = pathOf(request)
  const fitting = replies.filter((reply) => isMeant(reply.path, path))
  const reply = fitting.find(({ method }) => method === undefined || method === request.method)
  if (reply !== undefined) return give(reply, path, self)
  return fitting.length === 0
    ? textReply('404 page not found\n', 404)
    : textReply('Method Not Allowed\n', 405)
}

const isMeant = (pattern: string, path: string): boolean =>
  pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern

const give = (reply: ImageReply, path: string, self: Self): HttpReply => {
  const called = reply.calls === undefined ? NOTHING : call(reply.calls, path, self)
  const takes = millisecondsOf(reply.delay) + called.takes
  const time = takes === 0 ? {} : { takes }
  if (called.error !== undefined) return { ...textReply(`${called.error}\n`, 502), ...time }
  const { failure, body = '', status = 200, headers = {} } = reply
  if (failure !== undefined) return { status: 502, headers: {}, body: '', fails: failure, ...time }
  const text = expandText(body, { self, path }, LONGEST_BODY)
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  const type = text === '' || hasType ? {} : { 'Content-Type': 'text/plain; charset=utf-8' }
  return { status, headers: { ...type, ...headers }, body: text, ...time }
}

interface Called {
  readonly takes: number
  readonly error?: string
}

const NOTHING: Called = { takes: 0 }

/** A probe has no network: it takes the dependency to be well. */
const call = (address: string, path: string, self: Self): Called => {
  if (self.network === undefined) return NOTHING
  const url = expandText(address, { self, path }, LONGEST_URL)
  const reply = goFetch(self.network, url)
  const error = 'error' in reply ? reply.error : problemOf(url, reply.status)
  const takes = 'error' in reply ? 0 : (reply.takes ?? 0)
  if (error === undefined) return { takes }
  goLog(self, error)
  return { takes, error }
}

const problemOf = (url: string, status: number): string | undefined =>
  status < 400 ? undefined : `Get ${JSON.stringify(url)}: ${status} ${statusText(status)}`.trimEnd()
