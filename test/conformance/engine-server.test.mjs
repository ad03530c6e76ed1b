// What the recordings are replayed against a second time must itself be exact: same seed, same clock, same bytes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startEngineServer } from '../support/engine-server.mjs'

const START = Date.parse('2026-01-01T00:00:00Z')

const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx' }] },
    },
  },
}
const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
}
const EVERYTHING = ['pods', 'services', 'endpoints', 'events', 'nodes']

/** All that a server answers, with five seconds between any two requests. */
const answersOf = async (options) => {
  let now = START
  const server = await startEngineServer({ ...options, now: () => now })
  const { url } = server.createSession({ seed: 7 })
  const answers = []
  const call = async (path, object) => {
    const method = object === undefined ? 'GET' : 'POST'
    const answer = await fetch(`${url}${path}`, { method, body: JSON.stringify(object) })
    answers.push(`${answer.status} ${answer.headers.get('content-type')} ${await answer.text()}`)
    now += 5000
  }
  try {
    await call('/apis/apps/v1/namespaces/default/deployments', DEPLOYMENT)
    await call('/api/v1/namespaces/default/services', SERVICE)
    for (const resource of EVERYTHING) await call(`/api/v1/${resource}`)
    await call('/api/v1/pods?watch=true&resourceVersion=1&timeoutSeconds=1')
  } finally {
    await server.stop()
  }
  return answers
}

test('the same seed and clock give the same bytes, made again or not', async () => {
  const kept = await answersOf({})
  assert.match(kept[2], /"phase":"Running"/)
  assert.match(kept.at(-1), /"type":"ADDED"/)
  assert.deepEqual(await answersOf({}), kept)
  assert.deepEqual(await answersOf({ rebuild: true }), kept)
})
