import { type Access, addressOf, isSnapshot, Refused, wordsOf } from './api.ts'
import type { Past } from './past.ts'
import { goTo } from './place.ts'
import { ForkButton } from './share.tsx'
import { agoText, clockText, dayText } from './spans.ts'
import { PAST, SNAPSHOT } from './words.ts'

/** A link to a moment, that the page itself goes to. */
const To = ({ access, text }: { readonly access: Access; readonly text: string }) => (
  <a
    class="button plain"
    href={addressOf(access)}
    onClick={(event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return
      event.preventDefault()
      goTo(access.at)
    }}
  >
    {text}
  </a>
)

interface Props {
  readonly access: Access
  readonly past: Past
  /** The session's time now. */
  readonly now: number | undefined
}

/** Why a moment cannot be shown, and which one can. */
const Problem = ({ access, problem }: { readonly access: Access; readonly problem: unknown }) => {
  const oldest = problem instanceof Refused ? problem.problem.oldest : undefined
  return (
    <div class="banner" role="alert">
      <p>
        <strong>{PAST.gone(access.at ?? 0)}.</strong> {wordsOf(problem)}
      </p>
      <p class="actions">
        {oldest === undefined || oldest === access.at ? null : (
          <To access={{ ...access, at: oldest }} text={PAST.oldest(oldest)} />
        )}
        <To access={{ ...access, at: undefined }} text={PAST.back} />
      </p>
    </div>
  )
}

/** Says that what is shown stands, and leads out of it. */
export const StillBanner = ({ access, past, now }: Props) => {
  const problem = past.problem.value
  const shown = past.shown.value
  if (problem !== undefined) return <Problem access={access} problem={problem} />
  if (shown === undefined) return <p class="banner quiet">{PAST.opening}</p>
  const then = Date.parse(shown.clock.now)
  if (isSnapshot(access))
    return (
      <div class="banner">
        <p role="status">
          <strong>{SNAPSHOT.is}</strong>{' '}
          <span class="quiet">{SNAPSHOT.taken(dayText(then), clockText(then))}</span>
        </p>
        <p class="actions">
          <ForkButton access={access} label={SNAPSHOT.fork} class="button" />
        </p>
      </div>
    )
  const ago = now === undefined ? '' : agoText(now - then)
  return (
    <div class="banner">
      <p role="status">
        <strong>{PAST.is(shown.revision, ago)}</strong> <span class="quiet">{PAST.readOnly}</span>
      </p>
      <p class="actions">
        <To access={{ ...access, at: undefined }} text={PAST.back} />
        <ForkButton access={access} label={PAST.fork} />
      </p>
    </div>
  )
}
