import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { type Access, wordsOf } from './api.ts'
import type { Clock, ClockCall } from './clock.ts'
import type { History } from './history.ts'
import { ageText, clockText, dayText, spanText } from './spans.ts'
import { TIME } from './words.ts'

const SPEEDS = [0.1, 1, 10, 100]

const SPANS = [
  ['+30 s', 30_000, '30 seconds'],
  ['+5 min', 300_000, '5 minutes'],
  ['+1 h', 3_600_000, '1 hour'],
] as const

const MOST_SAID = 3

const ICONS = {
  pause: 'M5 3v10M11 3v10',
  run: 'M5 3l7 5-7 5z',
  step: 'M4 3l6 5-6 5zM13 3v10',
} as const

const Icon = ({ name }: { readonly name: keyof typeof ICONS }) => (
  <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
    <path d={ICONS[name]} />
  </svg>
)

/** What time it is there, and how old the cluster is. `born`: when its first node was made. */
export const TimeOfDay = ({
  now,
  born,
}: {
  readonly now: number | undefined
  readonly born: number | undefined
}) =>
  now === undefined ? null : (
    <span class="clock">
      <time dateTime={new Date(now).toISOString()} title={dayText(now)}>
        {clockText(now)}
      </time>{' '}
      <span class="quiet">
        {TIME.zone}
        {born === undefined ? '' : ` · ${TIME.age(ageText(now - born))}`}
      </span>
    </span>
  )

/** Does something with the clock, and says what came of it. */
const useClock = (access: Access, clock: Clock, history: History) => {
  const said = useSignal('')
  const isBusy = useSignal(false)
  const act = (wanted: () => Promise<string>) => async (): Promise<void> => {
    if (isBusy.value) return
    isBusy.value = true
    const slow = setTimeout(() => (said.value = TIME.waiting), 300)
    try {
      said.value = await wanted()
    } catch (error) {
      said.value = wordsOf(error)
    }
    clearTimeout(slow)
    isBusy.value = false
  }
  const ask = (wanted: ClockCall, words: string) =>
    act(async () => {
      await clock.ask(access, wanted)
      return words
    })
  const step = act(async () => {
    const { now, revision } = await clock.ask(access, { pause: true })
    const answer = await clock.ask(access, { step: true })
    if (!answer.reached) return answer.why
    const later = spanText(Date.parse(answer.now) - Date.parse(now))
    const says = await history.says(revision)
    const told = says.slice(0, MOST_SAID)
    if (says.length > told.length) told.push(TIME.more(says.length - told.length))
    return TIME.happened(later, told)
  })
  const advance = (milliseconds: number, words: string) =>
    act(async () => {
      const answer = await clock.advance(access, milliseconds)
      return answer.reached ? TIME.advanced(words, answer.count) : answer.why
    })
  return { said, isBusy, ask, step, advance }
}

interface ControlsProps {
  readonly access: Access
  readonly clock: Clock
  readonly history: History
}

const Controls = ({ access, clock, history }: ControlsProps) => {
  const { said, isBusy, ask, step, advance } = useClock(access, clock, history)
  const { running, speed } = clock.pace.value ?? { running: true, speed: 1 }
  const speeds = SPEEDS.includes(speed) ? SPEEDS : [...SPEEDS, speed].sort((a, b) => a - b)
  return (
    <>
      <div class="transport" role="group" aria-label={TIME.title} aria-busy={isBusy.value}>
        <button
          type="button"
          class="plain"
          onClick={() =>
            void (running
              ? ask({ pause: true }, TIME.isPaused)()
              : ask({ run: true }, TIME.runs(speed))())
          }
        >
          <Icon name={running ? 'pause' : 'run'} />
          {running ? TIME.pause : TIME.run}
        </button>
        <button type="button" class="plain" title={TIME.stepTitle} onClick={() => void step()}>
          <Icon name="step" />
          {TIME.step}
        </button>
        <select
          aria-label={TIME.speed}
          value={String(speed)}
          onChange={({ currentTarget }) => {
            const wanted = Number(currentTarget.value)
            void ask({ run: true, speed: wanted }, TIME.runs(wanted))()
          }}
        >
          {speeds.map((each) => (
            <option key={each} value={String(each)}>
              {TIME.speedOf(each)}
            </option>
          ))}
        </select>
      </div>
      <div class="transport joined" role="group" aria-label={TIME.advance}>
        {SPANS.map(([label, milliseconds, words]) => (
          <button
            key={label}
            type="button"
            class="plain"
            aria-label={`${TIME.advance} ${words}`}
            onClick={() => void advance(milliseconds, words)()}
          >
            {label}
          </button>
        ))}
      </div>
      <p class="said quiet" role="status">
        {said.value}
      </p>
    </>
  )
}

interface TimeBarProps extends ControlsProps {
  readonly born: number | undefined
  /** What else stands in the bar. */
  readonly children: ComponentChildren
}

/** The session's clock: to be seen by all, to be set by who has the key. */
export const TimeBar = ({ born, children, ...parts }: TimeBarProps) => {
  const { access, clock } = parts
  const pace = clock.pace.value
  return (
    <section class="time" aria-label={TIME.title}>
      <TimeOfDay now={clock.now.value} born={born} />
      {pace === undefined ? null : (
        <span class={`tag${pace.running ? '' : ' standing'}`}>
          {pace.running ? TIME.running(pace.speed) : TIME.paused}
        </span>
      )}
      {access.key === undefined ? <span class="said" /> : <Controls {...parts} />}
      {children}
    </section>
  )
}
