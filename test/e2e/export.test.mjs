// What a session exports goes through the real kubectl: it changes nothing where it comes from, and makes the same elsewhere.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { kubectlPath } from '../support/kubectl.mjs'
import { startProduct } from '../support/product.mjs'
import { createSession, kubeconfigOf } from '../support/session.mjs'

const EVERY_KIND = path.resolve(import.meta.dirname, '../fixtures/manifests/every-kind.yaml')
const folder = mkdtempSync(path.join(tmpdir(), 'kubarium-export-'))
const run = promisify(execFile)

let product
let count = 0

before(async () => {
  product = await startProduct()
})
after(async () => {
  await product.stop()
  rmSync(folder, { recursive: true, force: true })
})

const fileOf = (text, ending) => {
  count += 1
  const file = path.join(folder, `${count}.${ending}`)
  writeFileSync(file, text)
  return file
}

/** A session, its kubectl, and its export in a file. */
const openSession = async (session) => {
  const kubeconfig = fileOf(await kubeconfigOf(product.url, session), 'kubeconfig')
  const exported = async () => {
    const answer = await fetch(`${session.links.self}/export`, {
      headers: { authorization: `Bearer ${session.key}` },
    })
    return answer.text()
  }
  return {
    ...session,
    exported,
    file: async () => fileOf(await exported(), 'yaml'),
    /** Throws with what kubectl said if it does not end with 0. */
    kubectl: async (...args) => {
      const env = { ...process.env, KUBECONFIG: kubeconfig, HOME: folder }
      const options = { env, maxBuffer: 1 << 26 }
      return (await run(kubectlPath(), args, options)).stdout
    },
  }
}

const newSession = async (options) => openSession(await createSession(product.url, options))

/** kubectl looks up all kinds before it applies the first: those that the file defines are found the second time. */
const applyTwice = async (session, file) => {
  await session.kubectl('apply', '-f', file).catch((error) => {
    assert.match(error.stderr, /no matches for kind "Duck"/)
  })
  return session.kubectl('apply', '-f', file)
}

/** What kubectl would change. */
const diff = (session, file) => session.kubectl('diff', '-f', file).catch(({ stdout }) => stdout)

const kinds = (output) => output.split('\n').filter((line) => line !== '')

describe('an export', () => {
  test('of every kind: kubectl diff shows nothing, and it makes the same elsewhere', async () => {
    const here = await newSession({ delays: 'instant' })
    await applyTwice(here, EVERY_KIND)
    const file = await here.file()
    assert.equal(await diff(here, file), '')

    const there = await newSession({ delays: 'instant' })
    // what others live in and name has to be there for a server to try the others
    const needed = readFileSync(file, 'utf8')
      .split('---\n')
      .filter((text) => /^kind: (Namespace|CustomResourceDefinition|PriorityClass)$/m.test(text))
    await there.kubectl('apply', '-f', fileOf(needed.join('---\n'), 'yaml'))
    const tried = kinds(await there.kubectl('apply', '--dry-run=server', '-f', file))
    assert.deepEqual(
      tried.filter((line) => !line.endsWith('(server dry run)')),
      [],
    )
    const read = kinds(await there.kubectl('apply', '--dry-run=client', '-f', file))
    assert.equal(read.length, tried.length)

    await there.kubectl('apply', '-f', file)
    assert.equal(await there.exported(), await here.exported())
    assert.equal(await diff(there, file), '')
  })

  test('of the tutorial: the same by apply, by manifests and from kubectl get', async () => {
    const here = await newSession({ template: 'synergychat', delays: 'instant' })
    await here.kubectl('rollout', 'status', 'deployment', '--timeout=60s')
    const file = await here.file()
    const text = readFileSync(file, 'utf8')
    assert.match(text, /name: web-service/)
    assert.equal(await diff(here, file), '')
    const names = (session) => session.kubectl('get', 'deploy,svc,cm,pvc', '-o', 'name')

    const applied = await newSession({ delays: 'instant' })
    await applied.kubectl('apply', '-f', file)
    assert.equal(await applied.exported(), text)
    assert.equal(await names(applied), await names(here))

    const begun = await newSession({ delays: 'instant', manifests: text })
    assert.equal(begun.import, undefined)
    assert.equal(await begun.exported(), text)

    const dump = await here.kubectl('get', 'all,cm,secret,ing,pvc,sa', '-A', '-o', 'yaml')
    const answer = await fetch(`${product.url}/api/sessions?delays=instant`, {
      method: 'POST',
      headers: { 'content-type': 'application/yaml' },
      body: dump,
    })
    assert.equal(answer.status, 201)
    const session = await answer.json()
    assert.deepEqual([session.import.failed, session.import.missing], [[], []])
    const imported = await openSession(session)
    assert.equal(await imported.exported(), text)
    assert.equal(await names(imported), await names(here))
  })
})
