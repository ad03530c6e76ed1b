import { describe, expect, test } from 'vitest'
import type { UserInfo } from '#api/strategy.ts'
import { Cluster } from '#cluster.ts'
import { settingsOf, type SettingsRequest } from '#settings.ts'
import {
  callClock,
  type ClockAnswer,
  type ClockCall,
} from '../../../durable-objects/session/clock-call.ts'
import { clockDocument } from '../../../durable-objects/session/clock-document.ts'
import { SessionClock } from '../../../durable-objects/session-clock.ts'

const BORN = Date.UTC(2026, 0, 1)
const ADMINISTRATOR: UserInfo = { username: 'admin', groups: ['system:masters'] }

/** A session without storage: a cluster and its clock, which stands. */
class Stage {
  readonly cluster: Cluster
  readonly clock = new SessionClock(BORN, BORN, { isRunning: false })

  constructor(settings: SettingsRequest = { template: 'bare', delays: 'lively' }) {
    this.cluster = new Cluster({ seed: 1, settings: settingsOf(settings), createdAt: BORN })
    this.cluster.takeChanges()
  }

  write(method: string, path: string, body?: object): void {
    const { status } = this.cluster.handle({
      method,
      path,
      query: [],
      accept: 'application/json',
      contentType: 'application/json',
      userAgent: 'test',
      body: body === undefined ? '' : JSON.stringify(body),
      user: ADMINISTRATOR,
    })
    if (status >= 300) throw new Error(`${method} ${path}: ${status}`)
  }

  call(call: ClockCall) {
    this.cluster.takeChanges()
    return callClock(this.cluster, this.clock, call)
  }

  /** The answer of a call that is no problem. */
  done(call: ClockCall): ClockAnswer {
    const answer = this.call(call)
    if ('status' in answer) throw new Error(answer.detail)
    return answer
  }

  problem(call: ClockCall): string {
    const answer = this.call(call)
    return 'status' in answer ? `${answer.status} ${answer.detail}` : `done: ${answer.why}`
  }
}

const webPod = (command?: readonly string[]) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: {
    restartPolicy: command === undefined ? 'Always' : 'Never',
    containers: [
      { name: 'web', image: command ? 'busybox' : 'nginx', ...(command && { command }) },
    ],
  },
})
const PODS = '/api/v1/namespaces/default/pods'

const deployment = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx' }] },
    },
  },
})
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'

const cronJob = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'tick' },
  spec: {
    schedule: '* * * * *',
    jobTemplate: {
      spec: {
        template: {
          spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] },
        },
      },
    },
  },
}

describe('the clock', () => {
  test('tells how it goes and what is next', () => {
    const { cluster, clock } = new Stage()
    expect(clockDocument(cluster, clock)).toEqual({
      running: false,
      speed: 1,
      now: '2026-01-01T00:00:00.000Z',
      atRest: true,
      revision: cluster.revision,
    })
  })

  test('stands and runs as it is told', () => {
    const stage = new Stage()
    expect(stage.done({ run: true, speed: 100 })).toMatchObject({ running: true, speed: 100 })
    expect(stage.done({ pause: true })).toMatchObject({ running: false, speed: 100, count: 0 })
    expect(stage.done({ run: true })).toMatchObject({ running: true, speed: 100, reached: true })
  })

  test('goes on by a span, with all that happens meanwhile, and stands there', () => {
    const stage = new Stage()
    stage.write('POST', PODS, webPod())
    const answer = stage.done({ advance: '1h30m' })
    expect(answer).toMatchObject({ reached: true, running: false, now: '2026-01-01T01:30:00.000Z' })
    expect(answer.count).toBeGreaterThan(0)
    expect(answer.happened.at(-1)).toMatchObject({ kind: 'Pod', name: 'web', what: 'changed' })
    expect(stage.clock.session).toBe(BORN + 5_400_000)
    expect(stage.clock.advance(BORN + 1_000_000_000, true)).toBe(BORN + 5_400_000)
  })

  test('that runs goes on running from where it was set', () => {
    const stage = new Stage()
    stage.clock.run()
    stage.done({ advance: '1h' })
    expect(stage.clock.advance(BORN + 5, true)).toBe(BORN + 3_600_005)
  })

  test.each([
    ['', 'time: invalid duration ""'],
    ['soon', 'time: invalid duration "soon"'],
    ['5', 'missing unit'],
    ['-5s', 'Time does not go back'],
    ['87601h', 'At most 10 years'],
    [`${'9'.repeat(400)}h`, 'is no span'],
    ['1e9s', 'unknown unit "e"'],
  ])('does not advance by %j', (span, words) => {
    const stage = new Stage()
    expect(stage.problem({ advance: span })).toContain(words)
    expect(stage.cluster.now).toBe(BORN)
  })

  test('ends before years have five digits', () => {
    const stage = new Stage()
    let said = ''
    for (let decades = 0; decades < 900 && said === ''; decades++) {
      const answer = stage.call({ advance: '87600h' })
      if ('status' in answer) said = answer.detail
    }
    expect(said).toContain('year 9998')
  })

  test('steps to the next thing that is written, and says what it was', () => {
    const stage = new Stage({ template: 'bare', delays: 'lively' })
    stage.write('POST', PODS, webPod())
    const step = stage.done({ step: true })
    expect(step).toMatchObject({ reached: true, running: false })
    expect(step.count).toBe(step.happened.length)
    expect(step.count).toBeGreaterThan(0)
    for (const { at, by } of step.happened) {
      expect(at).toBe(step.now)
      expect(by).toMatch(/^component:/)
    }
    expect(step.happened.at(-1)!.revision).toBe(step.revision)
  })

  test('several steps are the same as one after the other', () => {
    const [one, other] = [new Stage(), new Stage()]
    for (const stage of [one, other]) stage.write('POST', DEPLOYMENTS, deployment(3))
    one.write('DELETE', `${DEPLOYMENTS}/web`)
    other.write('DELETE', `${DEPLOYMENTS}/web`)
    for (let times = 0; times < 3; times++) one.call({ step: true })
    other.call({ step: 3 })
    expect(other.cluster.now).toBe(one.cluster.now)
    expect(other.cluster.revision).toBe(one.cluster.revision)
  })

  test('at rest there is no step: time stands', () => {
    const stage = new Stage()
    const step = stage.done({ step: 1000 })
    expect(step).toMatchObject({ reached: false, atRest: true, count: 0 })
    expect(step.why).toContain('at rest')
    expect(stage.cluster.now).toBe(BORN)
  })

  test('a million years of cron jobs are done as far as it goes, and then further', () => {
    const stage = new Stage()
    stage.write('POST', '/apis/batch/v1/namespaces/default/cronjobs', cronJob)
    const first = stage.done({ advance: '87600h' })
    expect(first.reached).toBe(false)
    expect(first.why).toContain('Call again')
    expect(first.happened.length).toBeLessThanOrEqual(100)
    expect(first.count).toBeGreaterThan(100)
    const second = stage.done({ advance: '87600h' })
    expect(Date.parse(second.now)).toBeGreaterThan(Date.parse(first.now))
  })

  test('what is much work counts as much', () => {
    const stage = new Stage({ delays: 'lively', nodes: 3 })
    const script = 'while true; do date; sleep 1; done'
    const loops = Array.from({ length: 3 }, (_each, number) => ({
      ...webPod(['sh', '-c', script]),
      metadata: { name: `loop-${number}` },
    }))
    for (const loop of loops) stage.write('POST', PODS, loop)
    stage.done({ until: { for: 'condition=Ready', object: 'pod/loop-0' } })
    const before = stage.cluster.runs
    stage.done({ advance: '1h' })
    // each loop is looked at some times in an hour, and each look is as much as a hundred runs
    expect(stage.cluster.runs - before).toBeGreaterThan(900)
  })
})

describe('until', () => {
  const waiting = (): Stage => {
    const stage = new Stage()
    stage.write('POST', DEPLOYMENTS, deployment(3))
    return stage
  }

  test.each(['deployment/web', 'deploy/web', 'Deployments/web', 'deployments.v1.apps/web'])(
    '%s is Available',
    (object) => {
      const stage = waiting()
      const answer = stage.done({ until: { for: 'condition=Available', object } })
      expect(answer).toMatchObject({ reached: true, why: `${object} met condition=Available.` })
      expect(stage.cluster.now).toBeGreaterThan(BORN)
      const { status } = stage.cluster.objects('deployments.apps')[0] as unknown as {
        status: { conditions: { type: string; status: string }[] }
      }
      expect(status.conditions).toContainEqual(
        expect.objectContaining({ type: 'Available', status: 'True' }),
      )
      const again = stage.done({ until: { for: 'condition=Available', object } })
      expect(again).toMatchObject({ reached: true, count: 0, now: answer.now })
    },
  )

  test.each([
    'jsonpath={.status.readyReplicas}=3',
    "jsonpath='{.status.readyReplicas}'=3",
    'jsonpath={.status.readyReplicas}',
  ])('%s', (condition) => {
    const answer = waiting().done({ until: { for: condition, object: 'deployment/web' } })
    expect(answer.reached).toBe(true)
    expect(answer.count).toBeGreaterThan(0)
  })

  test('a Pod is gone', () => {
    const stage = new Stage()
    stage.write('POST', PODS, webPod())
    stage.done({ until: { for: 'condition=Ready', object: 'pod/web' } })
    stage.write('DELETE', `${PODS}/web`)
    const answer = stage.done({ until: { for: 'delete', object: 'pod/web' } })
    expect(answer).toMatchObject({ reached: true })
    expect(stage.cluster.objects('pods')).toEqual([])
  })

  test('a Job of a cron job is there', () => {
    const stage = new Stage()
    stage.write('POST', '/apis/batch/v1/namespaces/default/cronjobs', cronJob)
    const name = `tick-${(BORN + 60_000) / 60_000}`
    const answer = stage.done({ until: { for: 'create', object: `job/${name}` } })
    expect(answer).toMatchObject({ reached: true, now: '2026-01-01T00:01:00.000Z' })
  })

  test('so many revisions are written', () => {
    const stage = waiting()
    const before = stage.cluster.revision
    const answer = stage.done({ until: { revisions: 2 } })
    expect(answer.reached).toBe(true)
    expect(answer.revision).toBeGreaterThanOrEqual(before + 2)
  })

  test('nothing is left to do', () => {
    const answer = waiting().done({ until: { rest: true } })
    expect(answer).toMatchObject({ reached: true, atRest: true })
  })

  test('what never rests is given up after the time that was given', () => {
    const stage = new Stage()
    stage.write('POST', '/apis/batch/v1/namespaces/default/cronjobs', cronJob)
    const answer = stage.done({ until: { rest: true }, timeout: '90s' })
    expect(answer).toMatchObject({ reached: false, now: '2026-01-01T00:01:30.000Z' })
    expect(answer.why).toContain('90s')
  })

  test('what never comes is given up at once when nothing happens any more', () => {
    const stage = waiting()
    const answer = stage.done({
      until: { for: 'condition=Progressing=false', object: 'deployment/web' },
      timeout: '87600h',
    })
    expect(answer).toMatchObject({ reached: false, atRest: true })
    expect(answer.why).toContain('not come to this by itself')
    expect(stage.cluster.now - BORN).toBeLessThan(60_000)
  })

  test.each([
    [{ for: 'condition=Ready', object: 'pod/none' }, '404 There is no pod/none'],
    [{ for: 'condition=Ready', object: 'pod/web', namespace: 'other' }, '404 There is no pod/web'],
    [{ for: 'readiness', object: 'pod/web' }, 'unrecognized condition'],
    [{ for: 'jsonpath={.a', object: 'pod/web' }, '400 until.for: unexpected path string'],
    [{ for: 'create', object: 'web' }, 'write its type and its name'],
    [{ for: 'create', object: 'constructor/web' }, 'no resource type "constructor"'],
  ])('%j is refused', (until, words) => {
    const stage = new Stage()
    expect(stage.problem({ until })).toContain(words)
  })

  test('a path that leads to something large is no mistake that goes on for ever', () => {
    const stage = waiting()
    const until = { for: 'jsonpath={.spec}=1', object: 'deployment/web' }
    const answer = stage.done({ until })
    expect(answer).toMatchObject({ reached: false, count: 0 })
    expect(answer.why).toContain('nested object')
  })
})
