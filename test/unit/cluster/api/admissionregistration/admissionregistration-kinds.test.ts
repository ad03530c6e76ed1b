import { expect, test } from 'vitest'
import { RawApi } from '../../../../support/raw-api.ts'
import { post } from '../../../../support/refusals.ts'

const GROUP = '/apis/admissionregistration.k8s.io/v1'
const RULE = '{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}'
const SERVICE = 'clientConfig: {service: {name: s, namespace: ns}}'
const MATCH = `matchConstraints: {resourceRules: [${RULE}]}`
const api = new RawApi()

test.each<[string, string, readonly string[]]>([
  [
    'validatingwebhookconfigurations',
    'webhooks: [{name: a.b, admissionReviewVersions: [v2], clientConfig: {url: "http://u@x/?q#f"}}]',
    [
      'webhooks[0].name: Invalid value: "a.b": should be a domain with at least three segments separated by dots',
      'webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun',
      'webhooks[0].clientConfig.url: Invalid value: "http": \'https\' is the only allowed URL scheme; desired format: https://host[/path]',
      'webhooks[0].clientConfig.url: Invalid value: "u": user information is not permitted in the URL',
      'webhooks[0].clientConfig.url: Invalid value: "f": fragments are not permitted in the URL',
      'webhooks[0].clientConfig.url: Invalid value: "q": query parameters are not permitted in the URL',
      'webhooks[0].admissionReviewVersions: Invalid value: ["v2"]: must include at least one of v1, v1beta1',
    ],
  ],
  [
    'mutatingwebhookconfigurations',
    `webhooks: [{name: a.b.c, sideEffects: Some, timeoutSeconds: 31, admissionReviewVersions: [v1, v1], clientConfig: {service: {path: a//b}}, reinvocationPolicy: X}, {name: a.b.c, sideEffects: None, admissionReviewVersions: [v1], clientConfig: {}}]`,
    [
      'webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"',
      'webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds',
      'webhooks[0].reinvocationPolicy: Unsupported value: "X": supported values: "IfNeeded", "Never"',
      'webhooks[0].clientConfig.service.name: Required value: service name is required',
      'webhooks[0].clientConfig.service.namespace: Required value: service namespace is required',
      'webhooks[0].clientConfig.service.path: Invalid value: "a//b": must start with a \'/\'',
      'webhooks[0].clientConfig.service.path: Invalid value: "a//b": segment[0] may not be empty',
      'webhooks[0].clientConfig.service.path: Invalid value: "a//b": segment[1] may not be empty',
      'webhooks[0].admissionReviewVersions[1]: Invalid value: "v1": duplicate version',
      'webhooks[1].clientConfig: Required value: exactly one of url or service is required',
      'webhooks[1].name: Duplicate value: "a.b.c"',
    ],
  ],
  [
    'validatingwebhookconfigurations',
    `webhooks: [{name: a.b.c, sideEffects: None, admissionReviewVersions: [v1], ${SERVICE}, rules: [{operations: ["*", X], apiGroups: [], apiVersions: [""], resources: ["*/*", "a/*", a/b, "*", c], scope: Z}], matchConditions: [{name: ok, expression: "nobody"}, {name: ok, expression: "true"}]}]`,
    [
      'webhooks[0].rules[0].operations: Invalid value: ["*","X"]: if \'*\' is present, must not specify other operations',
      'webhooks[0].rules[0].operations[1]: Unsupported value: "X": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"',
      'webhooks[0].rules[0].apiGroups: Required value',
      'webhooks[0].rules[0].apiVersions[0]: Required value',
      'webhooks[0].rules[0].resources[1]: Invalid value: "a/*": if \'*/*\' is present, must not specify a/*',
      'webhooks[0].rules[0].resources[2]: Invalid value: "a/b": if \'a/*\' is present, must not specify a/b',
      'webhooks[0].rules[0].resources: Invalid value: ["*/*","a/*","a/b","*","c"]: if \'*/*\' is present, must not specify other resources',
      'webhooks[0].rules[0].resources: Invalid value: ["*/*","a/*","a/b","*","c"]: if \'*\' is present, must not specify other resources without subresources',
      'webhooks[0].rules[0].scope: Unsupported value: "Z": supported values: "*", "Cluster", "Namespaced"',
      "webhooks[0].matchConditions[0].expression: Invalid value: \"nobody\": compilation failed: ERROR: <input>:1:1: undeclared reference to 'nobody' (in container '')\n | nobody\n | ^",
      'webhooks[0].matchConditions[1].name: Duplicate value: "ok"',
    ],
  ],
  [
    'validatingadmissionpolicies',
    `spec: {${MATCH}, variables: [{name: in, expression: "1"}], paramKind: {apiVersion: a/b/c, kind: ""}, validations: [{expression: "1 + 1"}, {expression: "true", message: "a\\nb", messageExpression: " ", reason: Nope}]}`,
    [
      'spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
      'spec.paramKind.kind: Required value',
      'spec.variables[0].name: Invalid value: "in": name is not a valid CEL identifier',
      'spec.validations[0].expression: Invalid value: "1 + 1": must evaluate to bool',
      'spec.validations[1].messageExpression: Invalid value: " ": must be non-empty if specified',
      'spec.validations[1].message: Invalid value: "a\\nb": message must not contain line breaks',
      'spec.validations[1].reason: Unsupported value: "Nope": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"',
    ],
  ],
  [
    'validatingadmissionpolicies',
    'spec: {failurePolicy: Maybe}',
    [
      'spec.failurePolicy: Unsupported value: "Maybe": supported values: "Fail", "Ignore"',
      'spec.matchConstraints: Required value',
      'spec.validations: Required value: validations or auditAnnotations must contain at least one item',
      'spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item',
    ],
  ],
  [
    'validatingadmissionpolicybindings',
    'spec: {policyName: "", paramRef: {name: a, selector: {}}, validationActions: [Warn, Deny, Deny]}',
    [
      'spec.policyName: Required value',
      'spec.paramRef.name: Forbidden: name and selector are mutually exclusive',
      'spec.paramRef.selector: Forbidden: name and selector are mutually exclusive',
      'spec.paramRef.parameterNotFoundAction: Required value',
      'spec.validationActions[2]: Duplicate value: "Deny"',
      'spec.validationActions: Invalid value: ["Warn","Deny","Deny"]: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
    ],
  ],
  [
    'mutatingadmissionpolicies',
    `spec: {${MATCH}}`,
    [
      'spec.mutations: Required value: mutations must contain at least one item',
      'spec.reinvocationPolicy: Required value',
    ],
  ],
  ['mutatingadmissionpolicybindings', 'spec: {}', ['spec.policyName: Required value']],
])('%s refuse %j', (resource, yaml, problems) => {
  expect(post(api, `${GROUP}/${resource}`, `metadata: {name: x}\n${yaml}`).problems).toEqual(
    problems,
  )
})

test('a webhook is called within ten seconds, and what it does not answer is refused', () => {
  const { body } = post(
    api,
    `${GROUP}/mutatingwebhookconfigurations`,
    `metadata: {name: hooks}\nwebhooks: [{name: a.b.c, sideEffects: None, admissionReviewVersions: [v1], ${SERVICE}, rules: [${RULE}]}]`,
  )
  expect(body['webhooks']).toMatchObject([
    {
      clientConfig: { service: { port: 443 } },
      failurePolicy: 'Fail',
      matchPolicy: 'Equivalent',
      namespaceSelector: {},
      objectSelector: {},
      reinvocationPolicy: 'Never',
      rules: [{ scope: '*' }],
      timeoutSeconds: 10,
    },
  ])
})
