// What kube-proxy wrote in each recorded case, against what a session's tables say over HTTP: letter for letter, but for the order that
// kube-proxy itself leaves to chance.
import assert from 'node:assert/strict'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startProduct } from '../support/product.mjs'
import { proxyCases, replayProxy } from './replay.mjs'

describe('recordings of a real kube-proxy', () => {
  let product
  let results = []
  before(async () => {
    product = await startProduct()
    ;({ results } = await replayProxy(product.url))
  })
  after(() => product.stop())

  test('all of them were compared', () => {
    assert.equal(results.length, proxyCases.length)
  })
  for (const file of proxyCases) {
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
