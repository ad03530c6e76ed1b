// The real kubectl against the running product: every script in this folder, each on a session of its own.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { kubectlPath } from '../support/kubectl.mjs'
import { startProduct } from '../support/product.mjs'
import { createSession, kubeconfigOf } from '../support/session.mjs'
import { parseScript, runScript } from './script.mjs'

const here = import.meta.dirname

describe('kubectl', () => {
  let product

  before(async () => {
    product = await startProduct()
  })
  after(() => product.stop())

  for (const file of readdirSync(here).filter((name) => name.endsWith('.txt'))) {
    const text = readFileSync(path.join(here, file), 'utf8')
    test(`${file}: ${text.split('\n')[0].replace(/^# /, '')}`, async () => {
      const session = await createSession(product.url, { title: file })
      await runScript(parseScript(text), {
        kubectl: kubectlPath(),
        kubeconfigs: {
          admin: await kubeconfigOf(product.url, session),
          viewer: await kubeconfigOf(product.url, { ...session, key: undefined }),
        },
        environment: { SESSION: session.links.self, KEY: session.key },
      })
    })
  }
})
