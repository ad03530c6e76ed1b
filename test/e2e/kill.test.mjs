// What was acknowledged is there after SIGKILL, whenever it comes.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { createSession } from '../support/session.mjs'

const ROUNDS = 5
const WRITERS = 6
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'

const storage = mkdtempSync(path.join(tmpdir(), 'kubarium-kill-'))
const groups = new Set()
after(() => {
  for (const group of groups) killGroup(group)
  rmSync(storage, { recursive: true, force: true })
})

/** Kills a server with all that it started. */
const killGroup = (pid) => {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // gone already
  }
  groups.delete(pid)
}

const start = () =>
  new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [path.join(import.meta.dirname, 'product-process.mjs'), storage],
      { detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    groups.add(child.pid)
    let errors = ''
    child.stderr.on('data', (chunk) => (errors += chunk))
    child.stdout.once('data', (chunk) =>
      resolve({
        url: String(chunk).trim(),
        kill: () =>
          new Promise((done) => {
            child.once('close', done)
            killGroup(child.pid)
          }),
      }),
    )
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${errors}`)))
  })

/** Pseudo-random numbers that are the same in every run. */
const numbers = (seed) => {
  let state = seed
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state % bound
  }
}

const request = async (base, method, at, body) => {
  const answer = await fetch(`${base}${at}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: await answer.json() }
}

const configMap = (name, value) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { value: String(value) },
})

/**
 * Creates, changes and deletes objects of its own until the server is gone. `known` holds what was acknowledged of each (null: deleted);
 * `pending` what was asked for and not answered.
 */
const write = async (base, writer, { known, pending }, random) => {
  for (let step = 0; ; step++) {
    const name = `w${writer}-${random(20)}`
    const before = known.get(name) ?? null
    const value = before === null ? `${step}` : random(4) === 0 ? null : `${before}.${step}`
    pending.set(name, value)
    try {
      const at = `${CONFIG_MAPS}/${name}`
      const { status } =
        before === null
          ? await request(base, 'POST', CONFIG_MAPS, configMap(name, value))
          : value === null
            ? await request(base, 'DELETE', at)
            : await request(base, 'PUT', at, configMap(name, value))
      assert.ok(status === 200 || status === 201, `${name} was answered with ${status}`)
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error
      return // the server was killed before it answered
    }
    known.set(name, value)
    pending.delete(name)
  }
}

test('nothing that was acknowledged is lost, however often the server is killed', async (context) => {
  const random = numbers(7)
  const state = { known: new Map(), pending: new Map() }
  let server = await start()
  const session = await createSession(server.url, { template: 'bare', delays: 'instant' })
  let revision = 0
  let acknowledged = 0
  for (let round = 0; round < ROUNDS; round++) {
    const base = `${server.url}/k8s/${session.id}.${session.key}`
    const writers = Array.from({ length: WRITERS }, (_, writer) =>
      write(base, writer, state, numbers(round * 100 + writer)),
    )
    await new Promise((resolve) => setTimeout(resolve, 150 + random(600)))
    await server.kill()
    await Promise.all(writers)

    server = await start()
    const again = `${server.url}/k8s/${session.id}.${session.key}`
    const { status, body } = await request(again, 'GET', CONFIG_MAPS)
    assert.equal(status, 200)
    const found = new Map(body.items.map(({ metadata, data }) => [metadata.name, data?.value]))
    for (const [name, value] of state.known) {
      // what was not answered may have happened or not
      const allowed = [value, ...(state.pending.has(name) ? [state.pending.get(name)] : [])]
      assert.ok(
        allowed.includes(found.get(name) ?? null),
        `${name} was acknowledged as ${value} and is ${found.get(name)}`,
      )
    }
    const now = Number(body.metadata.resourceVersion)
    assert.ok(now >= revision, `revision ${now} after ${revision}`)
    const versions = body.items.map(({ metadata }) => Number(metadata.resourceVersion))
    assert.equal(new Set(versions).size, versions.length)
    assert.ok(Math.max(...versions) <= now)
    revision = now
    acknowledged += state.known.size
    // the next round goes on from what is there
    state.pending.clear()
    for (const name of new Set([...state.known.keys(), ...found.keys()]))
      if (name.startsWith('w')) state.known.set(name, found.get(name) ?? null)
    const resumed = await fetch(
      `${again}${CONFIG_MAPS}?watch=true&resourceVersion=${now}&timeoutSeconds=1`,
    )
    assert.equal(await resumed.text().then((text) => text.trim()), '')
  }
  await server.kill()
  context.diagnostic(`${revision} revisions, ${acknowledged} objects checked`)
  assert.ok(acknowledged > 50, 'the writers wrote too little to prove anything')
})
