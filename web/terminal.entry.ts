// The session's terminal, loaded when somebody opens it: a screen (xterm) at one end of a WebSocket whose other end is a shell.
import { FitAddon } from '@xterm/addon-fit'
import { Terminal } from '@xterm/xterm'
import { shareKeys } from './terminal/keys.ts'
import { Line } from './terminal/line.ts'
import { withoutStyleElements } from './terminal/styled-document.ts'
import { MINIMUM_CONTRAST, theme } from './terminal/theme.ts'

export interface Mounted {
  focus(): void
  /** As if it were typed. */
  press(keys: string): void
  close(): void
}

/** Puts a terminal into `host`. `link`: `ID` or `ID.KEY`. */
export const mountTerminal = (host: HTMLElement, link: string): Mounted => {
  const restore = withoutStyleElements()
  const terminal = new Terminal({
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    fontFamily: 'ui-monospace, "SF Mono", Menlo, Consolas, monospace',
    fontSize: 13,
    lineHeight: 1.2,
    minimumContrastRatio: MINIMUM_CONTRAST,
    scrollback: 5000,
    screenReaderMode: true,
    theme: theme(),
  })
  const fit = new FitAddon()
  terminal.loadAddon(fit)
  terminal.open(host)
  shareKeys(terminal)
  const line = new Line(terminal, link)
  const resize = (): void => {
    // nobody sees it while the past is looked at: it keeps its size
    if (host.clientWidth === 0) return
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
    press: (keys) => terminal.input(keys),
    close: () => {
      scheme.removeEventListener('change', repaint)
      observer.disconnect()
      line.close()
      terminal.dispose()
      restore()
    },
  }
}
