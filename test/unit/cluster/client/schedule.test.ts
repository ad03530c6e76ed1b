import { Schedule, type Appointment } from '#client/schedule.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const drain = (schedule: Schedule): Appointment[] => {
  const taken: Appointment[] = []
  for (let next = schedule.pop(); next !== undefined; next = schedule.pop()) taken.push(next)
  return taken
}

describe('Schedule', () => {
  test('is empty at first', () => {
    const schedule = new Schedule()
    expect(schedule.peek()).toBeUndefined()
    expect(schedule.pop()).toBeUndefined()
  })

  test('gives the earliest first, equal times by key', () => {
    const schedule = new Schedule()
    for (const [time, key] of [
      [2, 'b'],
      [1, 'c'],
      [2, 'a'],
      [1, 'b'],
    ] as const)
      schedule.push({ time, key })
    expect(schedule.peek()).toEqual({ time: 1, key: 'b' })
    expect(drain(schedule).map(({ time, key }) => `${time}${key}`)).toEqual([
      '1b',
      '1c',
      '2a',
      '2b',
    ])
  })

  test('sorts whatever comes in whatever order, also when taken from in between', () => {
    const appointment = fc.record({
      time: fc.integer({ min: 0, max: 20 }),
      key: fc.string({ maxLength: 2 }),
    })
    const order = (a: Appointment, b: Appointment): number =>
      a.time - b.time || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
    fc.assert(
      fc.property(fc.array(fc.option(appointment), { maxLength: 60 }), (steps) => {
        const schedule = new Schedule()
        let expected: Appointment[] = []
        for (const step of steps) {
          if (step === null) {
            expect(schedule.pop()).toEqual(expected[0])
            expected = expected.slice(1)
          } else {
            schedule.push(step)
            expected = [...expected, step].sort(order)
          }
        }
        expect(drain(schedule)).toEqual(expected)
      }),
      { seed: 1, numRuns: 500 },
    )
  })
})
