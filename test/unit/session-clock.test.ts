import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PRESENCE_MS, SessionClock } from '../../durable-objects/session-clock.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

describe('SessionClock', () => {
  test('runs with the real one while somebody watches, however long nothing happens', () => {
    const clock = new SessionClock(5000, 100_000)
    expect(clock.advance(101_000, true)).toBe(6000)
    expect(clock.advance(101_000 + 5 * HOUR, true)).toBe(6000 + 5 * HOUR)
  })

  test('goes on for a while after the last sign of life, then stands still', () => {
    const clock = new SessionClock(0, 0)
    expect(clock.advance(60_000, false)).toBe(60_000)
    expect(clock.advance(60_000 + 1000 * HOUR, false)).toBe(60_000 + PRESENCE_MS)
    expect(clock.advance(60_000 + 1000 * HOUR + 1, false)).toBe(60_000 + PRESENCE_MS + 1)
  })

  test('tells a pace that was changed, and a jump, from time that passes', () => {
    const clock = new SessionClock(0, 0)
    const changes = (act: () => void): boolean => {
      const before = clock.state
      act()
      return clock.isChangedSince(before)
    }
    expect(changes(() => clock.advance(5 * HOUR, true))).toBe(false)
    expect(changes(() => clock.run(2.5))).toBe(true)
    expect(changes(() => clock.advance(5 * HOUR + 333, true))).toBe(false)
    expect(changes(() => clock.setTo(clock.session + HOUR))).toBe(true)
    expect(changes(() => clock.pause())).toBe(true)
    expect(changes(() => clock.advance(6 * HOUR, true))).toBe(false)
  })

  test('does not go back when the real clock does', () => {
    const clock = new SessionClock(0, 1_000_000)
    expect(clock.advance(900_000, true)).toBe(0)
    expect(clock.advance(1_000_010, true)).toBe(10)
  })

  test('asks to be stored before it has run too far ahead of what was stored', () => {
    const clock = new SessionClock(0, 0)
    clock.advance(PRESENCE_MS / 2 - 1, false)
    expect(clock.mustStore).toBe(false)
    clock.advance(PRESENCE_MS / 2, false)
    expect(clock.mustStore).toBe(true)
    clock.markStored()
    expect(clock.mustStore).toBe(false)
  })

  test('stands while it is paused, and goes on from there', () => {
    const clock = new SessionClock(0, 0)
    clock.advance(1000, true)
    clock.pause()
    expect(clock.advance(1000 + 5 * DAY, true)).toBe(1000)
    clock.run()
    expect(clock.session).toBe(1000)
    expect(clock.advance(1000 + 5 * DAY + 7, true)).toBe(1007)
  })

  test('runs as fast as it is told to, from when it was told', () => {
    const clock = new SessionClock(0, 0)
    clock.advance(1000, true)
    clock.run(100)
    expect(clock.session).toBe(1000)
    expect(clock.advance(2000, true)).toBe(101_000)
    clock.run(0.1)
    expect(clock.advance(3000, true)).toBe(101_100)
    clock.pause()
    clock.run()
    expect(clock.speed).toBe(0.1)
  })

  test('alone it goes on for so long in real time, whatever its speed', () => {
    const clock = new SessionClock(0, 0, { speed: 100 })
    expect(clock.advance(5 * DAY, false)).toBe(100 * PRESENCE_MS)
  })

  test('loses nothing of moments that are too short for a step of its own', () => {
    const clock = new SessionClock(0, 0, { speed: 0.1 })
    for (let real = 1; real <= 1000; real++) clock.advance(real, true)
    expect(clock.session).toBe(100)
  })

  test('shows whole milliseconds only', () => {
    const clock = new SessionClock(0, 0, { speed: 0.33 })
    for (const real of [1, 5, 10, 99]) expect(clock.advance(real, true) % 1).toBe(0)
  })

  test.each([
    [{}, 500],
    [{ speed: 2 }, 250],
    [{ speed: 0.1 }, 5000],
    // what happens within 20 ms happens in one turn
    [{ speed: 100 }, 20],
    [{ isRunning: false }, undefined],
  ])('with %j half a second of the session takes %s ms', (pace, delay) => {
    expect(new SessionClock(1000, 0, pace).delayUntil(1500)).toBe(delay)
  })

  test('shows the moment that it was waited for', () => {
    const pace = fc.double({ min: 0.1, max: 100, noNaN: true })
    fc.assert(
      fc.property(pace, fc.integer({ min: 1, max: 100 * HOUR }), (speed, moment) => {
        const clock = new SessionClock(0, 0, { speed })
        clock.advance(3, true)
        const delay = clock.delayUntil(moment)!
        expect(clock.advance(3 + Math.ceil(delay), true)).toBeGreaterThanOrEqual(moment)
      }),
      { seed: 1, numRuns: 1000 },
    )
  })

  test('goes on from where the cluster has come to', () => {
    const clock = new SessionClock(0, 0, { speed: 100 })
    expect(clock.advance(1000, true)).toBe(100_000)
    clock.setTo(40_000)
    expect(clock.advance(1001, true)).toBe(40_100)
  })

  test('is stored at once when it was set, paused or made to run', () => {
    const acts: ((clock: SessionClock) => void)[] = [
      (clock) => clock.setTo(5),
      (clock) => clock.pause(),
      (clock) => clock.run(2),
    ]
    for (const act of acts) {
      const clock = new SessionClock(0, 0)
      act(clock)
      expect(clock.mustStore).toBe(true)
      clock.markStored()
      act(clock)
      expect(clock.mustStore).toBe(false)
    }
  })

  test('while it stands, that somebody was there is stored once a day', () => {
    const clock = new SessionClock(0, 0, { isRunning: false })
    clock.advance(DAY - 1, false)
    expect(clock.mustStore).toBe(false)
    clock.advance(DAY, false)
    expect(clock.mustStore).toBe(true)
    clock.markStored()
    expect(clock.state).toEqual({ session: 0, real: DAY, isRunning: false })
  })

  test('an ordinary clock is stored as it always was', () => {
    expect(new SessionClock(5, 7).state).toEqual({ session: 5, real: 7 })
    expect(new SessionClock(5, 7, { speed: 3 }).state).toEqual({ session: 5, real: 7, speed: 3 })
  })

  test('never goes back across evictions if it is stored whenever it asks', () => {
    const turn = fc.record({
      pause: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 2 * HOUR })),
      isWatched: fc.boolean(),
      wroteSomething: fc.boolean(),
      evicted: fc.boolean(),
      act: fc.option(
        fc.oneof(
          fc.constant('pause' as const),
          fc.double({ min: 0.1, max: 100, noNaN: true }),
          fc.constant('fall behind' as const),
        ),
      ),
    })
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 40 }), (turns) => {
        let clock = new SessionClock(0, 0)
        let stored = clock.state
        let [real, latest] = [0, 0]
        for (const { pause, isWatched, wroteSomething, evicted, act } of turns) {
          if (evicted) clock = new SessionClock(stored.session, stored.real, stored)
          real += pause
          // a watcher keeps the object in memory: nobody is connected right after an eviction
          const now = clock.advance(real, isWatched && !evicted)
          expect(now).toBeGreaterThanOrEqual(latest)
          const elapsed = Math.max(pause, real - stored.real)
          expect(now - latest).toBeLessThanOrEqual(Math.ceil(elapsed * clock.speed))
          if (act === 'pause') clock.pause()
          else if (act === 'fall behind') clock.setTo(latest + Math.floor((now - latest) / 2))
          else if (act !== null) clock.run(act)
          latest = clock.session
          if (!wroteSomething && !clock.mustStore) continue
          stored = clock.state
          clock.markStored()
        }
      }),
      { seed: 1, numRuns: 1000 },
    )
  })
})
