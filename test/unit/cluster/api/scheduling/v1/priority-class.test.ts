import { describe, expect, it } from 'vitest'
import { RawApi } from '../../../../../support/raw-api.ts'

const CLASSES = '/apis/scheduling.k8s.io/v1/priorityclasses'

describe('deleting a PriorityClass', () => {
  it('is forbidden for what the system needs', () => {
    const api = new RawApi()
    for (const name of ['system-node-critical', 'system-cluster-critical']) {
      const { status, body } = api.send('DELETE', `${CLASSES}/${name}`)
      expect([status, body['message']]).toEqual([
        403,
        `priorityclasses.scheduling.k8s.io "${name}" is forbidden: this is a system priority class and cannot be deleted`,
      ])
    }
  })

  it('is done for any other', () => {
    const api = new RawApi()
    api.send('POST', CLASSES, { metadata: { name: 'mine' }, value: 1 })
    expect(api.send('DELETE', `${CLASSES}/mine`).status).toBe(200)
  })
})
