import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { addressOf } from './api.ts'
import { authorOf, type Detail, type Entry, type History } from './history.ts'
import { goTo, place } from './place.ts'
import { agoText, clockText } from './spans.ts'
import { HISTORY } from './words.ts'

/** Who moves the slider on sees only where he stops. */
const REST_MS = 120

const Moment = ({ entry, children }: { readonly entry: Entry; children: ComponentChildren }) => {
  const { revision } = entry
  const isHere = place.value.at === revision
  return (
    <a
      href={addressOf({ ...place.value, at: revision })}
      aria-current={isHere ? 'true' : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        goTo(revision)
      }}
    >
      {children}
    </a>
  )
}

const Line = ({ entry }: { readonly entry: Entry }) => (
  <>
    <span class="when mono">{entry.at === undefined ? '' : clockText(Date.parse(entry.at))}</span>
    <span class="says">
      {entry.what.says} <span class="quiet">{authorOf(entry)}</span>
    </span>
  </>
)

const Slider = ({ entries }: { readonly entries: readonly Entry[] }) => {
  const { at } = place.value
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const moving = useSignal<number | undefined>(undefined)
  const later = at === undefined ? -1 : entries.findIndex(({ revision }) => revision > at)
  const chosen = later === -1 ? entries.length - 1 : Math.max(0, later - 1)
  const here = moving.value ?? (at === undefined ? entries.length : chosen)
  const entry = entries[here]
  const words = entry === undefined ? HISTORY.now : HISTORY.revision(entry.revision)
  const move = (index: number): void => {
    moving.value = index
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      moving.value = undefined
      goTo(entries[index]?.revision)
    }, REST_MS)
  }
  return (
    <label class="slider">
      <span class="unseen">{HISTORY.slider}</span>
      <input
        type="range"
        min="0"
        max={entries.length}
        value={here}
        aria-valuetext={entry === undefined ? words : `${words}: ${entry.what.says}`}
        onInput={({ currentTarget }) => move(Number(currentTarget.value))}
      />
      <span class="quiet">{words}</span>
    </label>
  )
}

const List = ({ entries, history }: { entries: readonly Entry[]; history: History }) => {
  const list = useRef<HTMLOListElement>(null)
  const { at } = place.value
  useEffect(() => {
    // within the list only: the page itself stays where it is
    const box = list.current
    const here = box?.querySelector('[aria-current]')?.getBoundingClientRect()
    if (box === null || here === undefined) return
    const { top, bottom } = box.getBoundingClientRect()
    if (here.top < top) box.scrollTop -= top - here.top
    else if (here.bottom > bottom) box.scrollTop += here.bottom - bottom
  }, [at])
  return (
    <ol class="revisions" reversed ref={list} aria-label={HISTORY.title}>
      {[...entries].reverse().map((entry) => (
        <li key={entry.revision}>
          <Moment entry={entry}>
            <Line entry={entry} />
          </Moment>
        </li>
      ))}
      {history.hasEarlier ? (
        <li>
          <button type="button" class="plain" onClick={() => void history.readEarlier()}>
            {HISTORY.earlier}
          </button>
        </li>
      ) : null}
    </ol>
  )
}

const valueText = (value: unknown): string => {
  if (value === undefined) return HISTORY.none
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

const MOST_CHANGES = 8

const Changes = ({ changes }: Pick<Detail, 'changes'>) => {
  if (changes.length === 0) return null
  const more = changes.length - MOST_CHANGES
  return (
    <>
      <h3>{HISTORY.changed}</h3>
      <ul class="changes mono">
        {changes.slice(0, MOST_CHANGES).map(({ path, from, to }) => (
          <li key={path}>
            {path}{' '}
            <span class="quiet">
              {valueText(from)} → {valueText(to)}
            </span>
          </li>
        ))}
        {more > 0 ? <li class="quiet">{HISTORY.moreChanges(more)}</li> : null}
      </ul>
    </>
  )
}

/** Oldest first, as things came about. */
const Causes = ({ detail }: { readonly detail: Detail }) => {
  const first = detail.causes.at(-1)
  return (
    <div class="causes">
      <h3>{HISTORY.cameAbout}</h3>
      {first === undefined ? null : <p class="quiet">{HISTORY.began(first.because)}</p>}
      <ol>
        {[...detail.causes].reverse().map((link) => (
          <li key={link.revision}>
            <Moment entry={link}>
              <Line entry={link} />
            </Moment>
            {link.isGuess === true ? <p class="quiet">{HISTORY.guess}</p> : null}
          </li>
        ))}
      </ol>
      <Changes changes={detail.changes} />
    </div>
  )
}

/** What has happened, to be gone back to. */
export const HistoryPanel = ({ history }: { readonly history: History }) => {
  const entries = history.entries.value
  const detail = history.chosen.value
  const problem = history.problem.value
  return (
    <section class="history" id="history-panel" aria-labelledby="history">
      <header>
        <h2 id="history">{HISTORY.title}</h2>
        {entries === undefined ? null : (
          <span class="quiet">{HISTORY.kept(history.oldest.value)}</span>
        )}
      </header>
      {problem === '' ? null : <p role="alert">{problem}</p>}
      {entries === undefined ? (
        problem === '' ? (
          <p class="quiet">{HISTORY.loading}</p>
        ) : null
      ) : entries.length === 0 ? (
        <p class="quiet">{HISTORY.empty}</p>
      ) : (
        <>
          <Slider entries={entries} />
          <List entries={entries} history={history} />
          {detail === undefined ? (
            <p class="quiet">{HISTORY.choose}</p>
          ) : (
            <Causes detail={detail} />
          )}
        </>
      )}
    </section>
  )
}

export const agoOf = (entry: Pick<Entry, 'at'> | undefined, now: number | undefined): string =>
  entry?.at === undefined || now === undefined ? '' : agoText(now - Date.parse(entry.at))
