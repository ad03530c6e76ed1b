// Waking up, the product on workerd: node waking-workerd.mjs REPLICAS NODES. By the clock, from the request to the end of its answer.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startProduct } from '../support/product.mjs'
import { report } from './measure.mjs'
import { TUTORIAL } from './tutorial.mjs'

const [replicas, nodes] = process.argv.slice(2).map(Number)
const TARGET = replicas === 1000 ? 150 : undefined
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
const NAMESPACE = '/api/v1/namespaces/default'

const call = async (url, options) => {
  const answer = await fetch(url, options)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text}`)
  return text
}

const createSession = async (url) => {
  const body = JSON.stringify({ nodes, delays: 'instant' })
  return JSON.parse(await call(`${url}/api/sessions`, { method: 'POST', body }))
}

const fill = async (url, { id, key }) => {
  const [template] = JSON.parse(TUTORIAL).items
  const body = JSON.stringify({ ...template, spec: { ...template.spec, replicas } })
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  await call(`${url}/api/sessions/${id}/apply`, { method: 'POST', headers, body })
}

/** Reads what a new page is told until it knows all Pods. */
const openPage = async (url) => {
  const stop = new AbortController()
  const { body } = await fetch(url, { signal: stop.signal })
  const decoder = new TextDecoder()
  let pods = 0
  let rest = ''
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop()
    pods += lines.filter((line) => line.includes('"kind":"Pod"')).length
    if (pods >= replicas) break
  }
  stop.abort()
  if (pods < replicas) throw new Error(`the page was told of ${pods} Pods`)
}

const configMap = (name) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })

const acts = {
  'a GET of one Service': (url, { id, key }) =>
    call(`${url}/k8s/${id}.${key}${NAMESPACE}/services/kubernetes`),
  'the live watch, until all is there': (url, { id }) => openPage(`${url}/api/sessions/${id}/live`),
  'kubectl get pods': (url, { id, key }) =>
    call(`${url}/k8s/${id}.${key}${NAMESPACE}/pods`, { headers: { accept: TABLE } }),
  'a write': (url, { id, key }, run) =>
    call(`${url}/k8s/${id}.${key}${NAMESPACE}/configmaps`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: configMap(`a${run}`),
    }),
}

const storage = mkdtempSync(path.join(tmpdir(), 'kubarium-bench-'))
try {
  let product = await startProduct({ storage })
  // the first warms the isolate up, as other sessions have where one is woken
  const sessions = [await createSession(product.url), await createSession(product.url)]
  for (const session of sessions) await fill(product.url, session)
  await product.stop()
  for (const [run, [what, act]] of Object.entries(acts).entries()) {
    product = await startProduct({ storage })
    await act(product.url, sessions[0], run)
    const start = performance.now()
    await act(product.url, sessions[1], run)
    const time = performance.now() - start
    await product.stop()
    const title = `waking ${replicas.toLocaleString('en')} Pods in workerd`
    report(`${title}: ${what}`, time, 'ms', TARGET)
  }
} finally {
  rmSync(storage, { recursive: true, force: true })
}
process.exit(0)
