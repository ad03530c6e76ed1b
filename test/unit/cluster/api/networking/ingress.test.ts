import { describe, expect, test } from 'vitest'
import { defaultIngressClass } from '#api/networking/v1/ingress-class/defaults.ts'
import { ingressClassRow } from '#api/networking/v1/ingress-class/columns.ts'
import type { IngressClass } from '#api/networking/v1/ingress-class/types.ts'
import { validateIngressClass } from '#api/networking/v1/ingress-class/validation.ts'
import { ingressRow } from '#api/networking/v1/ingress/columns.ts'
import type { Ingress } from '#api/networking/v1/ingress/types.ts'
import { validateIngressCreate } from '#api/networking/v1/ingress/validation.ts'
import { errorText } from '#apimachinery/field-error.ts'

const ingress = (spec: object, metadata: object = {}): Ingress => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'i', ...metadata },
  spec,
  status: { loadBalancer: {} },
})
const backend = { service: { name: 'web', port: { number: 80 } } }
const path = (fields: object) => ({
  rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend, ...fields }] } }],
})

describe('an Ingress', () => {
  const WILDCARD =
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
  const at = 'spec.rules[0].http.paths[0]'
  test.each<[object, readonly string[]]>([
    [path({}), []],
    [{ defaultBackend: backend }, []],
    [{}, ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified']],
    [
      {
        rules: [
          {
            host: '*.*.example.com',
            http: { paths: [{ path: 'api', backend: { service: { name: 'Web', port: {} } } }] },
          },
        ],
      },
      [
        `spec.rules[0].host: Invalid value: "*.*.example.com": ${WILDCARD}`,
        `${at}.pathType: Required value: pathType must be specified`,
      ],
    ],
    [path({ path: 'api' }), [`${at}.path: Invalid value: "api": must be an absolute path`]],
    [
      path({ path: '/a//b/..' }),
      [
        `${at}.path: Invalid value: "/a//b/..": must not contain '//'`,
        `${at}.path: Invalid value: "/a//b/..": cannot end with '/..'`,
      ],
    ],
    [
      path({ pathType: 'Regex' }),
      [
        `${at}.pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"`,
      ],
    ],
    [
      path({ backend: {} }),
      [`${at}.backend: Invalid value: "": resource or service backend is required`],
    ],
    [
      path({ backend: { service: { name: 'a', port: {} } } }),
      [`${at}.backend: Required value: port name or number is required`],
    ],
    [
      path({ backend: { service: { name: 'a', port: { name: 'x', number: 1 } } } }),
      [`${at}.backend: Invalid value: "": cannot set both port name & port number`],
    ],
    [
      { rules: [{ host: '10.0.0.1', http: { paths: [] } }] },
      [
        'spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address',
        'spec.rules[0].http.paths: Required value',
      ],
    ],
  ])('%j', (spec, expected) => {
    expect(validateIngressCreate(ingress(spec)).map(errorText)).toEqual(expected)
  })

  test('the annotation agrees with the class', () => {
    const both = ingress(
      { defaultBackend: backend, ingressClassName: 'a' },
      { annotations: { 'kubernetes.io/ingress.class': 'b' } },
    )
    expect(validateIngressCreate(both).map(errorText)).toEqual([
      'annotations.kubernetes.io/ingress.class: Invalid value: "b": must match `ingressClassName` when both are specified',
    ])
  })

  test.each<[object, readonly unknown[]]>([
    [{ defaultBackend: backend }, ['<none>', '*', '', '80']],
    [
      { ingressClassName: 'nginx', rules: [{ host: 'shop.example.com' }], tls: [{}] },
      ['nginx', 'shop.example.com', '', '80, 443'],
    ],
    [
      { rules: ['a', 'b', 'c', 'd', 'e'].map((host) => ({ host })) },
      ['<none>', 'a,b,c + 2 more...', '', '80'],
    ],
  ])('the row of %j', (spec, cells) => {
    expect(ingressRow(ingress(spec), { now: 0 }).slice(1, 5)).toEqual(cells)
  })
})

describe('an IngressClass', () => {
  const ingressClass = (spec: object, metadata: object = {}): IngressClass =>
    defaultIngressClass({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'nginx', ...metadata },
      spec,
    })
  test.each<[object, readonly string[]]>([
    [{ controller: 'k8s.io/ingress-nginx' }, []],
    [{}, ['spec.controller: Required value']],
    [
      { controller: 'nginx' },
      [
        'spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")',
      ],
    ],
    [
      { controller: 'a.b/c', parameters: { kind: 'K', name: 'n', scope: 'Namespace' } },
      ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"],
    ],
    [
      { controller: 'a.b/c', parameters: { kind: 'K', name: 'n', namespace: 'x' } },
      ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"],
    ],
  ])('%j', (spec, expected) => {
    expect(validateIngressClass(ingressClass(spec)).map(errorText)).toEqual(expected)
  })

  test('rows', () => {
    const annotations = { 'ingressclass.kubernetes.io/is-default-class': 'true' }
    expect(
      ingressClassRow(ingressClass({ controller: 'a.b/c' }, { annotations }), { now: 0 }).slice(
        0,
        3,
      ),
    ).toEqual(['nginx (default)', 'a.b/c', '<none>'])
    const parameters = { apiGroup: 'acme.io', kind: 'Params', name: 'p' }
    expect(ingressClassRow(ingressClass({ controller: 'a.b/c', parameters }), { now: 0 })[2]).toBe(
      'Params.acme.io/p',
    )
  })
})
