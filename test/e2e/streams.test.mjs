// Clients of containers that mean harm or have died: endless programs by the dozen, sockets that go without a word, bytes that are nobody's
// protocol. The session answers others meanwhile, keeps what was written, and takes new clients when the old ones are gone.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get } from 'node:http'
import { after, before, test } from 'node:test'
import { WebSocket } from 'undici'
import { startProduct } from '../support/product.mjs'
import { createSession } from '../support/session.mjs'

const MOST_HELD = 64
const PODS = '/api/v1/namespaces/default/pods'
const POD = `${PODS}/web`
const EXEC = 'v5.channel.k8s.io'
const PORT_FORWARD = 'SPDY/3.1+portforward.k8s.io'
const ENDLESS = ['sh', '-c', 'while true; do :; done']

let product
let server
let writes = 0

const ask = (path, init) => fetch(server + path, init)
const post = (path, body) =>
  ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

before(async () => {
  product = await startProduct()
  const { links } = await createSession(product.url, { delays: 'instant' })
  server = links.kubernetes
  const made = await post(PODS, {
    metadata: { name: 'web' },
    spec: { containers: [{ name: 'web', image: 'nginx' }] },
  })
  assert.equal(made.status, 201)
  let phase
  while (phase !== 'Running') ({ phase } = (await (await ask(POD)).json()).status)
})
after(() => product.stop())

const execUrl = (command) => {
  const query = command.map((word) => `command=${encodeURIComponent(word)}`).join('&')
  return `${server}${POD}/exec?stdout=1&stderr=1&stdin=1&${query}`
}
const forwardUrl = () => `${server}${POD}/portforward?ports=80`

/** A socket that is open, or undefined if it was refused. */
const open = (url, protocol) =>
  new Promise((resolve) => {
    const socket = new WebSocket(url.replace('http', 'ws'), {
      protocols: [protocol],
    })
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('open', () => resolve(socket), { once: true })
    socket.addEventListener('error', () => resolve(undefined), { once: true })
  })

const closed = (socket) =>
  new Promise((resolve) => socket.addEventListener('close', resolve, { once: true }))

/** What a command writes to its output, once a place is free for it. */
const outputOf = async (command) => {
  let socket
  while (socket === undefined) socket = await open(execUrl(command), EXEC)
  let output = ''
  socket.addEventListener('message', ({ data }) => {
    const [channel, ...bytes] = new Uint8Array(data)
    if (channel === 1) output += Buffer.from(bytes)
  })
  await closed(socket)
  return output
}

/** Others read and write as ever, and a new client is served. */
const assertAlive = async () => {
  const name = `kept-${++writes}`
  const path = '/api/v1/namespaces/default/configmaps'
  assert.equal((await post(path, { metadata: { name } })).status, 201)
  assert.equal((await ask(`${path}/${name}`)).status, 200)
}

test('as many endless programs as may be leave the session to others', async () => {
  const sockets = await Promise.all(
    Array.from({ length: MOST_HELD + 16 }, () => open(execUrl(ENDLESS), EXEC)),
  )
  const held = sockets.filter((socket) => socket !== undefined)
  assert.equal(held.length, MOST_HELD)
  await assertAlive()
  const gone = held.map(closed)
  for (const socket of held) socket.close()
  await Promise.all(gone)
  assert.equal(await outputOf(['echo', 'served again']), 'served again\n')
})

/** A client that knows no more of WebSockets than how to open one. */
const handshake = (url, protocol) =>
  new Promise((resolve, reject) => {
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-protocol': protocol,
    }
    get(url, { headers }, ({ statusCode }) => reject(new Error(`answered ${statusCode}`)))
      .on('upgrade', (_, socket) => resolve(socket))
      .on('error', reject)
  })

/** Binary, and masked with nothing, as clients must. */
const frameOf = (payload) => {
  const head = Buffer.from([0x82, 0x80 | 126, 0, 0, 0, 0, 0, 0])
  head.writeUInt16BE(payload.length, 2)
  return Buffer.concat([head, payload])
}

test('clients that die without a word make room', async () => {
  for (let index = 0; index < MOST_HELD; index++) {
    const socket = await handshake(execUrl(ENDLESS), EXEC)
    socket.destroy()
  }
  await assertAlive()
  assert.equal(await outputOf(['echo', 'served again']), 'served again\n')
})

const NONSENSE = {
  'no byte at all': new Uint8Array(),
  'a channel that nobody reads': new Uint8Array([9, 1, 2, 3]),
  'a size that is no JSON': Buffer.from('\u0004{"Width":'),
  'a megabyte of input': new Uint8Array(1 << 20),
  text: 'hello',
}

for (const [what, frame] of Object.entries(NONSENSE)) {
  test(`exec that is sent ${what} ends or goes on`, async () => {
    const socket = await open(execUrl(['sleep', '1000']), EXEC)
    const end = closed(socket)
    socket.send(frame)
    await assertAlive()
    socket.close()
    await end
  })
}

const SPDY_NONSENSE = {
  'a stream without an id': new Uint8Array([0x80, 3, 0, 1, 0, 0, 0, 2, 1, 1]),
  'headers that are no zlib': Uint8Array.from([0x80, 3, 0, 1, 0, 0, 0, 14, ...Array(14).fill(7)]),
  'a frame of 16 MiB': new Uint8Array([0x80, 3, 0, 1, 0, 255, 255, 255]),
}

for (const [what, frame] of Object.entries(SPDY_NONSENSE)) {
  test(`port-forward that is sent ${what} is hung up on`, async () => {
    const socket = await handshake(forwardUrl(), PORT_FORWARD)
    socket.write(frameOf(frame))
    const [told] = await once(socket, 'data')
    socket.destroy()
    assert.equal(told[0], 0x88, 'a closing frame')
    assert.equal(told.readUInt16BE(2), 1002, told.subarray(4).toString())
    await assertAlive()
  })
}
