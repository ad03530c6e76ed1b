// Clients that speak WebSocket without kubectl: commands in the older protocols, logs, and watches of one message an event.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { WebSocket } from 'undici'
import { startProduct } from '../support/product.mjs'
import { createSession } from '../support/session.mjs'

const PODS = '/api/v1/namespaces/default/pods'

let product
let server
before(async () => {
  product = await startProduct()
  ;({
    links: { kubernetes: server },
  } = await createSession(product.url, { delays: 'instant' }))
})
after(() => product.stop())

const post = (path, body) =>
  fetch(server + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const runPod = async (name, script) => {
  const container = { name: 'main', image: 'busybox', command: ['sh', '-c', script] }
  const made = await post(PODS, { metadata: { name }, spec: { containers: [container] } })
  assert.equal(made.status, 201)
  let phase
  while (phase !== 'Running')
    ({ phase } = (await (await fetch(`${server}${PODS}/${name}`)).json()).status)
}

const open = (path, protocols) => {
  const socket = new WebSocket((server + path).replace('http', 'ws'), protocols)
  socket.binaryType = 'arraybuffer'
  return socket
}

const textOf = (data) => (typeof data === 'string' ? data : Buffer.from(data).toString('latin1'))

/** What comes until the server hangs up. */
const messagesOf = (path, protocols) =>
  new Promise((resolve, reject) => {
    const messages = []
    const socket = open(path, protocols)
    socket.addEventListener('message', ({ data }) => messages.push(textOf(data)))
    socket.addEventListener('error', () => reject(new Error('no WebSocket')))
    socket.addEventListener('close', () => resolve({ messages, protocol: socket.protocol }))
  })

const execPath = (name, script) => {
  const command = ['sh', '-c', script].map((word) => `command=${encodeURIComponent(word)}`)
  return `${PODS}/${name}/exec?stdout=1&stderr=1&${command.join('&')}`
}

test('[sig-node] Pods should support remote command execution over websockets', async () => {
  await runPod('commands', 'echo container is alive; sleep 600')
  const path = execPath('commands', 'echo remote execution test')
  const { messages, protocol } = await messagesOf(path, ['channel.k8s.io'])
  assert.equal(protocol, 'channel.k8s.io')
  assert.deepEqual(messages, ['\u0001remote execution test\n'])
})

for (const [protocol, expected] of [
  ['channel.k8s.io', /^\u0003command terminated with non-zero exit code/],
  ['v4.channel.k8s.io', /^\u0003\{.*"reason":"NonZeroExitCode"/],
  ['base64.channel.k8s.io', /^3Y29tbWFuZCB0ZXJtaW5hdGVk/],
  ['v4.base64.channel.k8s.io', /^3eyJtZXRhZGF0YSI6e30s/],
]) {
  test(`${protocol} tells how a command ended`, async () => {
    const { messages } = await messagesOf(execPath('commands', 'exit 7'), [protocol])
    assert.match(messages.at(-1), expected)
  })
}

test('[sig-node] Pods should support retrieving logs from the container over websockets', async () => {
  await runPod('logs', 'echo container is alive; sleep 600')
  const { messages, protocol } = await messagesOf(`${PODS}/logs/log?container=main`, [
    'binary.k8s.io',
  ])
  assert.equal(protocol, 'binary.k8s.io')
  assert.equal(messages.join(''), 'container is alive\n')
  const base64 = await messagesOf(`${PODS}/logs/log`, ['base64.binary.k8s.io'])
  assert.equal(Buffer.from(base64.messages.join(''), 'base64').toString(), 'container is alive\n')
})

test('a log in a protocol that nobody speaks is refused', async () => {
  await assert.rejects(messagesOf(`${PODS}/logs/log?follow=true`, ['v9.k8s.io']), /no WebSocket/)
})

test('a watch is one message an event, until its client leaves', async () => {
  const configMaps = '/api/v1/namespaces/default/configmaps'
  const socket = open(`${configMaps}?watch=true&fieldSelector=metadata.name=seen`)
  const events = []
  const came = new Promise((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      events.push(JSON.parse(textOf(data)).type)
      if (events.length === 2) resolve()
    })
  })
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  await post(configMaps, { metadata: { name: 'seen' } })
  await fetch(`${server}${configMaps}/seen`, { method: 'DELETE' })
  await came
  socket.close()
  assert.deepEqual(events, ['ADDED', 'DELETED'])
})

test('a watch that ends says so', async () => {
  const { messages } = await messagesOf(
    '/api/v1/namespaces/default/services?watch=true&timeoutSeconds=1',
    [],
  )
  assert.equal(JSON.parse(messages[0]).object.metadata.name, 'kubernetes')
})
