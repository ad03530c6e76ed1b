/** Why nothing was done with the clock, and what to do. */
export interface ClockProblem {
  readonly status: 400 | 404
  readonly title: string
  readonly detail: string
}

export const badClockCall = (detail: string): ClockProblem => ({
  status: 400,
  title: 'Bad request',
  detail,
})
