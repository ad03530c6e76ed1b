// Whatever happens by itself happens at its moment, in whichever steps time passes, and not at all while it stands.
import { describe, expect, test } from 'vitest'
import type { UserInfo } from '#api/strategy.ts'
import { Cluster } from '#cluster.ts'
import { applyManifests } from '#manifests/apply.ts'
import { stateDocument } from '#manifests/state.ts'
import { settingsOf } from '#settings.ts'

const BORN = Date.UTC(2026, 0, 1)
const WHILE = 900_000
const ADMINISTRATOR: UserInfo = { username: 'admin', groups: ['system:masters'] }

const pod = (name: string, container: string, more = ''): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec: {${more} containers: [{name: c, ${container}}]}
---`
const shell = (script: string): string => `image: busybox, command: [sh, -c, '${script}']`

/** Back-offs, probes, sidecars' ends, loops, schedules, addresses, retries and what is cleaned up after a while. */
const MANIFESTS = `
${pod('crashes', shell('echo starting; sleep 3; exit 1'))}
${pod('loops', shell('while true; do date; sleep 7; done'))}
${pod('asks', shell('while true; do wget -qO- http://web; sleep 30; done'))}
${pod('absent', 'image: "nginx:no-such-tag"')}
${pod('slow', 'image: nginx, readinessProbe: {initialDelaySeconds: 20, httpGet: {path: /, port: 80}}')}
${pod('sick', 'image: nginx, livenessProbe: {periodSeconds: 5, failureThreshold: 2, httpGet: {path: /none, port: 80}}')}
${pod('stubborn', shell('trap "" TERM; while true; do sleep 1; done'), 'terminationGracePeriodSeconds: 40,')}
${pod('bounded', shell('sleep 100000'), 'activeDeadlineSeconds: 90,')}
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  minReadySeconds: 15
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: never}
spec:
  progressDeadlineSeconds: 60
  selector: {matchLabels: {app: never}}
  template:
    metadata: {labels: {app: never}}
    spec: {containers: [{name: c, image: "nginx:no-such-tag"}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: often}
spec:
  schedule: "*/2 * * * *"
  jobTemplate:
    spec:
      ttlSecondsAfterFinished: 100
      template:
        spec: {restartPolicy: Never, containers: [{name: c, ${shell('date; sleep 11')}}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: fails}
spec:
  backoffLimit: 3
  template:
    spec: {restartPolicy: Never, containers: [{name: c, ${shell('sleep 2; exit 3')}}]}
`

const born = (): Cluster => {
  const cluster = new Cluster({
    seed: 7,
    settings: settingsOf({ delays: 'real' }),
    createdAt: BORN,
  })
  const { error } = applyManifests(cluster, ADMINISTRATOR, MANIFESTS)
  if (error !== undefined) throw new Error(error.message)
  return cluster
}

const ask = (cluster: Cluster, method: string, path: string, accept = 'application/json') => {
  const answer = cluster.handle({
    method,
    path,
    query: [],
    accept,
    contentType: 'application/json',
    userAgent: 'test',
    body: '',
    user: ADMINISTRATOR,
  })
  if ('watch' in answer) throw new Error(`${path} is a watch`)
  return answer.body.join('')
}

interface Lived {
  readonly written: readonly string[]
  readonly log: string
  readonly end: string
}

/** A quarter of an hour; after a minute a Pod is deleted that does not want to go. */
const live = (advance: (cluster: Cluster, to: number) => void): Lived => {
  const cluster = born()
  const written: string[] = []
  const take = (): void => {
    for (const { at, by, resource, namespace, name, object } of cluster.takeChanges().revisions)
      written.push(`${at - BORN} ${by} ${resource} ${namespace}/${name} ${JSON.stringify(object)}`)
  }
  const pass = (to: number): void => {
    advance(cluster, to)
    take()
    if (cluster.now !== to) throw new Error('time did not come as far as it should')
  }
  pass(BORN + 60_000)
  ask(cluster, 'DELETE', '/api/v1/namespaces/default/pods/stubborn')
  pass(BORN + WHILE)
  const log = ask(cluster, 'GET', '/api/v1/namespaces/default/pods/loops/log')
  return { written, log, end: JSON.stringify(cluster.state()) }
}

const ticks =
  (...sizes: readonly number[]) =>
  (cluster: Cluster, to: number): void => {
    for (let tick = 0; cluster.now < to; tick++)
      cluster.advance(Math.min(to, cluster.now + sizes[tick % sizes.length]!))
  }

describe('what happens in a quarter of an hour', { timeout: 120_000 }, () => {
  const once = live((cluster, to) => cluster.advance(to))

  test('is a lot', () => {
    const kinds = new Set(once.written.map((line) => line.split(' ')[2]))
    expect([...kinds]).toEqual(
      expect.arrayContaining(['pods', 'jobs.batch', 'cronjobs.batch', 'services', 'events']),
    )
    // each of these is a thing that only time brings about
    for (const sign of [
      'CrashLoopBackOff',
      'ImagePullBackOff',
      'ProgressDeadlineExceeded',
      'DeadlineExceeded',
      'BackoffLimitExceeded',
      'Liveness probe failed',
      '"loadBalancer":{"ingress"',
    ])
      expect(once.written.filter((line) => line.includes(sign)).length, sign).toBeGreaterThan(0)
    expect(once.log.trim().split('\n').length).toBeGreaterThan(100)
    const ends = once.written.filter(
      (line) => line.includes('jobs.batch') && line.endsWith('undefined'),
    )
    expect(ends.length).toBeGreaterThan(3)
  })

  test.each([
    ['second by second', ticks(1000)],
    ['in steps of all sizes', ticks(17, 333, 1, 60_000, 4999, 250, 601_000)],
    [
      'from one moment to the next',
      (cluster: Cluster, to: number) => {
        for (let due = cluster.nextDeadline(); due !== undefined && due <= to;)
          due = (cluster.advance(due), cluster.nextDeadline())
        cluster.advance(to)
      },
    ],
    [
      'with a little work at a time',
      (cluster: Cluster, to: number) => {
        while (cluster.now < to) cluster.advance(to, 5)
      },
    ],
  ])('is the same %s', (_name, advance) => {
    const other = live(advance)
    expect(other.written.find((line, at) => line !== once.written[at])).toBeUndefined()
    expect(other.written.length).toBe(once.written.length)
    expect(other.log).toBe(once.log)
    expect(other.end).toBe(once.end)
  })
})

describe('while time stands', () => {
  const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io'
  const PATHS = [
    '/api/v1/pods',
    '/apis/apps/v1/deployments',
    '/apis/batch/v1/jobs',
    '/api/v1/events',
  ]

  test.each([500, 61_000, 200_000])(
    'nothing changes, however often one looks, after %s ms',
    (age) => {
      const cluster = born()
      cluster.advance(BORN + age)
      const look = (): string =>
        [
          ...PATHS.map((path) => ask(cluster, 'GET', path, TABLE)),
          ask(cluster, 'GET', '/apis/metrics.k8s.io/v1beta1/pods'),
          stateDocument(cluster, 'json'),
          cluster.nextDeadline(),
        ].join('\n')
      const first = look()
      cluster.takeChanges()
      for (let turns = 0; turns < 5; turns++) {
        cluster.advance(BORN + age)
        expect(look()).toBe(first)
        const { revisions, memory } = cluster.takeChanges()
        expect({ revisions, memory }).toEqual({ revisions: [], memory: [] })
      }
    },
  )
})
