// The recordings, replayed: what `parity.mjs --json` says of a server of ours, and the lists that go with it.
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { kubectlPath } from '../support/kubectl.mjs'

const here = import.meta.dirname
const JOBS = '3'

const jsonFiles = (folder) =>
  readdirSync(path.join(here, folder))
    .filter((name) => name.endsWith('.json'))
    .map((name) => path.join(here, folder, name))

export const goldens = jsonFiles('golden')
export const proxyCases = jsonFiles('proxy')

const differences = JSON.parse(
  readFileSync(path.join(here, '../../docs/differences.json'), 'utf8'),
).flatMap((area) => area.differences)

/** The steps that need not be identical: `{ scenario, step?, lines?, sometimes?, reason }`. */
export const knownDifferences = differences.flatMap(({ text, steps = [] }) =>
  steps.map((step) => ({ ...step, reason: text })),
)

const parity = (url, args, kubectl = kubectlPath()) =>
  new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [path.join(here, 'parity.mjs'), ...args, '--jobs', JOBS, '--json'],
      {
        env: { ...process.env, KUBARIUM_URL: url, KUBECTL: kubectl },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.on('error', reject)
    child.on('close', () => resolve(JSON.parse(output)))
  })

const NEW_CLUSTER = ['--new-cluster', `node ${path.join(here, 'new-cluster.mjs')}`]

/** What the real kubectl saw: `{ steps, identical, results: [{ name, total, identical, failures }] }`. */
export const replayKubectl = (url) => parity(url, ['check', ...goldens, ...NEW_CLUSTER])

/** The same of some scenarios with a program that stands in for kubectl. */
export const replayStandIn = (url, scenarios, standIn) => {
  const files = scenarios.map((name) => path.join(here, 'golden', `${name}.json`))
  return parity(url, ['check', ...files, ...NEW_CLUSTER], standIn)
}

/** What kube-proxy would have written: `{ cases, identical, results: [{ name, failures }] }`. */
export const replayProxy = (url) =>
  parity(url, ['proxy', ...proxyCases, '--rules', `node ${path.join(here, 'proxy-rules.mjs')}`])

/** Topic of the scenarios (the first word of their names) -> their results. */
export const groupedBy = (results) => {
  const groups = new Map()
  for (const result of results) {
    const [group] = result.name.split('-')
    groups.set(group, [...(groups.get(group) ?? []), result])
  }
  return groups
}

export const sumOf = (results, key) => results.reduce((total, result) => total + result[key], 0)
