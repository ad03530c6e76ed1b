// The session's terminal, loaded when somebody opens it: a screen (xterm) at one end of a WebSocket whose other end is a shell.
import { FitAddon } from '@xterm/addon-fit'
import { Terminal, type ITheme } from '@xterm/xterm'
import { editFile } from './terminal/editor.ts'
import { withoutStyleElements } from './terminal/styled-document.ts'

export interface Mounted {
  focus(): void
  close(): void
}

interface Frame {
  readonly type: 'output' | 'edit' | 'files' | 'exit'
  readonly data?: string
  readonly path?: string
  readonly text?: string
}

const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** `light-dark(a, b)` as it is now. */
const resolved = (name: string): string => {
  const [, light = '', dark = ''] = /light-dark\(([^,]+),\s*([^)]+)\)/.exec(colour(name)) ?? []
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches
  return (isDark ? dark : light) || colour(name)
}

const theme = (): ITheme => ({
  background: resolved('--field'),
  foreground: resolved('--ink'),
  cursor: resolved('--accent'),
  selectionBackground: resolved('--hatch'),
})

const RETRY_MS = 2000
const MOST_WAITING = 1000

type Sent =
  | { readonly type: 'input'; readonly data: string }
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly type: 'edited'; readonly path: string; readonly text?: string }

/** Puts a terminal into `host`. `link`: `ID` or `ID.KEY`. */
export const mountTerminal = (host: HTMLElement, link: string): Mounted => {
  const restore = withoutStyleElements()
  const terminal = new Terminal({
    cursorBlink: true,
    fontFamily: 'ui-monospace, "SF Mono", Menlo, Consolas, monospace',
    fontSize: 13,
    lineHeight: 1.2,
    scrollback: 5000,
    screenReaderMode: true,
    theme: theme(),
  })
  const fit = new FitAddon()
  terminal.loadAddon(fit)
  terminal.open(host)
  const line = new Line(terminal, link)
  const resize = (): void => {
    fit.fit()
    line.send({ type: 'resize', columns: terminal.cols, rows: terminal.rows })
  }
  terminal.onData((data) => line.send({ type: 'input', data }))
  const observer = new ResizeObserver(resize)
  observer.observe(host)
  const scheme = matchMedia('(prefers-color-scheme: dark)')
  const repaint = (): void => {
    terminal.options.theme = theme()
  }
  scheme.addEventListener('change', repaint)
  return {
    focus: () => terminal.focus(),
    close: () => {
      scheme.removeEventListener('change', repaint)
      observer.disconnect()
      line.close()
      terminal.dispose()
      restore()
    },
  }
}

/** The way to the shell. A connection that breaks is made anew, with a new shell: the files are the same. */
class Line {
  readonly #terminal: Terminal
  readonly #link: string
  #socket: WebSocket | undefined
  #isClosed = false
  #hasExited = false
  /** What was typed while nobody listened. */
  #waiting: string[] = []

  constructor(terminal: Terminal, link: string) {
    this.#terminal = terminal
    this.#link = link
    this.#connect()
  }

  send(frame: Sent): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame))
    else if (this.#hasExited && frame.type === 'input') this.#again()
    else if (frame.type === 'input' && this.#waiting.length < MOST_WAITING)
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
      this.send({ type: 'resize', columns: this.#terminal.cols, rows: this.#terminal.rows })
      for (const frame of this.#waiting.splice(0)) socket.send(frame)
    })
    socket.addEventListener('message', ({ data }) => this.#take(JSON.parse(String(data)) as Frame))
    socket.addEventListener('close', () => this.#lost())
  }

  #take({ type, data = '', path = '', text = '' }: Frame): void {
    if (type === 'output') this.#terminal.write(data)
    else if (type === 'edit') void this.#edit(path, text)
    else if (type === 'exit') {
      this.#hasExited = true
      this.#terminal.write('\r\nThe shell has ended. Press a key for a new one.\r\n')
    }
  }

  async #edit(path: string, text: string): Promise<void> {
    const saved = await editFile(path, text)
    this.send({ type: 'edited', path, ...(saved === undefined ? {} : { text: saved }) })
    this.#terminal.focus()
  }

  #lost(): void {
    if (this.#isClosed || this.#hasExited) return
    this.#terminal.write('\r\nThe connection was lost. Trying again…\r\n')
    setTimeout(() => {
      if (!this.#isClosed) this.#connect()
    }, RETRY_MS)
  }
}
