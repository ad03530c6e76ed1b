import { describe, expect, it } from 'vitest'
import { RawApi } from '../../../../../../support/raw-api.ts'

describe('a Pod with scheduling gates', () => {
  const spec = { containers: [{ name: 'c', image: 'a' }], schedulingGates: [{ name: 'a.b/c' }] }
  const PODS = '/api/v1/namespaces/default/pods'

  it('says from its first moment that it waits, without any time', () => {
    const api = new RawApi()
    api.send('POST', PODS, { metadata: { name: 'p' }, spec })
    expect(api.send('GET', `${PODS}/p`).body['status']).toMatchObject({
      conditions: [
        {
          lastProbeTime: null,
          lastTransitionTime: null,
          message: 'Scheduling is blocked due to non-empty scheduling gates',
          reason: 'SchedulingGated',
          status: 'False',
          type: 'PodScheduled',
        },
      ],
    })
  })
})
