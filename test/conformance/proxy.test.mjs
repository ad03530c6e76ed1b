// What kube-proxy wrote in each recorded case, against what a session's tables say over HTTP: letter for letter, but for the order that
// kube-proxy itself leaves to chance.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startProduct } from '../support/product.mjs'

const here = import.meta.dirname
const files = readdirSync(path.join(here, 'proxy'))
  .filter((name) => name.endsWith('.json'))
  .map((name) => path.join(here, 'proxy', name))

const compare = (url) =>
  new Promise((resolve, reject) => {
    const rules = `node ${path.join(here, 'proxy-rules.mjs')}`
    const child = spawn(
      process.execPath,
      [path.join(here, 'parity.mjs'), 'proxy', ...files, '--rules', rules, '--jobs', '3', '--json'],
      { env: { ...process.env, KUBARIUM_URL: url }, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.on('error', reject)
    child.on('close', () => resolve(JSON.parse(output)))
  })

describe('recordings of a real kube-proxy', () => {
  let product
  let results = []
  before(async () => {
    product = await startProduct()
    ;({ results } = await compare(product.url))
  })
  after(() => product.stop())

  test('all of them were compared', () => {
    assert.equal(results.length, files.length)
  })
  for (const file of files) {
    const name = path.basename(file, '.json')
    test(name, () => {
      const { failures } = results.find((result) => result.name === name)
      assert.deepEqual(
        failures.flatMap(({ diff }) => diff),
        [],
      )
    })
  }
})
