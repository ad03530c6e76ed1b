// Replays every recording of a real control plane with the real kubectl: against the product, and against the engine that is thrown away
// and made again from what it stored before every request. A step that differs must stand in docs/differences.json, with its reason;
// one that stands there and no longer differs fails as well, so that the list only shrinks, but for those that come and go (`sometimes`).
import assert from 'node:assert/strict'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startEngineServer } from '../support/engine-server.mjs'
import { startProduct } from '../support/product.mjs'
import { goldens, groupedBy, knownDifferences, replayKubectl, sumOf } from './replay.mjs'

const SERVERS = {
  'the product': startProduct,
  'a cluster made again before every request': () => startEngineServer({ rebuild: true }),
}

/** Whether an entry is about this difference; with `lines`, only if all that differs are lines like that. */
const isAbout = ({ scenario, step, lines }, name, failure) =>
  (scenario === '*' || scenario === name) &&
  (step === undefined || step === failure.step) &&
  (lines === undefined ||
    failure.diff.every((line) => !/^[+-]/.test(line) || new RegExp(lines).test(line)))

const shown = ({ step, cmd, diff }) => `step ${step} $ ${cmd}\n${diff.join('\n')}`

for (const [name, start] of Object.entries(SERVERS)) {
  describe(`recordings against ${name}`, () => {
    let server
    let report

    before(async () => {
      server = await start()
      report = await replayKubectl(server.url)
    })
    after(() => server.stop())

    for (const golden of goldens) {
      const scenario = path.basename(golden, '.json')
      test(scenario, () => {
        const { failures } = report.results.find((result) => result.name === scenario)
        const unknown = failures.filter(
          (failure) => !knownDifferences.some((entry) => isAbout(entry, scenario, failure)),
        )
        assert.equal(unknown.map(shown).join('\n\n'), '')
        for (const entry of knownDifferences.filter(
          (one) => one.scenario === scenario && !one.sometimes,
        )) {
          const differs = failures.some((failure) => isAbout(entry, scenario, failure))
          assert.ok(differs, `docs/differences.json lists what no longer differs: ${entry.reason}`)
        }
      })
    }

    test('the score', (context) => {
      for (const [group, results] of groupedBy(report.results)) {
        const [identical, total] = [sumOf(results, 'identical'), sumOf(results, 'total')]
        context.diagnostic(`${group}: ${identical} of ${total} steps identical`)
      }
      assert.ok(report.identical >= 0.85 * report.steps)
    })
  })
}
