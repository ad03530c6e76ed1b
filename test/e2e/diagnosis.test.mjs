// Why a Service does not work, over HTTP: each fault is built, found as exactly that cause, mended as the answer says, and reached.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { kubectlPath } from '../support/kubectl.mjs'
import { loadTypeScript } from '../support/load-typescript.mjs'
import { startProduct } from '../support/product.mjs'
import { eventually, startSession } from '../support/session-client.mjs'

const { allFaults } = await loadTypeScript('test/support/faults/all-faults.ts')
const { client, namespace, webDeployment, webService } = await loadTypeScript(
  'test/support/faults/manifests.ts',
)
const { CAUSE_CODES } = await loadTypeScript('durable-objects/cluster/diagnosis/cause.ts')

const FROM_CLIENT = { pod: 'default/client' }

let product
before(async () => {
  product = await startProduct()
})
after(() => product.stop())

const placeOf = ({ apiVersion, kind, metadata }) => ({
  apiVersion,
  kind,
  name: metadata.name,
  ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
})

const started = (session) =>
  eventually(
    () => session.list({ apiVersion: 'v1', kind: 'Pod' }),
    (pods) => pods.every(({ status }) => status.phase === 'Running'),
    5000,
  )

const build = async ({
  settings = {},
  before: first = [],
  manifests,
  changes = [],
  deleted = [],
}) => {
  const session = await startSession(product.url, settings)
  await session.create(client())
  await started(session)
  for (const { of, patch } of first) await session.merge(placeOf(of), patch)
  for (const manifest of manifests) await session.create(manifest)
  // what is changed was at rest before
  if (changes.length > 0 || deleted.length > 0) await started(session)
  for (const { of, patch } of changes) await session.merge(placeOf(of), patch)
  for (const manifest of deleted) await session.remove(placeOf(manifest))
  return session
}

const codesOf = ({ causes }) => causes.map(({ code }) => code)

/** Exactly what the answer says; the URL, if the Service is to be called otherwise. */
const follow = async (session, { command, patch, apply = [], delete: gone = [] }) => {
  const url = /^curl (\S+)$/.exec(command ?? '')?.[1]
  if (url !== undefined) return url
  for (const place of gone) {
    await session.remove(place)
    // kubectl waits as well
    await eventually(
      () => session.list(place),
      (left) => left.every(({ metadata }) => metadata.name !== place.name),
      5000,
    )
  }
  for (const object of apply) await session.apply(object)
  if (patch !== undefined) await session.merge(patch.target, patch.patch)
  return undefined
}

/** The line for a shell, typed as it stands. */
const type = async (session, { command }) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubarium-line-'))
  const config = path.join(folder, 'config')
  writeFileSync(config, await session.kubeconfig())
  const child = spawn('sh', ['-c', command], {
    env: {
      ...process.env,
      KUBECONFIG: config,
      HOME: folder,
      PATH: `${path.dirname(kubectlPath())}${path.delimiter}${process.env.PATH}`,
    },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
  const [code] = await once(child, 'close')
  rmSync(folder, { recursive: true })
  assert.equal(code, 0, `${command}\n${said}`)
}

const findAndMend = async (fault, mend = follow) => {
  const session = await build(fault)
  const query = { service: fault.service ?? 'default/web', ...fault.asked }
  const found = await eventually(
    () => session.diagnosis(query),
    (diagnosis) => codesOf(diagnosis).join(' ') === fault.code,
  )
  assert.deepEqual(codesOf(found), [fault.code])
  const { from, to } = fault.reach ?? { from: FROM_CLIENT, to: 'http://web/' }
  const { outcome } = await session.trace({ from, to })
  assert.equal(outcome === 'delivered', fault.wasReached === true, `it was ${outcome} before`)

  let url = await mend(session, found.causes[0].remedy)
  if (fault.isCallers === true)
    url ??= await mend(session, (await session.diagnosis(query)).causes[0].remedy)
  const again = {
    ...query,
    service: fault.mended ?? query.service,
    ...(url === undefined ? {} : { to: url }),
  }
  const healthy = await eventually(
    () => session.diagnosis(again),
    ({ isHealthy }) => isHealthy,
  )
  assert.deepEqual(healthy.causes, [])
  const reached = await eventually(
    () => session.trace({ from, to: url ?? to }),
    (trace) => trace.outcome === 'delivered',
    5000,
  )
  assert.equal(reached.outcome, 'delivered', reached.says)
}

// each waits for clusters to come to rest: all at once
describe('a Service that does not work', { concurrency: 8 }, () => {
  for (const [name, fault] of Object.entries(allFaults))
    test(`${fault.code}: ${name}`, () => findAndMend(fault))
})

describe("a remedy's line, typed with the real kubectl", { concurrency: 4 }, () => {
  for (const name of [
    'a target port on which nothing listens',
    'an ExternalName that is an address',
    'nodes that take no more Pods',
    'kube-proxy without its DaemonSet',
    'a Corefile that is gone',
    'node ports at the loopback address only',
  ])
    test(name, () => findAndMend(allFaults[name], type))
})

test('BeingDeleted: a Service whose namespace goes cannot be mended, and is found', async () => {
  const metadata = { name: 'web', namespace: 'shop', finalizers: ['example.com/held'] }
  const session = await build({
    manifests: [namespace('shop'), { ...webService(), metadata }],
    deleted: [namespace('shop')],
  })
  const { causes } = await session.diagnosis({ service: 'shop/web' })
  assert.deepEqual(codesOf({ causes }), ['BeingDeleted'])
  assert.equal(causes[0].place.kind, 'Namespace')
})

test('each cause that there is was built', () => {
  const codes = new Set(Object.values(allFaults).map(({ code }) => code))
  assert.deepEqual([...codes, 'BeingDeleted'].sort(), [...CAUSE_CODES].sort())
})

test('a Service that works has no cause', async () => {
  const session = await build({ manifests: [webDeployment(), webService()] })
  const query = { service: 'default/web', from: 'pod:default/client', to: 'http://web/' }
  const diagnosis = await eventually(
    () => session.diagnosis(query),
    ({ isHealthy }) => isHealthy,
  )
  assert.deepEqual(diagnosis.causes, [])
  assert.ok(diagnosis.checked.length > 3)
  const request = { from: FROM_CLIENT, to: 'http://web/', count: 100 }
  const { outcomes, endpoints } = await session.requests(request)
  assert.deepEqual(outcomes, { delivered: 100 })
  assert.equal(endpoints.length, 2)
})
