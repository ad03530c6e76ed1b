// Keys that mean something to a browser's user before they mean something to a shell.
import type { Terminal } from '@xterm/xterm'

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

/** True: the key is the terminal's. */
const isForShell = (terminal: Terminal, event: KeyboardEvent): boolean => {
  // the keyboard's way out: Tab completes
  if (event.key === 'Tab') return !event.shiftKey
  if (isMac || !event.ctrlKey || event.altKey || event.metaKey) return true
  const key = event.key.toLowerCase()
  // the browser pastes
  if (key === 'v') return false
  if (key !== 'c' || !terminal.hasSelection()) return true
  if (event.type === 'keydown') copy(terminal, event)
  return false
}

/** With Shift some browsers would open their tools. */
const copy = (terminal: Terminal, event: KeyboardEvent): void => {
  event.preventDefault()
  void navigator.clipboard?.writeText(terminal.getSelection())
  terminal.clearSelection()
}

export const shareKeys = (terminal: Terminal): void => {
  terminal.attachCustomKeyEventHandler((event) => isForShell(terminal, event))
  terminal.textarea?.setAttribute('aria-label', 'Terminal input, Shift-Tab leaves it')
}
