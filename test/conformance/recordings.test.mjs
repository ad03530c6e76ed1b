// Replays every recording of a real control plane with the real kubectl: against the product, and against the engine that is thrown away
// and made again from what it stored before every request. A step that differs must stand in known-differences.json, with its reason;
// one that stands there and no longer differs fails as well, so that the list only shrinks, but for those that come and go (`sometimes`).
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startEngineServer } from '../support/engine-server.mjs'
import { kubectlPath } from '../support/kubectl.mjs'
import { startProduct } from '../support/product.mjs'

const here = import.meta.dirname
const goldens = readdirSync(path.join(here, 'golden')).filter((name) => name.endsWith('.json'))
const known = JSON.parse(readFileSync(path.join(here, 'known-differences.json'), 'utf8'))
const JOBS = '3'

const SERVERS = {
  'the product': startProduct,
  'a cluster made again before every request': () => startEngineServer({ rebuild: true }),
}

/** What `parity.mjs check --json` says of all recordings against a server. */
const replay = (url) =>
  new Promise((resolve, reject) => {
    const files = goldens.map((name) => path.join(here, 'golden', name))
    const newCluster = `node ${path.join(here, 'new-cluster.mjs')}`
    const child = spawn(
      process.execPath,
      [
        path.join(here, 'parity.mjs'),
        'check',
        ...files,
        '--new-cluster',
        newCluster,
        '--jobs',
        JOBS,
        '--json',
      ],
      {
        env: { ...process.env, KUBARIUM_URL: url, KUBECTL: kubectlPath() },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.on('error', reject)
    child.on('close', () => resolve(JSON.parse(output)))
  })

/** Whether an entry is about this difference; with `lines`, only if all that differs are lines like that. */
const isAbout = ({ scenario, step, lines }, name, failure) =>
  (scenario === '*' || scenario === name) &&
  (step === undefined || step === failure.step) &&
  (lines === undefined ||
    failure.diff.every((line) => !/^[+-]/.test(line) || new RegExp(lines).test(line)))

const shown = ({ step, cmd, diff }) => `step ${step} $ ${cmd}\n${diff.join('\n')}`

const groupedBy = (results) => {
  const groups = new Map()
  for (const result of results) {
    const group = result.name.split('-')[0]
    groups.set(group, [...(groups.get(group) ?? []), result])
  }
  return groups
}

for (const [name, start] of Object.entries(SERVERS)) {
  describe(`recordings against ${name}`, () => {
    let server
    let report

    before(async () => {
      server = await start()
      report = await replay(server.url)
    })
    after(() => server.stop())

    for (const golden of goldens) {
      const scenario = golden.replace(/\.json$/, '')
      test(scenario, () => {
        const { failures } = report.results.find((result) => result.name === scenario)
        const unknown = failures.filter(
          (failure) => !known.some((entry) => isAbout(entry, scenario, failure)),
        )
        assert.equal(unknown.map(shown).join('\n\n'), '')
        for (const entry of known.filter((one) => one.scenario === scenario && !one.sometimes)) {
          const differs = failures.some((failure) => isAbout(entry, scenario, failure))
          assert.ok(differs, `known-differences.json lists what no longer differs: ${entry.reason}`)
        }
      })
    }

    test('the score', (context) => {
      for (const [group, results] of groupedBy(report.results)) {
        const sum = (key) => results.reduce((total, result) => total + result[key], 0)
        context.diagnostic(`${group}: ${sum('identical')} of ${sum('total')} steps identical`)
      }
      assert.ok(report.identical >= 0.85 * report.steps)
    })
  })
}
