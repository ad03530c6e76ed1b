// The way to the shell. A connection that breaks is made anew, with a new shell: the files are the same.
import type { Terminal } from '@xterm/xterm'
import { editFile } from './editor.ts'

interface Frame {
  readonly type: 'output' | 'edit' | 'files' | 'exit'
  readonly data?: string
  readonly path?: string
  readonly text?: string
  readonly editor?: string
}

type Sent =
  | { readonly type: 'input'; readonly data: string }
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly type: 'edited'; readonly path: string; readonly text?: string }

const RETRY_MS = 1000
const LONGEST_RETRY_MS = 30_000
const MOST_WAITING = 1000
/** What a program has left behind that the connection took with it: another screen, colours, a hidden cursor. */
const AS_AT_FIRST = '\x1b[?1049l\x1b[0m\x1b[?25h'
const HOME = '/home/learner/'

export class Line {
  readonly #terminal: Terminal
  readonly #link: string
  #socket: WebSocket | undefined
  #isClosed = false
  #hasExited = false
  /** In vain, since there was a shell. */
  #tries = 0
  /** What was typed while nobody listened. */
  #waiting: string[] = []

  constructor(terminal: Terminal, link: string) {
    this.#terminal = terminal
    this.#link = link
    this.#connect()
  }

  send(frame: Sent): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame))
    else if (frame.type !== 'input') return
    else if (this.#hasExited && frame.data === '\r') this.#again()
    else if (!this.#hasExited && this.#waiting.length < MOST_WAITING)
      this.#waiting.push(JSON.stringify(frame))
  }

  close(): void {
    this.#isClosed = true
    this.#socket?.close()
  }

  #again(): void {
    this.#hasExited = false
    this.#terminal.reset()
    this.#connect()
  }

  #connect(): void {
    const { protocol, host } = location
    const scheme = protocol === 'https:' ? 'wss' : 'ws'
    const socket = new WebSocket(`${scheme}://${host}/api/sessions/${this.#link}/terminal`)
    this.#socket = socket
    socket.addEventListener('open', () => {
      if (this.#tries > 0)
        this.#terminal.write(
          'Connected again. This is a new shell; your files are as they were.\r\n',
        )
      this.#tries = 0
      this.send({ type: 'resize', columns: this.#terminal.cols, rows: this.#terminal.rows })
      for (const frame of this.#waiting.splice(0)) socket.send(frame)
    })
    socket.addEventListener('message', ({ data }) => this.#take(JSON.parse(String(data)) as Frame))
    socket.addEventListener('close', () => this.#lost())
  }

  #take(frame: Frame): void {
    if (frame.type === 'output') this.#terminal.write(frame.data ?? '')
    else if (frame.type === 'edit') void this.#edit(frame)
    else if (frame.type === 'exit') {
      this.#hasExited = true
      this.#terminal.write('\r\nThe shell has ended. Press Enter for a new one.\r\n')
    }
  }

  async #edit({ path = '', text = '', editor = '' }: Frame): Promise<void> {
    const shell = this.#socket
    const saved = await editFile(path, text, editor)
    if (shell === this.#socket && shell?.readyState === WebSocket.OPEN)
      this.send({ type: 'edited', path, ...(saved === undefined ? {} : { text: saved }) })
    else if (saved !== undefined) await this.#keep(path, saved)
    this.#terminal.focus()
  }

  /** Nobody waits for the text any more: its shell has gone. */
  async #keep(path: string, text: string): Promise<void> {
    const name = path.startsWith(HOME) ? path.slice(HOME.length) : `unsaved${path}`
    const file = name.split('/').map(encodeURIComponent).join('/')
    const url = `/api/sessions/${this.#link}/files/${file}`
    const answer = await fetch(url, { method: 'PUT', body: text }).catch(() => undefined)
    const said =
      answer?.ok === true ? `Saved as ~/${name}.` : `${path} could not be saved:\n${text}`
    this.#terminal.write(`\r\n${said.replaceAll('\n', '\r\n')}\r\n`)
    // the shell shows its prompt again
    this.send({ type: 'input', data: '\r' })
  }

  #lost(): void {
    if (this.#isClosed || this.#hasExited) return
    if (this.#tries === 0)
      this.#terminal.write(`${AS_AT_FIRST}\r\nThe connection was lost. Trying again…\r\n`)
    const ms = Math.min(RETRY_MS * 2 ** this.#tries, LONGEST_RETRY_MS)
    this.#tries++
    setTimeout(() => {
      if (!this.#isClosed) this.#connect()
    }, ms)
  }
}
