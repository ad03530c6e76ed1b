import { describe, expect, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'

const api = new RawApi()
const PATH = '/api/v1/componentstatuses'

describe('component statuses', () => {
  test('are all well', () => {
    const answer = api.send('GET', PATH)
    expect(answer.body).toEqual({
      kind: 'ComponentStatusList',
      apiVersion: 'v1',
      metadata: {},
      items: ['scheduler', 'controller-manager', 'etcd-0'].map((name) => ({
        metadata: { name },
        conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
      })),
    })
    expect(answer.warnings).toEqual(['v1 ComponentStatus is deprecated in v1.19+'])
  })

  test('are printed', () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    expect(api.send('GET', `${PATH}/etcd-0`, '', { accept }).body['rows']).toMatchObject([
      { cells: ['etcd-0', 'Healthy', 'ok', ''] },
    ])
  })

  test('are selected', () => {
    const { items } = api.send('GET', `${PATH}?fieldSelector=metadata.name!=scheduler`).body
    expect(items).toHaveLength(2)
  })

  test('are of these components only', () => {
    expect(api.send('GET', `${PATH}/kubelet`).body).toMatchObject({
      code: 400,
      message: 'Component not found: kubelet',
    })
  })
})
