// Why a Service does not work, over HTTP: each fault is built, found as exactly that cause, mended as the answer says, and reached.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
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

const findAndMend = async (fault) => {
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

  let url = await follow(session, found.causes[0].remedy)
  if (fault.isCallers === true)
    url ??= await follow(session, (await session.diagnosis(query)).causes[0].remedy)
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
