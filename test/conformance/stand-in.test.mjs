// Recordings of a real control plane, replayed over the session's HTTP API alone: what stands in for kubectl puts the folder's files into the
// home folder of the learner's computer and runs its command line there.
import assert from 'node:assert/strict'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startProduct } from '../support/product.mjs'
import { replayStandIn } from './replay.mjs'

/** The tutorial; a kubeconfig that is changed; folders and files; pipes; watches that a signal ends. */
const SCENARIOS = [
  'tut-web-service',
  'tut-namespace-move',
  'api-generate-name',
  'svc-json',
  'api-watch',
]
const STAND_IN = path.join(import.meta.dirname, '../support/shell-kubectl.mjs')

const shown = ({ step, cmd, diff }) => `step ${step} $ ${cmd}\n${diff.join('\n')}`

describe('recordings over PUT …/files and POST …/shell', () => {
  let product
  let report

  before(async () => {
    product = await startProduct()
    report = await replayStandIn(product.url, SCENARIOS, STAND_IN)
  })
  after(() => product.stop())

  for (const scenario of SCENARIOS)
    test(scenario, () => {
      const { failures, total } = report.results.find(({ name }) => name === scenario)
      assert.equal(failures.map(shown).join('\n\n'), '')
      assert.ok(total > 0)
    })
})
