// The real kubectl against the running product: every script in this folder, each on a session of its own. Scripts in which time
// passes (`later`) run against the engine alone, whose clock stands still in between: nobody waits five minutes for an eviction.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startEngineServer } from '../support/engine-server.mjs'
import { helmPath, kubectlPath } from '../support/kubectl.mjs'
import { startProduct } from '../support/product.mjs'
import { createSession, kubeconfigOf } from '../support/session.mjs'
import { movesClock, parseScript, runScript } from './script.mjs'

const START = Date.parse('2026-01-01T00:00:00Z')
const here = import.meta.dirname
const PROGRAMS = { kubectl: kubectlPath(), helm: helmPath() }

const scripts = readdirSync(here)
  .filter((name) => name.endsWith('.txt'))
  .map((file) => {
    const text = readFileSync(path.join(here, file), 'utf8')
    const name = `${file}: ${text.split('\n')[0].replace(/^# /, '')}`
    return { file, name, script: parseScript(text) }
  })

describe('kubectl', () => {
  let product

  before(async () => {
    product = await startProduct()
  })
  after(() => product.stop())

  for (const { file, name, script } of scripts.filter((each) => !movesClock(each.script)))
    test(name, async () => {
      const session = await createSession(product.url, { title: file })
      await runScript(script, {
        programs: PROGRAMS,
        kubeconfigs: {
          admin: await kubeconfigOf(product.url, session),
          viewer: await kubeconfigOf(product.url, { ...session, key: undefined }),
        },
        environment: { SESSION: session.links.self, KEY: session.key },
      })
    })
})

describe('kubectl, while time passes', () => {
  for (const { name, script } of scripts.filter((each) => movesClock(each.script)))
    test(name, async () => {
      let now = START
      const server = await startEngineServer({ now: () => now })
      try {
        const session = await createSession(server.url)
        await runScript(script, {
          programs: PROGRAMS,
          kubeconfigs: { admin: await kubeconfigOf(server.url, session) },
          pass: (milliseconds) => void (now += milliseconds),
        })
      } finally {
        await server.stop()
      }
    })
})
