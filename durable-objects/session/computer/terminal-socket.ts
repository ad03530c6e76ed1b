// A terminal over a WebSocket. Each frame is a JSON document.
//   in:  {"type":"input","data":"ls\r"} {"type":"resize","columns":100,"rows":30} {"type":"edited","path":"/…","text":"…"}
//   out: {"type":"output","data":"…"} {"type":"edit","path":"/…","text":"…","editor":"nano"} {"type":"files","paths":["web.yaml"]} {"type":"exit","exitCode":0}
import type { Rights } from '../../workstation/place.ts'
import type { SeatNews } from '../../workstation/seat.ts'
import type { TerminalSeat } from '../../workstation/terminal.ts'
import { problemResponse } from './problem-response.ts'
import type { SessionComputer, Taken } from './session-computer.ts'
import { wellFormed } from './shell-command.ts'

const MOST_TERMINALS = 50
/** Characters in one frame. */
const LONGEST_FRAME = 1024 * 1024
/** A page whose machine died never says so. */
const IDLE_MS = 4 * 3_600_000
const MOST_COLUMNS = 1000

/**
 * Asks the page to mark what is pasted: a ^I in it completes nothing; and to go back over the end of a row, since a line that is edited
 * may take several. xterm: ctlseqs, bracketed paste and reverse-wraparound mode
 */
const MODES = '\x1b[?2004h\x1b[?45h'

const NORMAL = 1000
const UNSUPPORTED = 1003
const TOO_LARGE = 1009

type Frame =
  | { readonly type: 'input'; readonly data: string }
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly type: 'edited'; readonly path: string; readonly text?: string }

const isSize = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MOST_COLUMNS

/** undefined: it is none. */
const frameOf = (text: string): Frame | undefined => {
  let frame: Readonly<Record<string, unknown>>
  try {
    frame = Object(JSON.parse(text)) as typeof frame
  } catch {
    return undefined // the caller closes the socket
  }
  const { type, data, columns, rows, path } = frame
  if (type === 'input' && typeof data === 'string') return { type, data }
  if (type === 'resize' && isSize(columns) && isSize(rows)) return { type, columns, rows }
  if (type !== 'edited' || typeof path !== 'string') return undefined
  return typeof frame['text'] === 'string' ? { type, path, text: frame['text'] } : { type, path }
}

const open = new WeakMap<SessionComputer, number>()

export const openTerminal = (
  computer: SessionComputer,
  rights: Rights,
  Terminal: typeof TerminalSeat,
): Response => {
  const terminals = open.get(computer) ?? 0
  if (terminals >= MOST_TERMINALS)
    return problemResponse({
      status: 429,
      title: 'Too many terminals',
      detail: `A session has ${MOST_TERMINALS} terminals at a time. Close one that nobody uses.`,
    })
  const [client, server] = Object.values(new WebSocketPair()) as [WebSocket, WebSocket]
  const line = new TerminalLine(server, computer, () =>
    open.set(computer, (open.get(computer) ?? 1) - 1),
  )
  if (!line.begin(rights, Terminal))
    return problemResponse({
      status: 429,
      title: 'Too many connections',
      detail: 'Too many programs and terminals are connected to this session. Close some.',
    })
  open.set(computer, terminals + 1)
  server.accept()
  line.run()
  return new Response(null, { status: 101, webSocket: client })
}

/** One terminal and its page. */
class TerminalLine {
  readonly #socket: WebSocket
  readonly #computer: SessionComputer
  readonly #onClose: () => void
  #terminal: TerminalSeat | undefined
  #taken: Taken | undefined
  #stopFiles: (() => void) | undefined
  #idle: ReturnType<typeof setTimeout> | undefined
  #isOpen = true

  constructor(socket: WebSocket, computer: SessionComputer, onClose: () => void) {
    this.#socket = socket
    this.#computer = computer
    this.#onClose = onClose
  }

  /** False: too many are connected. */
  begin(rights: Rights, Terminal: typeof TerminalSeat): boolean {
    this.#taken = this.#computer.take(
      rights,
      (cluster) =>
        (this.#terminal = new Terminal(
          (now) =>
            this.#computer.computerAt(now).open(now, {
              rights,
              argv: ['bash'],
              isTTY: true,
              edit: (path, text, editor) => this.#send({ type: 'edit', path, text, editor }),
            }),
          cluster,
        )),
      (news) => this.#tell(news),
    )
    return this.#taken !== undefined
  }

  run(): void {
    this.#stopFiles = this.#computer.onFiles((paths) => this.#send({ type: 'files', paths }))
    this.#socket.addEventListener('message', ({ data }) => this.#receive(data))
    this.#socket.addEventListener('close', () => this.#close(NORMAL))
    this.#socket.addEventListener('error', () => this.#close(NORMAL))
    this.#wait()
    this.#send({ type: 'output', data: MODES })
    this.#taken!.wake()
  }

  #receive(data: unknown): void {
    if (!this.#isOpen) return
    if (typeof data !== 'string') return this.#close(UNSUPPORTED, 'a frame is a text')
    if (data.length > LONGEST_FRAME) return this.#close(TOO_LARGE, 'a frame has at most 1 MiB')
    const frame = frameOf(data)
    if (frame === undefined)
      return this.#close(UNSUPPORTED, 'a frame is {"type": "input", "resize" or "edited", …}')
    this.#wait()
    if (frame.type === 'input') this.#terminal!.feed(frame.data)
    else if (frame.type === 'resize') this.#terminal!.resize(frame.columns, frame.rows)
    else this.#terminal!.edited(frame.path, frame.text)
    this.#taken!.wake()
  }

  #tell({ output, exitCode, stopped }: SeatNews): void {
    const data = output.map(({ text }) => text).join('')
    if (data !== '') this.#send({ type: 'output', data: wellFormed(data) })
    if (exitCode === undefined) return
    if (stopped !== undefined) this.#send({ type: 'output', data: `\r\nstopped: ${stopped}\r\n` })
    this.#send({ type: 'exit', exitCode })
    this.#close(NORMAL)
  }

  #send(frame: object): void {
    if (this.#isOpen) this.#socket.send(JSON.stringify(frame))
  }

  #wait(): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => this.#close(NORMAL, 'nobody has typed for hours'), IDLE_MS)
  }

  #close(code: number, reason?: string): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    clearTimeout(this.#idle)
    this.#stopFiles?.()
    try {
      this.#socket.close(code, reason)
    } catch {
      // closed already: the page went first
    }
    this.#onClose()
    this.#taken?.leave()
  }
}
