import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PRESENCE_MS, SessionClock } from '../../durable-objects/session-clock.ts'

const HOUR = 3_600_000

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

  test('never goes back across evictions if it is stored whenever it asks', () => {
    const turn = fc.record({
      pause: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 2 * HOUR })),
      isWatched: fc.boolean(),
      wroteSomething: fc.boolean(),
      evicted: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 40 }), (turns) => {
        let stored = { session: 0, real: 0 }
        let clock = new SessionClock(stored.session, stored.real)
        let [real, latest] = [0, 0]
        for (const { pause, isWatched, wroteSomething, evicted } of turns) {
          if (evicted) clock = new SessionClock(stored.session, stored.real)
          real += pause
          // a watcher keeps the object in memory: nobody is connected right after an eviction
          const now = clock.advance(real, isWatched && !evicted)
          expect(now).toBeGreaterThanOrEqual(latest)
          expect(now - latest).toBeLessThanOrEqual(Math.max(pause, real - stored.real))
          latest = now
          if (!wroteSomething && !clock.mustStore) continue
          stored = { session: clock.session, real: clock.real }
          clock.markStored()
        }
      }),
      { seed: 1, numRuns: 1000 },
    )
  })
})
