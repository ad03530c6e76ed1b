// The session page: shows one cluster live, or as it was.
import { effect, signal, untracked } from '@preact/signals'
import { render } from 'preact'
import { type Access, addressOf, call, isSnapshot, type Session } from './session/api.ts'
import type { ClockMessage } from './session/clock.ts'
import { ClusterView } from './session/cluster-view.tsx'
import { Connect } from './session/connect.tsx'
import { Failure } from './session/failure.tsx'
import { HistoryPanel } from './session/history-panel.tsx'
import { History } from './session/history.ts'
import { type Connection, Live, type Lists } from './session/live.ts'
import { Past } from './session/past.ts'
import { place } from './session/place.ts'
import { ForkButton, Share } from './session/share.tsx'
import { StillBanner } from './session/still-banner.tsx'
import { TerminalPane } from './session/terminal.tsx'
import { TimeBar } from './session/time-bar.tsx'
import { HISTORY, SHARE, SNAPSHOT } from './session/words.ts'

const current: Access = { ...place.peek(), at: undefined }
const live = new Live(current)
const past = new Past()
const history = new History(current)
const { connection, people, clock } = live
const REFRESH_MS = 3000
const isHistoryOpen = signal(false)

const isStill = (access: Access): boolean => access.at !== undefined || isSnapshot(access)

const sessionOf = (access: Access): Session | undefined =>
  (isStill(access) ? past.shown.value : undefined) ?? live.session.value

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

const Bar = ({ access }: { readonly access: Access }) => (
  <header class="bar">
    <a href="/" class="wordmark">
      Kubarium
    </a>
    <h1>{titleOf(sessionOf(access))}</h1>
    <span class="tag">
      {isSnapshot(access)
        ? SNAPSHOT.tag
        : access.key === undefined
          ? 'view only'
          : 'you can change it'}
    </span>
    <span role="status" class="status">
      {isStill(access) ? null : <Status now={connection.value} />}
      {!isStill(access) && connection.value.is === 'live' && people.value > 1 ? (
        <span class="tag">{people.value} people here</span>
      ) : null}
    </span>
    {isStill(access) ? null : <ForkButton access={access} label={SHARE.fork} />}
    <Share access={access} />
  </header>
)

/** When the cluster was made: its first node came with it. */
const bornAt = (lists: Lists): number | undefined => {
  const [first] = lists.nodes.items.value ?? []
  return first === undefined ? undefined : Date.parse(first.metadata.creationTimestamp)
}

const Now = ({ access }: { readonly access: Access }) => (
  <TimeBar access={access} clock={clock} history={history} born={bornAt(live.lists)}>
    <button
      type="button"
      class="plain"
      aria-expanded={isHistoryOpen.value}
      aria-controls="history-panel"
      onClick={() => (isHistoryOpen.value = !isHistoryOpen.value)}
    >
      {HISTORY.title}
    </button>
  </TimeBar>
)

let isFollowing = false
/** Whoever only looks at the past is not there: its time does not go on for him. */
const follow = (): void => {
  if (isFollowing) return
  isFollowing = true
  void live.follow()
}

const Page = () => {
  const access = place.value
  const now = connection.value
  const isNow = !isStill(access)
  const refused = isNow ? (now.is === 'refused' ? now.status : undefined) : past.refused
  if (refused !== undefined) return <Failure status={refused} access={access} />
  const isShown = isNow || past.shown.value !== undefined
  return (
    <>
      <Bar access={access} />
      {isNow ? (
        <Now access={access} />
      ) : (
        <StillBanner access={access} past={past} now={clock.now.value} />
      )}
      <main class={`cluster${isNow && now.is === 'lost' ? ' stale' : ''}${isNow ? '' : ' still'}`}>
        {(isNow ? isHistoryOpen.value : !isSnapshot(access)) ? (
          <HistoryPanel history={history} />
        ) : null}
        <div class="scene">
          {sessionOf(access)?.description ? (
            <p class="about">{sessionOf(access)?.description}</p>
          ) : null}
          {isShown ? <ClusterView lists={isNow ? live.lists : past.lists} /> : null}
          {isFollowing ? (
            <div hidden={!isNow}>
              <TerminalPane access={current} />
            </div>
          ) : null}
          {isShown ? <Connect access={access} /> : null}
        </div>
      </main>
    </>
  )
}

effect(() => {
  document.title = `${titleOf(sessionOf(place.value))} · Kubarium`
})

const lookUpTime = async (): Promise<void> => {
  try {
    clock.hear(await call<ClockMessage>(current, '/clock'))
  } catch {
    // then it is not said how long ago it was
  }
}
effect(() => {
  const access = place.value
  if (!isStill(access)) {
    past.leave()
    void history.choose(undefined)
    return follow()
  }
  void past.show(access)
  if (isSnapshot(access)) return
  isHistoryOpen.value = true
  void history.choose(access.at)
  if (!isFollowing) void lookUpTime()
})
effect(() => {
  const access = place.value
  if (!isHistoryOpen.value || isSnapshot(access)) return undefined
  const refresh = (): void => {
    if (!document.hidden) void untracked(() => history.refresh())
  }
  refresh()
  if (isStill(access)) return undefined
  // not everything that happens is told
  const timer = setInterval(refresh, REFRESH_MS)
  const stop = live.revision.subscribe(refresh)
  return () => {
    clearInterval(timer)
    stop()
  }
})
const root = document.querySelector('#app')!
root.replaceChildren()
render(<Page />, root)
// another key in the address is another page
addEventListener('hashchange', () => location.reload())
// a key belongs behind the #, where no server sees it
if (location.pathname.includes('.'))
  globalThis.history.replaceState(null, '', addressOf(place.peek()))
