import { expect, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'
import { merge, post } from '../../../../support/refusals.ts'

const GROUP = '/apis/resource.k8s.io/v1'
const CLAIMS = `${GROUP}/namespaces/default/resourceclaims`
const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const api = new RawApi()

test.each<[string, string, readonly string[]]>([
  [
    'namespaces/default/resourceclaims',
    '{devices: {requests: [{name: A}, {name: b, exactly: {deviceClassName: "", allocationMode: All, count: 2}}, {name: b, exactly: {deviceClassName: gpu, count: -1}, firstAvailable: [{name: x, deviceClassName: gpu, allocationMode: Some}]}]}}',
    [
      `spec.devices.requests[0].name: Invalid value: "A": ${LABEL}`,
      'spec.devices.requests[0]: Required value: exactly one of `exactly` or `firstAvailable` is required',
      'spec.devices.requests[1].exactly.deviceClassName: Required value',
      "spec.devices.requests[1].exactly.count: Invalid value: 2: must not be specified when allocationMode is 'All'",
      'spec.devices.requests[2].firstAvailable[0].allocationMode: Unsupported value: "Some": supported values: "All", "ExactCount"',
      'spec.devices.requests[2].exactly.count: Invalid value: -1: must be greater than zero',
      'spec.devices.requests[2]: Invalid value: null: exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set',
      'spec.devices.requests[2].name: Duplicate value: "b"',
    ],
  ],
  [
    'namespaces/default/resourceclaimtemplates',
    '{spec: {devices: {requests: [{name: a, exactly: {deviceClassName: gpu, selectors: [{}, {cel: {expression: "devic.driver"}}]}}], constraints: [{requests: [c]}]}}}',
    [
      'spec.spec.devices.requests[0].exactly.selectors[0].cel: Required value',
      "spec.spec.devices.requests[0].exactly.selectors[1].cel.expression: Invalid value: \"devic.driver\": compilation failed: ERROR: <input>:1:1: undeclared reference to 'devic' (in container '')\n | devic.driver\n | ^",
      'spec.spec.devices.constraints[0].requests[0]: Invalid value: "c": must be the name of a request in the claim or the name of a request and a subrequest separated by a slash',
      'spec.spec.devices.constraints[0].matchAttribute: Required value',
    ],
  ],
  ['deviceclasses', '{config: [{}]}', ['spec.config[0].opaque: Required value']],
  [
    'resourceslices',
    '{driver: a.b, pool: {name: p}, nodeName: one, allNodes: true}',
    [
      'spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero',
      'spec: Invalid value: "{`nodeName`, `allNodes`}": exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required, but multiple fields are set',
    ],
  ],
])('%s refuse %j', (resource, spec, problems) => {
  const { problems: found } = post(
    api,
    `${GROUP}/${resource}`,
    `metadata: {name: x}\nspec: ${spec}`,
  )
  expect(found).toEqual(problems)
})

test('a claim asks for one device if it does not say, and for the same for ever', () => {
  const { body } = post(
    api,
    CLAIMS,
    'metadata: {name: gpu}\nspec: {devices: {requests: [{name: a, exactly: {deviceClassName: gpu}}]}}',
  )
  expect(body['spec']).toEqual({
    devices: {
      requests: [
        {
          name: 'a',
          exactly: { deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 1 },
        },
      ],
    },
  })
  const [problem] = merge(api, `${CLAIMS}/gpu`, 'spec: {devices: {requests: null}}').problems
  expect(problem).toMatch(/^spec: Invalid value: .*: field is immutable$/)
})
