// The terminal under the cluster. Its screen is loaded when it is opened for the first time.
import { useEffect, useRef, useState } from 'preact/hooks'
import { type Access, linkOf } from './api.ts'

interface TerminalModule {
  readonly mountTerminal: (
    host: HTMLElement,
    link: string,
  ) => { focus(): void; press(keys: string): void; close(): void }
}

type Mounted = ReturnType<TerminalModule['mountTerminal']>

/** Not part of this page's own script. */
const SCRIPT = '/terminal.js'

/** What the keyboards of telephones lack, and what it sends. */
const KEYS = [
  ['Tab', '\t'],
  ['↑', '\x1b[A', 'Up'],
  ['↓', '\x1b[B', 'Down'],
  ['←', '\x1b[D', 'Left'],
  ['→', '\x1b[C', 'Right'],
  ['Ctrl-C', '\x03'],
  ['Ctrl-D', '\x04'],
  ['Ctrl-R', '\x12'],
  ['Ctrl-Z', '\x1a'],
  ['Esc', '\x1b'],
] as const

const Keys = ({ press }: { readonly press: (keys: string) => void }) => (
  <div class="keys" role="group" aria-label="Keys">
    {KEYS.map(([label, keys, name]) => (
      <button
        type="button"
        class="plain"
        aria-label={name}
        // the terminal stays what is typed into
        onPointerDown={(event) => event.preventDefault()}
        onClick={() => press(keys)}
      >
        {label}
      </button>
    ))}
  </div>
)

interface ScreenProps {
  readonly access: Access
  /** Somebody has just opened it. */
  readonly isAsked: boolean
}

const Screen = ({ access, isAsked }: ScreenProps) => {
  const host = useRef<HTMLDivElement>(null)
  const terminal = useRef<Mounted | undefined>(undefined)
  const [problem, setProblem] = useState('')
  useEffect(() => {
    let isGone = false
    const load = async (): Promise<void> => {
      try {
        const { mountTerminal } = (await import(SCRIPT)) as TerminalModule
        if (isGone) return
        terminal.current = mountTerminal(host.current!, linkOf(access))
        if (isAsked) terminal.current.focus()
      } catch (error) {
        setProblem(String(error))
      }
    }
    void load()
    return () => {
      isGone = true
      terminal.current?.close()
    }
  }, [])
  if (problem !== '') return <p class="quiet">The terminal could not be loaded: {problem}</p>
  return (
    <>
      <div class="screen">
        <div ref={host} />
      </div>
      <Keys
        press={(keys) => {
          terminal.current?.focus()
          terminal.current?.press(keys)
        }}
      />
    </>
  )
}

/** Whether the terminal of this session was open when the page was left. Some browsers keep nothing. */
const remembered = (id: string) => {
  const name = `kubarium-terminal-${id}`
  return {
    wasOpen: (): boolean => {
      try {
        return sessionStorage.getItem(name) === 'open'
      } catch {
        return false
      }
    },
    keep: (isOpen: boolean): void => {
      try {
        if (isOpen) sessionStorage.setItem(name, 'open')
        else sessionStorage.removeItem(name)
      } catch {
        // then it has to be opened again
      }
    },
  }
}

/** The learner's computer. */
export const TerminalPane = ({ access }: { readonly access: Access }) => {
  const memory = remembered(access.id)
  const [isOpen, setOpen] = useState(memory.wasOpen)
  const [isAsked, setAsked] = useState(false)
  const toggle = (): void => {
    memory.keep(!isOpen)
    setAsked(true)
    setOpen(!isOpen)
  }
  return (
    <section class="computer" aria-labelledby="terminal">
      <header>
        <h2 id="terminal">Terminal</h2>
        <span class="quiet">
          {access.key === undefined
            ? 'a computer with kubectl that may only look'
            : 'a computer with kubectl, curl, dig and your files'}
        </span>
        <button type="button" class="plain" aria-expanded={isOpen} onClick={toggle}>
          {isOpen ? 'Close' : 'Open the terminal'}
        </button>
      </header>
      {isOpen ? <Screen access={access} isAsked={isAsked} /> : null}
    </section>
  )
}
