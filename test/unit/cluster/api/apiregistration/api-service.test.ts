import type { JsonObject } from '#apimachinery/object.ts'
import { describe, expect, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'

const api = new RawApi()
const PATH = '/apis/apiregistration.k8s.io/v1/apiservices'
const INVALID = 'APIService.apiregistration.k8s.io "v1.example.com" is invalid: '

const create = (spec: object, name = 'v1.example.com') =>
  api.send('POST', PATH, {
    metadata: { name },
    spec: {
      group: 'example.com',
      version: 'v1',
      groupPriorityMinimum: 1000,
      versionPriority: 15,
      ...spec,
    },
  }).body

describe('an APIService', () => {
  test('stands for each version of each group that is served', () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const rows = api.send('GET', PATH, '', { accept }).body['rows'] as readonly JsonObject[]
    const cells = rows.map((row) => (row['cells'] as readonly string[]).join(' '))
    expect(cells).toContain('v1. Local True 0s')
    expect(cells).toContain('v2.autoscaling Local True 0s')
    const served = api.send('GET', '/apis').body['groups'] as readonly JsonObject[]
    const versions = served.flatMap((group) => group['versions'] as readonly object[])
    // all but those of APIServices themselves, and the nameless group
    expect(rows).toHaveLength(versions.length)
  })

  test('that is local is available at once', () => {
    expect(api.send('GET', `${PATH}/v1.apps`).body).toMatchObject({
      metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
      spec: { group: 'apps', version: 'v1', groupPriorityMinimum: 17_800, versionPriority: 15 },
      status: {
        conditions: [
          {
            type: 'Available',
            status: 'True',
            reason: 'Local',
            message: 'Local APIServices are always available',
          },
        ],
      },
    })
  })

  test('that is remote is not, and means port 443', () => {
    const created = create({ service: { namespace: 'a', name: 'b' } })
    expect(created).toMatchObject({ spec: { service: { port: 443 } }, status: {} })
    expect(
      api.send('PUT', `${PATH}/v1.example.com`, { metadata: { name: 'v1.example.com' } }).body,
    ).toMatchObject({
      message:
        'apiservices.apiregistration.k8s.io "v1.example.com" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    })
    api.send('DELETE', `${PATH}/v1.example.com`)
  })

  test.each([
    [
      { version: 'v2' },
      'metadata.name: Invalid value: "v1.example.com": must be `spec.version+"."+spec.group`: "v2.example.com"',
    ],
    [
      { groupPriorityMinimum: 20_001 },
      'spec.groupPriorityMinimum: Invalid value: 20001: must be positive and less than 20000',
    ],
    [
      { versionPriority: 0 },
      'spec.versionPriority: Invalid value: 0: must be positive and less than 1000',
    ],
    [
      { insecureSkipTLSVerify: true },
      'spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify',
    ],
    [
      { service: {} },
      '[spec.service.namespace: Required value, spec.service.name: Required value]',
    ],
  ])('%j is refused', (spec, message) => {
    expect(create(spec)['message']).toBe(INVALID + message)
  })
})
