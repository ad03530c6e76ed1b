// 200 viewers of one session: how soon one change reaches all of them, what they cost while nothing happens, and that the session sleeps
// meanwhile and wakes with nobody lost.
import { readdirSync, readFileSync } from 'node:fs'
import { Miniflare } from 'miniflare'
import { WebSocket } from 'undici'
import { bundle } from '../support/product.mjs'
import { createSession } from '../support/session.mjs'
import { median, report } from './measure.mjs'
import { TUTORIAL } from './tutorial.mjs'

const VIEWERS = 200
const WARM_UP = 5
const CHANGES = 15
/** An object that nothing happens in is put to sleep after ten seconds. */
const SLEEP_MS = 15_000

/** Counts the objects that are made: who asks for the number wakes none. */
const COUNTING = `
import worker, { ClusterSession as Session } from './product.mjs'
let made = 0
export class ClusterSession extends Session {
  constructor(context, environment) {
    super(context, environment)
    made++
  }
}
export default {
  fetch: (request, environment, context) =>
    new URL(request.url).pathname === '/made'
      ? new Response(String(made))
      : worker.fetch(request, environment, context),
}`

const startCounting = async () => {
  const miniflare = new Miniflare({
    modules: [
      { type: 'ESModule', path: 'worker.mjs', contents: COUNTING },
      { type: 'ESModule', path: 'product.mjs', contents: await bundle() },
    ],
    compatibilityDate: '2026-04-20',
    compatibilityFlags: ['nodejs_compat', 'enable_request_signal', 'request_signal_passthrough'],
    durableObjects: { SESSIONS: { className: 'ClusterSession', useSQLite: true } },
    host: '127.0.0.1',
    port: 0,
    cf: false,
  })
  return { url: (await miniflare.ready).origin, stop: () => miniflare.dispose() }
}

/** The processes that this one has started. */
const children = () =>
  readdirSync('/proc/self/task').flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  )

const TICKS_PER_SECOND = 100

/** CPU milliseconds that they have taken. */
const cpuOfChildren = () =>
  children()
    .map((pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' '))
    .reduce((sum, fields) => sum + Number(fields[11]) + Number(fields[12]), 0) *
  (1000 / TICKS_PER_SECOND)

/** Megabytes that they have in memory. */
const memoryOfChildren = () =>
  children()
    .map((pid) => /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
    .reduce((sum, kilobytes) => sum + Number(kilobytes) / 1000, 0)

/** A viewer: `next` is called with each message that tells of a change. */
const follow = (url, id) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/sessions/${id}/live`)
    const viewer = { socket, next: () => {}, events: 0 }
    let waiting = 5
    socket.addEventListener('open', () => socket.send('{"type":"subscribe"}'))
    socket.addEventListener('error', reject)
    socket.addEventListener('message', ({ data }) => {
      if (data.startsWith('{"type":"listed"') && --waiting === 0) resolve(viewer)
      if (data.startsWith('{"type":"mark"')) socket.send(data)
      if (!data.startsWith('{"type":"objects"')) return
      viewer.events++
      viewer.next()
    })
  })

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

const product = await startCounting()
const { url } = product
const session = await createSession(url, { delays: 'instant' })
const key = { authorization: `Bearer ${session.key}` }
await fetch(`${url}/api/sessions/${session.id}/apply`, {
  method: 'POST',
  headers: key,
  body: TUTORIAL,
})

const change = (count) =>
  fetch(`${url}/k8s/${session.id}.${session.key}/api/v1/namespaces/default/services/web-service`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify({ metadata: { labels: { count: String(count) } } }),
  })

const memoryBefore = memoryOfChildren()
const began = performance.now()
const viewers = await Promise.all(Array.from({ length: VIEWERS }, () => follow(url, session.id)))
report(`${VIEWERS} viewers come and are told all that there is`, performance.now() - began, 'ms')

/** How long it takes until everybody was told of one change. */
const timeChange = async (count) => {
  const all = viewers.map((viewer) => new Promise((resolve) => (viewer.next = resolve)))
  const start = performance.now()
  const answer = await change(count)
  if (!answer.ok) throw new Error(await answer.text())
  await answer.arrayBuffer()
  await Promise.all(all)
  return performance.now() - start
}

const times = []
for (let count = 0; count < WARM_UP + CHANGES; count++) {
  const time = await timeChange(count)
  if (count >= WARM_UP) times.push(time)
}
report(`one change reaches ${VIEWERS} viewers, p50`, median(times), 'ms', 100)
report(`one change reaches ${VIEWERS} viewers, slowest`, Math.max(...times), 'ms')
report(
  `memory of the server for ${VIEWERS} viewers (sockets and their TCP buffers)`,
  memoryOfChildren() - memoryBefore,
  'MB',
)

const made = async () => Number(await (await fetch(`${url}/made`)).text())
const madeBefore = await made()
await pause(SLEEP_MS)
const cpuBefore = cpuOfChildren()
await pause(SLEEP_MS)
report(
  `CPU of the server in ${SLEEP_MS / 1000} s of ${VIEWERS} idle viewers`,
  cpuOfChildren() - cpuBefore,
  'ms',
)
const before = viewers.map(({ events }) => events)
const woken = await timeChange('after')
const wakes = (await made()) - madeBefore
report('objects made anew by the first change after that (1: it had slept)', wakes, '')
report(`one change wakes the session and reaches ${VIEWERS} viewers`, woken, 'ms')
const wrong = viewers.filter(({ events }, index) => events !== before[index] + 1).length
report('viewers who were not told of it exactly once', wrong, '', 0)
await product.stop()
process.exit(0)
