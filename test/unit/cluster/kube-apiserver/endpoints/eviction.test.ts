import type { JsonObject } from '#apimachinery/object.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'

const PODS = '/api/v1/namespaces/default/pods'
const BUDGETS = '/apis/policy/v1/namespaces/default/poddisruptionbudgets'
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'

let api: RawApi
let name = ''

const labels = { app: 'web' }

const evict = (body: object = {}, query = '') =>
  api.send('POST', `${PODS}/${name}/eviction${query}`, { metadata: { name }, ...body }).body

const budget = (spec: object, budgetName = 'b') =>
  api.send('POST', BUDGETS, {
    metadata: { name: budgetName },
    spec: { selector: { matchLabels: labels }, ...spec },
  })

const names = (): readonly string[] =>
  (api.send('GET', PODS).body['items'] as readonly { metadata: { name: string } }[]).map(
    ({ metadata }) => metadata.name,
  )

beforeEach(() => {
  api = new RawApi()
  const template = {
    metadata: { labels },
    spec: { containers: [{ name: 'c', image: 'nginx' }] },
  }
  api.send('POST', DEPLOYMENTS, {
    metadata: { name: 'web' },
    spec: { replicas: 2, selector: { matchLabels: labels }, template },
  })
  name = names()[0]!
})

describe('an eviction', () => {
  test('deletes the Pod and says why', () => {
    const seen = api.cluster.takeChanges()
    expect(seen.revisions.length).toBeGreaterThan(0)
    expect(evict()).toMatchObject({ status: 'Success', code: 201 })
    expect(names()).not.toContain(name)
    const written = api.cluster
      .takeChanges()
      .revisions.filter((revision) => revision.name === name)
      .map(({ object }) => (object as unknown as JsonObject | undefined)?.['status'])
    expect(written[0]).toMatchObject({
      conditions: expect.arrayContaining([
        expect.objectContaining({
          type: 'DisruptionTarget',
          status: 'True',
          reason: 'EvictionByEvictionAPI',
          message: 'Eviction API: evicting',
        }),
      ]),
    })
  })

  test('spends what the budget allows, then is refused', () => {
    budget({ minAvailable: 1 })
    expect(evict({}, '?dryRun=All')['status']).toBe('Success')
    expect(names()).toContain(name)
    expect(evict()['status']).toBe('Success')
    budget({ minAvailable: 2 }, 'c')
    api.send('DELETE', `${BUDGETS}/b`)
    name = names()[0]!
    expect(evict()).toMatchObject({
      code: 429,
      reason: 'TooManyRequests',
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: {
        causes: [
          {
            reason: 'DisruptionBudget',
            message: 'The disruption budget c needs 2 healthy pods and has 2 currently',
          },
        ],
      },
    })
  })

  test('asks no two budgets', () => {
    budget({ minAvailable: 0 })
    budget({ minAvailable: 0 }, 'c')
    expect(evict()['message']).toBe(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    )
  })

  test('must be of the Pod in the path, and of the one that was meant', () => {
    expect(evict({ metadata: {} })['message']).toBe(
      'name in URL does not match name in Eviction object',
    )
    expect(evict({ deleteOptions: { preconditions: { uid: 'other' } } })).toMatchObject({
      code: 409,
    })
    expect(evict({ deleteOptions: { propagationPolicy: 'Odd' } })).toMatchObject({ code: 422 })
    expect(names()).toContain(name)
    name = 'none'
    expect(evict()['message']).toBe('pods "none" not found')
  })
})
