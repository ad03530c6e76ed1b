import { describe, expect, test } from 'vitest'
import { readClockCall } from '../../../worker/clock-body.ts'

describe('readClockCall', () => {
  test.each([
    { pause: true },
    { run: true },
    { run: true, speed: 0.1 },
    { advance: '1h30m' },
    { step: true },
    { step: 1000 },
    { until: { for: 'condition=Available', object: 'deployment/web' } },
    { until: { for: 'delete', object: 'pod/web', namespace: 'shop' }, timeout: '1m' },
    { until: { revisions: 20 } },
    { until: { rest: true } },
  ])('takes %j', (call) => {
    expect(readClockCall(JSON.stringify(call))).toEqual({ value: call })
  })

  test.each([
    ['', 'The body is not JSON'],
    ['[]', 'The body is no object'],
    ['null', 'The body is no object'],
    ['{}', 'The body has none of pause, run, advance, step, until'],
    ['{"pause": true, "run": true}', 'The body has several of'],
    ['{"pause": false}', 'pause: pause is true or left out'],
    ['{"run": true, "speed": 1000}', 'speed: write a number from 0.1 to 100'],
    ['{"run": true, "speed": "fast"}', 'speed: write a number from 0.1 to 100'],
    ['{"run": true, "speed": 1e999}', 'speed: write a number from 0.1 to 100'],
    ['{"pause": true, "speed": 2}', 'speed: unknown here'],
    ['{"advance": 5}', 'advance: write a span as a text'],
    ['{"step": 0}', 'step: write'],
    ['{"step": 1000000}', 'step: write'],
    ['{"step": false}', 'step: write true or a whole number from 1 to 1000'],
    ['{"until": 5}', 'until is no object'],
    ['{"until": {}}', 'until has none of for, revisions, rest'],
    ['{"until": {"for": "create"}}', 'until.object: '],
    ['{"until": {"revisions": 1.5}}', 'until.revisions: write a whole number from 1 to 10000'],
    ['{"__proto__": {"pause": true}}', 'The body has none of'],
    ['{"constructor": true}', 'The body has none of'],
  ])('refuses %s in words that help', (body, problem) => {
    const read = readClockCall(body)
    expect('problem' in read ? read.problem : read).toContain(problem)
    expect('problem' in read ? read.problem : read).not.toMatch(/Invalid|Expected/)
  })

  test('refuses what is too long', () => {
    const long = JSON.stringify({ until: { for: `jsonpath={${'.'.repeat(1000)}}`, object: 'a/b' } })
    expect(readClockCall(long)).toHaveProperty('problem')
  })
})
