// The terminal under the cluster. Its screen is loaded when it is opened for the first time.
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Access } from './api.ts'

interface TerminalModule {
  readonly mountTerminal: (host: HTMLElement, link: string) => { focus(): void; close(): void }
}

const linkOf = ({ id, key }: Access): string => (key === undefined ? id : `${id}.${key}`)

/** Not part of this page's own script. */
const SCRIPT = '/terminal.js'

const Screen = ({ access }: { readonly access: Access }) => {
  const host = useRef<HTMLDivElement>(null)
  const [problem, setProblem] = useState('')
  useEffect(() => {
    let mounted: ReturnType<TerminalModule['mountTerminal']> | undefined
    let isGone = false
    const load = async (): Promise<void> => {
      try {
        const { mountTerminal } = (await import(SCRIPT)) as TerminalModule
        if (isGone) return
        mounted = mountTerminal(host.current!, linkOf(access))
        mounted.focus()
      } catch (error) {
        setProblem(String(error))
      }
    }
    void load()
    return () => {
      isGone = true
      mounted?.close()
    }
  }, [])
  if (problem !== '') return <p class="quiet">The terminal could not be loaded: {problem}</p>
  return (
    <div class="screen">
      <div ref={host} />
    </div>
  )
}

/** The learner's computer. */
export const TerminalPane = ({ access }: { readonly access: Access }) => {
  const [isOpen, setOpen] = useState(false)
  return (
    <section class="computer" aria-labelledby="terminal">
      <header>
        <h2 id="terminal">Terminal</h2>
        <span class="quiet">
          {access.key === undefined
            ? 'a computer with kubectl that may only look'
            : 'a computer with kubectl, curl, dig and your files'}
        </span>
        <button type="button" class="plain" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Close' : 'Open the terminal'}
        </button>
      </header>
      {isOpen ? <Screen access={access} /> : null}
    </section>
  )
}
