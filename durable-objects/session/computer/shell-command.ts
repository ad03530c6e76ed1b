// A command that came over HTTP: it runs to its end while other requests go on.
import { bytesOf } from '../../cluster/shell/files/bytes.ts'
import type { Rights } from '../../workstation/place.ts'
import type { SeatNews } from '../../workstation/seat.ts'
import { problemResponse } from './problem-response.ts'
import type { SessionComputer, Taken } from './session-computer.ts'

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

const DECODER = new TextDecoder()

/** Bytes that are no text cannot stand in JSON. */
export const wellFormed = (text: string): string =>
  /[\ud800-\udfff]/.test(text) ? DECODER.decode(bytesOf(text)) : text

const running = new WeakMap<SessionComputer, number>()

const count = (computer: SessionComputer, more: number): number => {
  const now = (running.get(computer) ?? 0) + more
  running.set(computer, now)
  return now
}

const tooMany = (): Response =>
  problemResponse({
    status: 429,
    title: 'Too many commands',
    detail: `A session runs ${MOST_RUNNING} commands at a time. Wait until one has ended.`,
  })

export const runCommand = async (
  computer: SessionComputer,
  rights: Rights,
  call: ShellCall,
  signal: AbortSignal,
): Promise<Response> => {
  if (count(computer, 1) > MOST_RUNNING) {
    count(computer, -1)
    return tooMany()
  }
  try {
    return await run(computer, rights, call, signal)
  } finally {
    count(computer, -1)
  }
}

const run = (
  computer: SessionComputer,
  rights: Rights,
  { command, ...given }: ShellCall,
  signal: AbortSignal,
): Promise<Response> =>
  new Promise((resolve, reject) => {
    const said = { 1: '', 2: '' }
    let timer: ReturnType<typeof setTimeout> | undefined
    const end = (exitCode: number, why?: string): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', leave)
      const stderr = why === undefined ? said[2] : `${said[2]}bash: stopped: ${why}\n`
      const answer = { stdout: wellFormed(said[1]), stderr: wellFormed(stderr), exitCode }
      resolve(Response.json(answer, { headers: { 'cache-control': 'no-store' } }))
    }
    const tell = ({ output, exitCode, stopped }: SeatNews): void => {
      for (const { fd, text } of output) said[fd] += text
      if (exitCode !== undefined) end(exitCode, stopped)
    }
    let taken: Taken | undefined
    const leave = (): void => {
      taken?.leave()
      end(TIMED_OUT, 'nobody listens any more')
    }
    const argv = ['bash', '-c', command]
    try {
      taken = computer.take(
        (cluster) =>
          computer.computerAt(cluster).open(cluster, { rights, argv, isTTY: false, ...given }),
        tell,
      )
    } catch (error) {
      if ((error as Error).name !== 'NoSuchFolder') return reject(error)
      return resolve(
        problemResponse({
          status: 400,
          title: 'No such folder',
          detail: `cwd: there is no folder ${call(error)} on the computer.`,
        }),
      )
    }
    if (taken === undefined) return resolve(tooMany())
    signal.addEventListener('abort', leave)
    timer = setTimeout(() => {
      taken.leave()
      end(TIMED_OUT, `a command may take ${MOST_SECONDS} seconds`)
    }, MOST_SECONDS * 1000)
    taken.wake()
  })

const call = (error: unknown): string => JSON.stringify((error as Error).message)
