// A command that came over HTTP: it runs to its end while other requests go on.
import { bytesOf } from '../../cluster/shell/files/bytes.ts'
import type { Output } from '../../cluster/shell/session.ts'
import type { Rights } from '../../workstation/place.ts'
import type { SeatNews } from '../../workstation/seat.ts'
import { problemResponse } from './problem-response.ts'
import type { SessionComputer } from './session-computer.ts'

export interface ShellCall {
  /** A line, or a script. */
  readonly command: string
  readonly stdin?: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

const MOST_SECONDS = 60
const MOST_RUNNING = 20
const TIMED_OUT = 124

/** Most commands have ended by then. */
const SOON_MS = 1000
const BLANK_MS = 1000
const HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' }
const LINES = { ...HEADERS, 'content-type': 'application/x-ndjson' }

const DECODER = new TextDecoder()

/** Bytes that are no text cannot stand in JSON. */
export const wellFormed = (text: string): string =>
  /[\ud800-\udfff]/.test(text) ? DECODER.decode(bytesOf(text)) : text

const running = new WeakMap<SessionComputer, number>()

const count = (computer: SessionComputer, more: number): void =>
  void running.set(computer, (running.get(computer) ?? 0) + more)

const tooMany = (): Response =>
  problemResponse({
    status: 429,
    title: 'Too many commands',
    detail: `A session runs ${MOST_RUNNING} commands at a time. Wait until one has ended.`,
  })

/** How it ended. */
interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/** One command that runs. */
interface Running {
  readonly ended: Promise<Ran>
  /** Tells what it has written and goes on writing. */
  readonly onOutput: (tell: (output: Output) => void) => void
  /** Nobody listens any more. */
  readonly leave: () => void
}

/** `isStreamed`: the answer comes as the command writes it. */
export const runCommand = async (
  computer: SessionComputer,
  rights: Rights,
  call: ShellCall,
  { signal, isStreamed }: { readonly signal: AbortSignal; readonly isStreamed: boolean },
): Promise<Response> => {
  if ((running.get(computer) ?? 0) >= MOST_RUNNING) return tooMany()
  let command: Running | undefined
  try {
    command = start(computer, rights, call)
  } catch (error) {
    if ((error as Error).name !== 'NoSuchFolder') throw error
    const detail = `cwd: there is no folder ${JSON.stringify((error as Error).message)} on the computer.`
    return problemResponse({ status: 400, title: 'No such folder', detail })
  }
  if (command === undefined) return tooMany()
  count(computer, 1)
  const { ended, leave } = command
  signal.addEventListener('abort', leave)
  const counted = ended.finally(() => {
    count(computer, -1)
    signal.removeEventListener('abort', leave)
  })
  if (isStreamed) return lines({ ...command, ended: counted })
  const soon = await Promise.race([counted, after(SOON_MS)])
  return soon === undefined
    ? streamed(leave, (write) => counted.then((ran) => write(JSON.stringify(ran))))
    : Response.json(soon, { headers: HEADERS })
}

const after = (ms: number): Promise<undefined> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms)
  })

/** A line of JSON for each piece that it writes, `{"stdout"}` or `{"stderr"}`, and `{"exitCode"}` last. */
const lines = ({ ended, leave, onOutput }: Running): Response =>
  streamed(
    leave,
    async (write) => {
      const line = (value: object): void => write(`${JSON.stringify(value)}\n`)
      onOutput(({ fd, text }) => line({ [NAMES[fd]]: wellFormed(text) }))
      const { exitCode } = await ended
      line({ exitCode })
    },
    LINES,
  )

const NAMES = { 1: 'stdout', 2: 'stderr' } as const

/**
 * The answer is written while the command runs. That its client has gone is noticed when something is sent to it: blanks, which JSON may
 * begin with.
 */
const streamed = (
  leave: () => void,
  answer: (write: (text: string) => void) => Promise<void>,
  headers: Readonly<Record<string, string>> = HEADERS,
): Response => {
  const encoder = new TextEncoder()
  let beat: ReturnType<typeof setInterval> | undefined
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      const write = (text: string): void => controller.enqueue(encoder.encode(text))
      const finish = (): void => {
        clearInterval(beat)
        controller.close()
      }
      beat = setInterval(() => write(' '), BLANK_MS)
      write(' ')
      // a client that has gone takes nothing more
      answer(write)
        .then(finish)
        .catch(() => clearInterval(beat))
    },
    cancel: () => {
      clearInterval(beat)
      leave()
    },
  })
  return new Response(body, { headers: { ...headers, 'content-encoding': 'identity' } })
}

/** undefined: too many are connected. Throws NoSuchFolder. */
const start = (
  computer: SessionComputer,
  rights: Rights,
  { command, ...given }: ShellCall,
): Running | undefined => {
  const said = { 1: '', 2: '' }
  let told: ((output: Output) => void) | undefined
  let resolve: (ran: Ran) => void
  const ended = new Promise<Ran>((settle) => (resolve = settle))
  const say = (output: Output): void => {
    if (told === undefined) said[output.fd] += output.text
    else told(output)
  }
  const end = (exitCode: number, why?: string): void => {
    clearTimeout(timer)
    if (why !== undefined) say({ fd: 2, text: `bash: stopped: ${why}\n` })
    resolve({ stdout: wellFormed(said[1]), stderr: wellFormed(said[2]), exitCode })
  }
  const tell = ({ output, exitCode, stopped }: SeatNews): void => {
    for (const piece of output) say(piece)
    if (exitCode !== undefined) end(exitCode, stopped)
  }
  const argv = ['bash', '-c', command]
  const taken = computer.take(
    rights,
    (cluster) =>
      computer.computerAt(cluster).open(cluster, { rights, argv, isTTY: false, ...given }),
    tell,
  )
  if (taken === undefined) return undefined
  const stop = (why: string): void => {
    taken.leave()
    end(TIMED_OUT, why)
  }
  const timer = setTimeout(
    () =>
      stop(
        `a command may take ${MOST_SECONDS} seconds${computer.isStill ? ', and the clock of the session stands' : ''}`,
      ),
    MOST_SECONDS * 1000,
  )
  taken.wake()
  const onOutput = (show: (output: Output) => void): void => {
    for (const fd of [1, 2] as const) if (said[fd] !== '') show({ fd, text: said[fd] })
    told = show
  }
  return { ended, onOutput, leave: () => stop('nobody listens any more') }
}
