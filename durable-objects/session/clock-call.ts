// What somebody does with the session's clock: he lets it stand, run, go on by a span, to the next thing that happens, or until something
// is so. Each call does a bounded amount of work, counted in runs of components so that it is the same wherever it is done; it says how
// far it came.
import { parseGoDuration } from '../cluster/apimachinery/go-duration.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { goDuration } from '../cluster/kubelet/go-duration.ts'
import { never, stepped, written } from '../cluster/time/goals.ts'
import { type Happened, happenedSince } from '../cluster/time/happened.ts'
import { type Ending, runUntil } from '../cluster/time/run-until.ts'
import type { SessionClock } from '../session-clock.ts'
import { type ClockDocument, clockDocument } from './clock-document.ts'
import { goalFor, type ObjectGoal } from './clock-goal.ts'
import { badClockCall, type ClockProblem } from './clock-problem.ts'

export type { ClockProblem } from './clock-problem.ts'

/** One of these. Spans are written as kubectl takes them: `1h30m`. */
export type ClockCall =
  | { readonly pause: true }
  | { readonly run: true; readonly speed?: number | undefined }
  | { readonly advance: string }
  | { readonly step: true | number }
  | { readonly until: Until; readonly timeout?: string | undefined }

export type Until = ObjectGoal | { readonly revisions: number } | { readonly rest: true }

export interface ClockAnswer extends ClockDocument, Happened {
  /** Whether it came to what was asked for. */
  readonly reached: boolean
  /** What has happened, or why it did not come that far, for people. */
  readonly why: string
}

/** What a turn of a session that runs in real time may take; what is over that is dropped, so that time goes slower than it should. */
export const RUNS_PER_TURN = 1000
/** What a call may take. */
const RUNS_PER_CALL = 2000
const YEAR_MS = 365 * 86_400_000
const LONGEST_SPAN = 10 * YEAR_MS
const LONGEST_DURATION_TEXT = 40
/** Timestamps have four digits for the year. */
const END_OF_TIME = 253_370_764_800_000
const DEFAULT_TIMEOUT = '5m'

/** Called within a turn, in which time has already come up to now. Leaves everything as it is if it answers a problem. */
export const callClock = (
  cluster: Cluster,
  clock: SessionClock,
  call: ClockCall,
): ClockAnswer | ClockProblem => {
  const before: Before = { revision: cluster.revision, now: cluster.now }
  const done = act(cluster, clock, call, before)
  if ('status' in done) return done
  clock.setTo(cluster.now)
  return { ...clockDocument(cluster, clock), ...done, ...happenedSince(cluster, before.revision) }
}

interface Before {
  readonly revision: number
  readonly now: number
}

type Done = Pick<ClockAnswer, 'reached' | 'why'>

const act = (
  cluster: Cluster,
  clock: SessionClock,
  call: ClockCall,
  before: Before,
): Done | ClockProblem => {
  if ('pause' in call) {
    clock.pause()
    return { reached: true, why: 'The clock stands. Nothing happens until it runs or is advanced.' }
  }
  if ('run' in call) {
    clock.run(call.speed)
    return { reached: true, why: `The clock runs, ${paceText(clock.speed)}.` }
  }
  if ('advance' in call) return advance(cluster, call.advance)
  return 'step' in call
    ? step(cluster, call.step === true ? 1 : call.step, before)
    : until(cluster, call.until, call.timeout ?? DEFAULT_TIMEOUT)
}

const paceText = (speed: number): string => {
  if (speed === 1) return 'as fast as the real one'
  return speed > 1 ? `${speed} times as fast as the real one` : `at ${speed} of the real one's pace`
}

/** The moment so long from now; the text: what is wrong. */
const momentAfter = (cluster: Cluster, field: string, text: string): number | ClockProblem => {
  const shown = JSON.stringify(text.slice(0, LONGEST_DURATION_TEXT))
  const example = 'Write a span such as 250ms, 30s, 5m or 1h30m.'
  const span = text.length > LONGEST_DURATION_TEXT ? NaN : parseGoDuration(text)
  if (typeof span === 'string') return badClockCall(`${field}: ${span}. ${example}`)
  if (Number.isNaN(span)) return badClockCall(`${field}: ${shown} is no span. ${example}`)
  if (span < 0)
    return badClockCall(
      `${field}: ${shown} is negative. Time does not go back; a fork of an earlier revision begins there.`,
    )
  if (span > LONGEST_SPAN)
    return badClockCall(`${field}: ${shown} is too long. At most 10 years (87600h) at a time.`)
  const moment = cluster.now + Math.ceil(span)
  return moment > END_OF_TIME
    ? badClockCall(`${field}: the session's clock ends with the year 9998.`)
    : moment
}

const advance = (cluster: Cluster, text: string): Done | ClockProblem => {
  const moment = momentAfter(cluster, 'advance', text)
  if (typeof moment === 'object') return moment
  const ending = runUntil(cluster, { until: moment, runs: RUNS_PER_CALL }, never)
  if (ending === 'work') {
    const left = goDuration(moment - cluster.now)
    const why = `So much happens meanwhile that it was not all done at once: ${left} are left. Call again with {"advance": "${left}"} to go on.`
    return { reached: false, why }
  }
  cluster.advance(moment)
  return { reached: true, why: `It is ${text} later.` }
}

const TOO_MUCH = 'So much happens that it was not all done at once. Call again to go on from here.'
const AT_REST =
  'Nothing is left that could happen by itself: the cluster is at rest until somebody changes something.'

const step = (cluster: Cluster, steps: number, before: Before): Done => {
  const bounds = { until: Math.min(cluster.now + LONGEST_SPAN, END_OF_TIME), runs: RUNS_PER_CALL }
  switch (runUntil(cluster, bounds, stepped(cluster, steps))) {
    case 'reached': {
      const writes = cluster.revision - before.revision
      const later = goDuration(cluster.now - before.now)
      const why = `${later} later ${writes === 1 ? 'something was' : `${writes} things were`} written.`
      return { reached: true, why }
    }
    case 'rest':
      return { reached: false, why: AT_REST }
    case 'time':
      return { reached: false, why: 'Nothing was written within 10 years.' }
    case 'work':
      return { reached: false, why: TOO_MUCH }
  }
}

const until = (cluster: Cluster, wanted: Until, timeout: string): Done | ClockProblem => {
  const moment = momentAfter(cluster, 'timeout', timeout)
  if (typeof moment === 'object') return moment
  const bounds = { until: moment, runs: RUNS_PER_CALL }
  if ('rest' in wanted) return untilRest(runUntil(cluster, bounds, never), timeout)
  if ('revisions' in wanted) {
    const goal = written(cluster, wanted.revisions)
    const met = `${wanted.revisions} revisions or more were written.`
    return outcome(runUntil(cluster, bounds, goal), timeout, met)
  }
  const goal = goalFor(cluster, wanted)
  if ('status' in goal) return goal
  const ending = runUntil(cluster, bounds, goal.isReached)
  if (goal.failure !== undefined) return { reached: false, why: `${goal.failure}.` }
  return outcome(ending, timeout, goal.met)
}

const untilRest = (ending: Ending, timeout: string): Done => {
  if (ending === 'rest') return { reached: true, why: AT_REST }
  if (ending === 'work') return { reached: false, why: TOO_MUCH }
  const why = `After ${timeout} there is still something left to do: loops, cron jobs and back-offs never come to rest.`
  return { reached: false, why }
}

const outcome = (ending: Ending, timeout: string, met: string): Done => {
  switch (ending) {
    case 'reached':
      return { reached: true, why: met }
    case 'rest':
      return { reached: false, why: `${AT_REST} It will not come to this by itself.` }
    case 'time':
      return { reached: false, why: `It has not come to this within ${timeout}.` }
    case 'work':
      return { reached: false, why: TOO_MUCH }
  }
}
