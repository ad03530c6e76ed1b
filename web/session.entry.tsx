// The session page: shows one cluster live.
import { effect } from '@preact/signals'
import { render } from 'preact'
import { accessOf, type Session } from './session/api.ts'
import { ClusterView } from './session/cluster-view.tsx'
import { Connect } from './session/connect.tsx'
import { CopyButton } from './session/copy.tsx'
import { Failure } from './session/failure.tsx'
import { Live, type Connection } from './session/live.ts'
import { TerminalPane } from './session/terminal.tsx'

const access = accessOf(location)
const live = new Live(access)
const { session, lists, connection, people } = live

const titleOf = (known: Session | undefined): string => known?.title || 'A cluster'

const time = (at: Date): string => at.toLocaleTimeString([], { timeStyle: 'short' })

const Status = ({ now }: { readonly now: Connection }) => {
  if (now.is !== 'lost')
    return <span class={`tag ${now.is}`}>{now.is === 'live' ? 'live' : 'opening'}</span>
  return (
    <span class="tag bad">
      No connection to the server since {time(now.at)}. This is how it was then. Trying again…
    </span>
  )
}

const Bar = () => (
  <header class="bar">
    <a href="/" class="wordmark">
      Kubarium
    </a>
    <h1>{titleOf(session.value)}</h1>
    <span class="tag">{access.key === undefined ? 'view only' : 'you can change it'}</span>
    <span role="status" class="status">
      <Status now={connection.value} />
      {connection.value.is === 'live' && people.value > 1 ? (
        <span class="tag">{people.value} people here</span>
      ) : null}
    </span>
    <CopyButton text={`${location.origin}/s/${access.id}`} label="Copy view link" />
  </header>
)

const Page = () => {
  const now = connection.value
  if (now.is === 'refused') return <Failure status={now.status} access={access} />
  return (
    <>
      <Bar />
      <main class={`cluster${now.is === 'lost' ? ' stale' : ''}`}>
        {session.value?.description ? <p class="about">{session.value.description}</p> : null}
        <ClusterView lists={lists} />
        <TerminalPane access={access} />
        <Connect access={access} />
      </main>
    </>
  )
}

const root = document.querySelector('#app')!
root.replaceChildren()
render(<Page />, root)
effect(() => {
  document.title = `${titleOf(session.value)} · Kubarium`
})
void live.follow()
// another key in the address is another page
addEventListener('hashchange', () => location.reload())
