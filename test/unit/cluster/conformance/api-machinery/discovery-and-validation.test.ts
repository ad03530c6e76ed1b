import { beforeEach, describe, expect, it } from 'vitest'
import { apiOperations } from '../../../../support/conformance-operations.ts'
import { Framework } from '../../../../support/conformance.ts'

const f = new Framework()
beforeEach(() => f.begin('discovery'))

interface Group {
  readonly name: string
  readonly versions: readonly { readonly groupVersion: string; readonly version: string }[]
  readonly preferredVersion: { readonly groupVersion: string }
}
const groups = () => (f.ask('GET', '/apis') as { readonly groups: readonly Group[] }).groups

describe('[sig-api-machinery] server version', () => {
  it('should find the server version [Conformance]', () => {
    const version = f.ask('GET', '/version') as { readonly major: string; readonly minor: string }
    expect(Number.parseInt(version.major)).toBe(1)
    expect(version.minor.replace(/\D+/g, '')).toMatch(/^\d+$/)
  })
})

describe('[sig-api-machinery] Discovery', () => {
  it('should validate PreferredVersion for each APIGroup [Conformance]', () => {
    expect(groups().length).toBeGreaterThan(10)
    for (const { name } of groups()) {
      const group = f.ask('GET', `/apis/${name}`) as Group
      expect(group.preferredVersion.groupVersion).not.toBe('')
      expect(group.versions.map(({ groupVersion }) => groupVersion)).toContain(
        group.preferredVersion.groupVersion,
      )
    }
  })

  it('should locate the groupVersion and a resource within each APIGroup [Conformance]', () => {
    const wanted = [
      ['admissionregistration.k8s.io', 'validatingwebhookconfigurations'],
      ['apiextensions.k8s.io', 'customresourcedefinitions'],
      ['apiregistration.k8s.io', 'apiservices'],
      ['apps', 'deployments'],
      ['authentication.k8s.io', 'tokenreviews'],
      ['authorization.k8s.io', 'selfsubjectaccessreviews'],
      ['autoscaling', 'horizontalpodautoscalers'],
      ['batch', 'jobs'],
      ['certificates.k8s.io', 'certificatesigningrequests'],
      ['coordination.k8s.io', 'leases'],
      ['discovery.k8s.io', 'endpointslices'],
      ['events.k8s.io', 'events'],
      ['networking.k8s.io', 'ingresses'],
      ['node.k8s.io', 'runtimeclasses'],
      ['policy', 'poddisruptionbudgets'],
      ['rbac.authorization.k8s.io', 'roles'],
      ['scheduling.k8s.io', 'priorityclasses'],
      ['storage.k8s.io', 'csinodes'],
    ] as const
    for (const [name, resource] of wanted) {
      const version = name === 'autoscaling' ? 'v2' : 'v1'
      const found = groups().find((group) => group.name === name)
      expect(found?.versions.map(({ groupVersion }) => groupVersion)).toContain(
        `${name}/${version}`,
      )
      expect(f.ask('GET', `/apis/${name}/${version}`)).toMatchObject({
        kind: 'APIResourceList',
        groupVersion: `${name}/${version}`,
        resources: expect.arrayContaining([expect.objectContaining({ name: resource })]) as object,
      })
    }
  })
})

describe('[sig-api-machinery] AggregatedDiscovery', () => {
  const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
  interface Discovered {
    readonly items: readonly {
      readonly metadata: { readonly name?: string }
      readonly versions: readonly {
        readonly version: string
        readonly resources: readonly { readonly resource: string }[]
      }[]
    }[]
  }
  const resourcesOf = ({ items }: Discovered) =>
    items.flatMap(({ metadata, versions }) =>
      versions.flatMap(({ version, resources }) =>
        resources.map(({ resource }) => `${metadata.name ?? ''}/${version}/${resource}`),
      ),
    )

  it('should support raw aggregated discovery endpoint Accept headers [Conformance]', () => {
    for (const url of ['/api', '/apis']) {
      const answer = f.api.send('GET', url, '', { accept: AGGREGATED })
      expect(answer.contentType).toBe(AGGREGATED)
      expect(answer.body).toMatchObject({
        apiVersion: 'apidiscovery.k8s.io/v2',
        kind: 'APIGroupDiscoveryList',
      })
      const legacy = f.api.send('GET', url).body
      expect(legacy).toMatchObject({ kind: url === '/api' ? 'APIVersions' : 'APIGroupList' })
    }
  })

  it('should support aggregated discovery interface [Conformance]', () => {
    const all = ['/api', '/apis'].flatMap((url) =>
      resourcesOf(f.api.send('GET', url, '', { accept: AGGREGATED }).body as unknown as Discovered),
    )
    for (const wanted of ['/v1/namespaces', '/v1/pods', '/v1/services', '/v1/nodes'])
      expect(all).toContain(wanted)
    for (const wanted of [
      'admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
      'apiextensions.k8s.io/v1/customresourcedefinitions',
      'apiregistration.k8s.io/v1/apiservices',
      'apps/v1/deployments',
      'batch/v1/jobs',
      'discovery.k8s.io/v1/endpointslices',
    ])
      expect(all).toContain(wanted)
    // the same as without aggregation
    for (const { versions } of groups())
      for (const { groupVersion } of versions) {
        const { resources } = f.ask('GET', `/apis/${groupVersion}`) as {
          readonly resources: readonly { readonly name: string }[]
        }
        for (const { name } of resources)
          if (!name.includes('/')) expect(all).toContain(`${groupVersion}/${name}`)
      }
  })
})

describe('[sig-api-machinery] FieldValidation', () => {
  const strict = 'fieldManager=field_validation_mgr&fieldValidation=Strict'
  const body = (metadata: string, spec: string): string => `{
    "apiVersion": "apps/v1", "kind": "Deployment",
    "metadata": { "name": "my-dep", ${metadata} "labels": {"app": "nginx"} },
    "spec": { ${spec} "selector": { "matchLabels": { "app": "nginx" } },
      "template": { "metadata": { "labels": { "app": "nginx" } },
        "spec": { "containers": [{ "name": "nginx", "image": "nginx:latest" }] } } } }`
  const refusal = (text: string) => {
    const url = f.path('deployments.apps', '', { query: strict })
    return f.refused(() => f.ask('POST', url, text, 'application/json'))
  }

  it('should detect unknown metadata fields of a typed object [Conformance]', () => {
    expect(refusal(body('"unknownMeta": "foo",', ''))).toMatchObject({
      code: 400,
      message: expect.stringContaining(
        'strict decoding error: unknown field "metadata.unknownMeta"',
      ) as string,
    })
  })
})

describe('[sig-api-machinery] API priority and fairness', () => {
  const group = 'flowcontrol.apiserver.k8s.io'
  const condition = (type: string) => ({
    conditions: [{ type, status: 'True', reason: 'E2E', message: 'Set by an e2e test' }],
  })

  it('should support FlowSchema API operations [Conformance]', () => {
    apiOperations(f, {
      name: `flowschemas.${group}`,
      group,
      plural: 'flowschemas',
      namespaced: false,
      body: {
        metadata: { generateName: 'e2e-example-flowschema' },
        spec: {
          matchingPrecedence: 9999,
          priorityLevelConfiguration: { name: 'global-default' },
          distinguisherMethod: { type: 'ByUser' },
          rules: [
            {
              subjects: [{ kind: 'User', user: { name: 'example-e2e-non-existent-user' } }],
              nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
            },
          ],
        },
      },
      statusPatch: condition('PatchStatusFailed'),
      statusUpdate: () => condition('StatusUpdateFailed'),
    })
  })

  it('should support PriorityLevelConfiguration API operations [Conformance]', () => {
    apiOperations(f, {
      name: `prioritylevelconfigurations.${group}`,
      group,
      plural: 'prioritylevelconfigurations',
      namespaced: false,
      body: {
        metadata: { generateName: 'e2e-example-pl' },
        spec: {
          type: 'Limited',
          limited: { nominalConcurrencyShares: 2, limitResponse: { type: 'Reject' } },
        },
      },
      statusPatch: condition('PatchStatusFailed'),
      statusUpdate: () => condition('StatusUpdateFailed'),
    })
  })
})
