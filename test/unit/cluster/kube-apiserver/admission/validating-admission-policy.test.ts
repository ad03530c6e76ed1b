import { describe, expect, it, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'
import { post } from '../../../../support/refusals.ts'

const GROUP = '/apis/admissionregistration.k8s.io/v1'
const MAPS = '/api/v1/namespaces/default/configmaps'

interface Setting {
  readonly spec?: string
  readonly binding?: string
  readonly resources?: string
}

/** A cluster with a policy about ConfigMaps. */
const withPolicy = ({ spec = '', binding = '', resources = 'configmaps' }: Setting): RawApi => {
  const api = new RawApi()
  const rule = `{operations: [CREATE, UPDATE], apiGroups: [""], apiVersions: [v1], resources: [${resources}]}`
  const policy = post(
    api,
    `${GROUP}/validatingadmissionpolicies`,
    `metadata: {name: short}\nspec: {matchConstraints: {resourceRules: [${rule}]}, ${spec}}`,
  )
  const bound = post(
    api,
    `${GROUP}/validatingadmissionpolicybindings`,
    `metadata: {name: here}\nspec: {policyName: short, validationActions: [Deny], ${binding}}`,
  )
  expect([policy.problems, bound.problems]).toEqual([[], []])
  return api
}
const SHORT = 'validations: [{expression: "size(object.data.a) < 3"}]'
const map = (value: string, name = 'one'): string =>
  `metadata: {name: ${name}, labels: {l: x}}\ndata: {a: "${value}"}`
const DENIED = "ValidatingAdmissionPolicy 'short' with binding 'here' denied request: "

describe('a policy that is bound', () => {
  it('refuses what its expression is not true of', () => {
    const api = withPolicy({ spec: SHORT })
    const refused = post(api, MAPS, map('long'))
    expect(refused.status).toBe(422)
    expect(refused.problems).toEqual([`: ${DENIED}failed expression: size(object.data.a) < 3`])
    expect(refused.body['message']).toBe(
      `configmaps "one" is forbidden: ${DENIED}failed expression: size(object.data.a) < 3`,
    )
    expect(post(api, MAPS, map('ok')).status).toBe(201)
  })

  it('says what it wants to say, for the reason it gives', () => {
    const api = withPolicy({
      spec: `variables: [{name: length, expression: "size(object.data.a)"}], validations: [{expression: "variables.length < 3", messageExpression: "'of ' + string(variables.length)", message: "too long", reason: Forbidden}]`,
    })
    const refused = post(api, MAPS, map('long'))
    expect([refused.status, refused.problems]).toEqual([403, [`: ${DENIED}of 4`]])
  })

  it('is asked only where its binding and its conditions say', () => {
    const elsewhere = { binding: 'matchResources: {namespaceSelector: {matchLabels: {no: where}}}' }
    expect(post(withPolicy({ spec: SHORT, ...elsewhere }), MAPS, map('long')).status).toBe(201)
    const other = { binding: 'matchResources: {objectSelector: {matchLabels: {l: other}}}' }
    expect(post(withPolicy({ spec: SHORT, ...other }), MAPS, map('long')).status).toBe(201)
    const excepted = `${SHORT}, matchConditions: [{name: c, expression: "request.name != 'one'"}]`
    const api = withPolicy({ spec: excepted })
    expect(post(api, MAPS, map('long')).status).toBe(201)
    expect(post(api, MAPS, map('long', 'two')).status).toBe(422)
  })

  it('only warns if it is to', () => {
    const { status, warnings } = post(
      withPolicy({ spec: SHORT, binding: 'validationActions: [Warn]' }),
      MAPS,
      map('long'),
    )
    expect([status, warnings]).toEqual([
      201,
      [
        "Validation failed for ValidatingAdmissionPolicy 'short' with binding 'here': failed expression: size(object.data.a) < 3",
      ],
    ])
  })
})

test.each([
  ['Fail', [`: ${DENIED}expression 'object.data.b == 1' resulted in error: no such key: b`]],
  ['Ignore', []],
])('what cannot be evaluated is up to the failure policy %s', (failurePolicy, problems) => {
  const spec = `failurePolicy: ${failurePolicy}, validations: [{expression: "object.data.b == 1"}]`
  expect(post(withPolicy({ spec }), MAPS, map('ok')).problems).toEqual(problems)
})

test('parameters come from another object, which must be there', () => {
  const api = withPolicy({
    resources: 'secrets',
    spec: 'paramKind: {apiVersion: v1, kind: ConfigMap}, validations: [{expression: "object.metadata.name == params.data.a"}]',
    binding: 'paramRef: {name: one, parameterNotFoundAction: Deny}',
  })
  const secret = (name: string) =>
    post(api, '/api/v1/namespaces/default/secrets', `metadata: {name: ${name}}`)
  expect(secret('ok').problems).toEqual([
    `: ${DENIED}failed to configure binding: no params found for policy binding with \`Deny\` parameterNotFoundAction`,
  ])
  post(api, MAPS, map('ok'))
  expect(secret('ok').status).toBe(201)
  expect(secret('bad').status).toBe(422)
})
