// Forks and kept snapshots, the product on workerd: node forks.mjs tutorial|REPLICAS. By the clock, and how long others wait meanwhile.
import { rmSync } from 'node:fs'
import { startProduct } from '../support/product.mjs'
import { median, report } from './measure.mjs'
import { TUTORIAL } from './tutorial.mjs'

const [what] = process.argv.slice(2)
const isTutorial = what === 'tutorial'
const replicas = Number(what)
const title = isTutorial ? "the tutorial's cluster" : `${replicas.toLocaleString('en')} Pods`
const TARGET = isTutorial ? 30 : 1500
const RUNS = isTutorial ? 15 : 3
const MOST_WAITING = 100

const { url, storage, stop } = await startProduct()
/** The connection may have been closed while the one before took long. */
const ask = (address, options) =>
  fetch(url + address, options).catch(() => fetch(url + address, options))

const call = async (address, options) => {
  const answer = await ask(address, options)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}: ${text}`)
  return JSON.parse(text)
}

const post = (address, body) => call(address, { method: 'POST', body: JSON.stringify(body) })

/** How long requests to the session take at most while `act` is done. */
const waitingDuring = async (link, act) => {
  const state = { isDone: false, longest: 0 }
  const others = (async () => {
    while (!state.isDone) {
      const start = performance.now()
      await call(`/k8s/${link}/api/v1/namespaces/default`)
      state.longest = Math.max(state.longest, performance.now() - start)
    }
  })()
  await act()
  state.isDone = true
  await others
  return state.longest
}

const measure = async (link, name, act) => {
  await act()
  const times = []
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now()
    await act()
    times.push(performance.now() - start)
  }
  report(`${name} of ${title}`, median(times), 'ms', TARGET)
  if (!isTutorial)
    report(`${name} of ${title}: others waited`, await waitingDuring(link, act), 'ms', MOST_WAITING)
}

try {
  const { id, key } = await post('/api/sessions', {
    nodes: isTutorial ? 3 : 100,
    delays: 'instant',
  })
  const link = `${id}.${key}`
  const [template] = JSON.parse(TUTORIAL).items
  const manifests = isTutorial
    ? JSON.parse(TUTORIAL)
    : { ...template, spec: { ...template.spec, replicas } }
  await post(`/api/sessions/${link}/apply`, manifests)
  await measure(link, 'a fork', () => post(`/api/sessions/${link}/fork`))
  let changes = 0
  await measure(link, 'a snapshot', async () => {
    // another state each time: of the same one only the name is written down
    await call(`/k8s/${link}/api/v1/namespaces/default/configmaps`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: `change-${changes++}` },
      }),
    })
    await post(`/api/sessions/${link}/snapshots`)
  })
} finally {
  await stop()
  rmSync(storage, { recursive: true })
}
process.exit(0)
