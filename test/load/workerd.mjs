// The product on workerd, against a bare Worker with a bare Durable Object. Both are asked in turns, so that both see the same machine.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Miniflare } from 'miniflare'
import { startProduct } from '../support/product.mjs'
import { median, report } from './measure.mjs'
import { TUTORIAL } from './tutorial.mjs'

const WARM_UP = 100
const GETS = 600
const NEW = 60
const APPLY_WARM_UP = 30
const APPLIES = 40
const PODS = 1000

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

const call = (url, { method = 'GET', key, body } = {}) =>
  new Promise((resolve, reject) => {
    const headers = {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const sent = request(url, { method, agent, headers }, (answer) => {
      const parts = []
      answer.on('data', (part) => parts.push(part))
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString()
        if (answer.statusCode < 300) resolve(text)
        else reject(new Error(`${method} ${url} answered ${answer.statusCode}: ${text}`))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })

const timed = async (act) => {
  const start = performance.now()
  await act()
  return performance.now() - start
}

/** The medians of several acts that take turns. */
const mediansOf = async (count, acts) => {
  const times = acts.map(() => [])
  for (let index = 0; index < count; index++)
    for (const [place, act] of acts.entries()) times[place].push(await timed(() => act(index)))
  return times.map(median)
}

const startBare = async (storage) => {
  const miniflare = new Miniflare({
    modules: [
      {
        type: 'ESModule',
        path: 'worker.mjs',
        contents: readFileSync(path.join(import.meta.dirname, 'bare-worker.mjs'), 'utf8'),
      },
    ],
    compatibilityDate: '2026-04-20',
    compatibilityFlags: ['nodejs_compat'],
    durableObjects: { BARE: { className: 'Bare', useSQLite: true } },
    durableObjectsPersist: storage,
    host: '127.0.0.1',
    port: 0,
    cf: false,
  })
  return { url: (await miniflare.ready).origin, stop: () => miniflare.dispose() }
}

const createSession = async (url, options = {}) =>
  JSON.parse(await call(`${url}/api/sessions`, { method: 'POST', body: JSON.stringify(options) }))

const apply = (url, { id, key }, manifests) =>
  call(`${url}/api/sessions/${id}/apply`, { method: 'POST', key, body: manifests })

const servicePath = ({ id, key }, name) =>
  `/k8s/${id}.${key}/api/v1/namespaces/default/services/${name}`

const compareRequests = async (product, bare) => {
  const session = await createSession(product)
  await apply(product, session, TUTORIAL)
  const getService = () => call(product + servicePath(session, 'web-service'))
  const getBare = () => call(`${bare}/one`)
  await mediansOf(WARM_UP, [getService, getBare])
  const [service, rpc] = await mediansOf(GETS, [getService, getBare])
  report('bare Durable Object RPC, p50', rpc, 'ms')
  report('GET of one Service, p50', service, 'ms')
  report('GET of one Service, against the bare RPC', service / rpc, 'times', 1.5)

  await mediansOf(5, [() => createSession(product), () => call(`${bare}/new`)])
  const [made, row] = await mediansOf(NEW, [
    () => createSession(product),
    () => call(`${bare}/new`),
  ])
  report('new Durable Object that writes one row, p50', row, 'ms')
  report('new session, p50', made, 'ms')
  report('new session, against the new Durable Object', made / row, 'times', 2)
}

/** Applies to fresh sessions; the first ones warm the isolate up. */
const compareApply = async (product, bare) => {
  const times = { first: [], again: [], rpc: [] }
  const take = async (name, act) => times[name].push(await timed(act))
  for (let index = 0; index < APPLY_WARM_UP + APPLIES; index++) {
    if (index === APPLY_WARM_UP) for (const list of Object.values(times)) list.length = 0
    const session = await createSession(product)
    await call(product + servicePath(session, 'kubernetes')) // its cluster is made
    await take('rpc', () => call(`${bare}/one`))
    await take('first', () => apply(product, session, TUTORIAL))
    await take('again', () => apply(product, session, TUTORIAL))
  }
  const [first, again, rpc] = [times.first, times.again, times.rpc].map(median)
  report("apply of the tutorial's six objects, p50", first, 'ms')
  report("apply of the tutorial's six objects, against the bare RPC", first / rpc, 'times', 15)
  report('the same apply again, against the bare RPC', again / rpc, 'times', 15)
}

const measureWakeUp = async (storage) => {
  let product = await startProduct({ storage })
  const session = await createSession(product.url, { nodes: 10, delays: 'instant' })
  const [template] = JSON.parse(TUTORIAL).items
  const large = { ...template, spec: { ...template.spec, replicas: PODS } }
  const applied = await timed(() => apply(product.url, session, JSON.stringify(large)))
  report(`apply of a Deployment of ${PODS.toLocaleString('en')} Pods until all run`, applied, 'ms')
  await product.stop()
  product = await startProduct({ storage })
  const other = await createSession(product.url)
  await call(product.url + servicePath(other, 'kubernetes')) // the isolate is warm
  const woken = await timed(() => call(product.url + servicePath(session, 'kubernetes')))
  report(`first GET that wakes a stored session of ${PODS.toLocaleString('en')} Pods`, woken, 'ms')
  await product.stop()
}

const storage = mkdtempSync(path.join(tmpdir(), 'kubarium-bench-'))
try {
  const product = await startProduct({ storage: path.join(storage, 'product') })
  const bare = await startBare(path.join(storage, 'bare'))
  await compareRequests(product.url, bare.url)
  await compareApply(product.url, bare.url)
  await Promise.all([product.stop(), bare.stop()])
  await measureWakeUp(path.join(storage, 'product'))
} finally {
  rmSync(storage, { recursive: true, force: true })
}
process.exit(0)
