// Each fault is built, found as exactly that cause, mended as the remedy says, and found healthy.
import { diagnosisText } from '#diagnosis/diagnosis-text.ts'
import { describe, expect, test } from 'vitest'
import type { Attempt } from '#diagnosis/context.ts'
import {
  BrokenCluster,
  client,
  namespace,
  webDeployment,
  webService,
} from '../../../support/diagnosis.ts'
import type { Manifest } from '../../../support/scripted-cluster.ts'

interface Reach {
  readonly from: object
  readonly to: string
}

interface Fault {
  readonly code: string
  readonly build: () => BrokenCluster
  readonly service?: string
  readonly attempt?: Attempt
  /** The Service after it was mended, where it is another one. */
  readonly mended?: string
  /** What is asked after it was mended, where that is another attempt. */
  readonly mendedAttempt?: Attempt
  /** What fails before and is delivered afterwards; `http://web/` from the client's Pod by default. */
  readonly reach?: Reach
  /** It was reached before, too: what is broken is another way to it. */
  readonly wasReached?: boolean
  /** No change of the cluster can mend it. */
  readonly isOutside?: boolean
}

const from: Attempt['from'] = { pod: { namespace: 'default', name: 'client' } }
const probe = (port: number) => ({
  containers: [
    {
      name: 'web',
      image: 'nginx:1.29',
      readinessProbe: { httpGet: { path: '/', port }, periodSeconds: 5 },
    },
  ],
})
const denyAll: Manifest = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'deny', namespace: 'default' },
  spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] },
}
const broken = (options?: ConstructorParameters<typeof BrokenCluster>[0]) =>
  new BrokenCluster(options).with(client())
const healthy = () => broken().with(webDeployment())
const fromClient = { pod: 'default/client' }
const atNodePort: Reach = { from: { workstation: true }, to: 'http://192.168.49.4:30080/' }

const faults: Readonly<Record<string, Fault>> = {
  'a selector with a slip of the pen': {
    code: 'NoPodMatchesSelector',
    build: () => healthy().with(webService({ selector: { app: 'wep' } })),
  },
  'a selector with another key': {
    code: 'NoPodMatchesSelector',
    build: () => healthy().with(webService({ selector: { name: 'web' } })),
  },
  'Pods in another namespace': {
    code: 'PodsInAnotherNamespace',
    reach: { from: fromClient, to: 'http://web.default/' },
    build: () =>
      healthy().with(namespace('shop'), {
        ...webService(),
        metadata: { name: 'web', namespace: 'shop' },
      }),
    service: 'shop/web',
    mended: 'default/web',
  },
  'a readiness probe on the wrong port': {
    code: 'NoPodIsReady',
    build: () => broken().with(webDeployment(probe(8080)), webService()),
  },
  'a target port on which nothing listens': {
    code: 'TargetPortNotListening',
    build: () => healthy().with(webService({ ports: [{ port: 80, targetPort: 8080 }] })),
  },
  'a named port that the Pods do not have': {
    code: 'NamedPortMissing',
    build: () => healthy().with(webService({ ports: [{ port: 80, targetPort: 'web' }] })),
  },
  'a program that listens on the loopback only': {
    code: 'ListensOnLoopback',
    build: () =>
      broken().with(
        webDeployment({
          containers: [
            {
              name: 'web',
              image: 'python:3.14',
              command: ['python3', '-m', 'http.server', '80', '--bind', '127.0.0.1'],
            },
          ],
        }),
        webService(),
      ),
  },
  'a port that the Service does not open': {
    code: 'PortNotExposed',
    reach: { from: fromClient, to: 'http://web:8080/' },
    build: () => healthy().with(webService()),
    attempt: { from, host: 'web', port: 8080 },
  },
  'a short name from another namespace': {
    code: 'ShortNameAcrossNamespaces',
    reach: { from: { pod: 'shop/client' }, to: 'http://web/' },
    build: () => healthy().with(webService(), namespace('shop'), client('shop')),
    attempt: { from: { pod: { namespace: 'shop', name: 'client' } }, host: 'web' },
  },
  'an ExternalName that is an address': {
    code: 'ExternalNameIsAddress',
    build: () =>
      broken().with(
        webService({
          selector: undefined,
          ports: undefined,
          type: 'ExternalName',
          externalName: '192.0.2.10',
        }),
      ),
  },
  'an ExternalName with a port that is closed there': {
    code: 'ExternalNamePortRefused',
    build: () =>
      broken().with(
        webService({
          selector: undefined,
          ports: [{ port: 8080 }],
          type: 'ExternalName',
          externalName: 'example.com',
        }),
      ),
    isOutside: true,
  },
  'an ExternalName whose server does not know the Host': {
    code: 'ExternalNameHostRefused',
    build: () =>
      broken().with(
        webService({
          selector: undefined,
          ports: undefined,
          type: 'ExternalName',
          externalName: 'example.com',
        }),
      ),
    attempt: { from, host: 'web', port: 80 },
    isOutside: true,
  },
  'a headless Service that maps ports': {
    code: 'HeadlessDoesNotBalance',
    reach: { from: fromClient, to: 'http://web:8080/' },
    build: () =>
      healthy().with(webService({ clusterIP: 'None', ports: [{ port: 8080, targetPort: 80 }] })),
  },
  'the node port of a node that is switched off': {
    code: 'NodeIsDown',
    reach: atNodePort,
    build: () => {
      const cluster = healthy().with(
        webService({ type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] }),
      )
      cluster.script.merge(
        { apiVersion: 'kubarium.dev/v1', kind: 'Machine', metadata: { name: 'node-3' } },
        { spec: { power: 'Off' } },
      )
      cluster.settle()
      return cluster
    },
    attempt: { from: { workstation: true }, host: '192.168.49.4', port: 30080 },
  },
  'policy Local at a node without Pods': {
    code: 'NoLocalEndpoint',
    reach: atNodePort,
    build: () =>
      broken().with(
        webDeployment({ nodeName: 'node-1', containers: [{ name: 'web', image: 'nginx:1.29' }] }),
        webService({
          type: 'NodePort',
          externalTrafficPolicy: 'Local',
          ports: [{ port: 80, nodePort: 30080 }],
        }),
      ),
    attempt: { from: { workstation: true }, host: '192.168.49.4', port: 30080 },
  },
  'a load balancer without a cloud': {
    code: 'LoadBalancerPending',
    wasReached: true,
    build: () =>
      broken({ settings: { loadBalancer: 'none' } }).with(
        webDeployment(),
        webService({ type: 'LoadBalancer' }),
      ),
  },
  'no selector and no slices': {
    code: 'SelectorlessWithoutEndpoints',
    build: () => broken().with(webDeployment(), webService({ selector: undefined })),
  },
  'a NetworkPolicy that lets nobody in': {
    code: 'NetworkPolicyDenies',
    build: () => healthy().with(webService(), denyAll),
    attempt: { from, host: 'web', port: 80 },
  },
  'CoreDNS scaled down': {
    code: 'DnsIsDown',
    build: () => {
      const cluster = healthy().with(webService())
      cluster.script.merge(
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'coredns', namespace: 'kube-system' },
        },
        { spec: { replicas: 0 } },
      )
      cluster.settle()
      return cluster
    },
  },
  'kube-proxy kept from a node': {
    code: 'ProxyIsStopped',
    wasReached: true,
    build: () => {
      const cluster = healthy().with(webService())
      cluster.script.merge(
        { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } },
        { metadata: { labels: { proxied: 'true' } } },
      )
      cluster.script.merge(
        {
          apiVersion: 'apps/v1',
          kind: 'DaemonSet',
          metadata: { name: 'kube-proxy', namespace: 'kube-system' },
        },
        { spec: { template: { spec: { nodeSelector: { proxied: 'true' } } } } },
      )
      cluster.settle()
      return cluster
    },
  },
  'two Services for the same Pods with different ports': {
    code: 'ServicesShareThePods',
    build: () =>
      healthy().with(
        webService({}, 'front'),
        webService({ ports: [{ port: 80, targetPort: 9090 }] }),
      ),
  },
}

describe('a Service that does not work', () => {
  for (const [name, fault] of Object.entries(faults))
    test(`${name}: ${fault.code}`, () => {
      const cluster = fault.build()
      const diagnosis = cluster.diagnose(fault.service, fault.attempt)
      expect(diagnosis.causes.map(({ code }) => code)).toEqual([fault.code])
      expect(diagnosis.causes[0]?.remedy?.command).toMatch(/^(kubectl|echo|curl) /)
      // what a beginner reads as evidence is no object of Kubernetes in full
      for (const line of diagnosisText(diagnosis).split('\n'))
        if (line.includes('evidence:')) expect(line.length).toBeLessThan(250)
      const { from: source, to } = fault.reach ?? { from: fromClient, to: 'http://web/' }
      if (fault.isOutside === true) return
      if (fault.wasReached !== true) expect(cluster.outcome(source, to)).not.toBe('delivered')
      cluster.mend(diagnosis)
      expect(cluster.outcome(source, to)).toBe('delivered')
      const attempt = fault.mendedAttempt ?? fault.attempt
      expect(cluster.codes(fault.mended ?? fault.service, attempt)).toEqual([])
    })
})

describe('a Service that is called from outside', () => {
  test.each(['web', 'web.default.svc.cluster.local', '10.96.1.1'])('as %s', (host) => {
    const cluster = healthy().with(webService({ clusterIP: '10.96.1.1' }))
    const attempt: Attempt = { from: { workstation: true }, host, port: 80 }
    const diagnosis = cluster.diagnose('default/web', attempt)
    expect(diagnosis.causes.map(({ code }) => code)).toEqual(['OnlyInsideTheCluster'])
    const source = { workstation: true }
    expect(cluster.outcome(source, `http://${host}/`)).not.toBe('delivered')
    cluster.mend(diagnosis)
    const again = cluster.diagnose('default/web', attempt)
    const command = again.causes[0]?.remedy?.command ?? ''
    expect(command).toMatch(/^curl http:\/\/192\.168\.49\.2:3\d{4}\/$/)
    expect(cluster.outcome(source, command.replace('curl ', ''))).toBe('delivered')
  })

  test('is told of its load balancer', () => {
    const cluster = healthy().with(webService({ type: 'LoadBalancer' }))
    const attempt: Attempt = { from: { internet: true }, host: 'web', port: 80 }
    const command = cluster.diagnose('default/web', attempt).causes[0]?.remedy?.command ?? ''
    expect(command).toBe('curl http://203.0.113.1:80/')
    expect(cluster.outcome({ internet: true }, command.replace('curl ', ''))).toBe('delivered')
  })

  test('at another name is none of its business', () => {
    const attempt: Attempt = { from: { internet: true }, host: 'example.com', port: 80 }
    expect(healthy().with(webService()).codes('default/web', attempt)).toEqual([])
  })
})

describe('a Service that works', () => {
  test('has no cause, whoever asks', () => {
    const cluster = healthy().with(webService(), client('kube-public'))
    expect(cluster.diagnose().isHealthy).toBe(true)
    expect(cluster.codes('default/web', { from, host: 'web', port: 80 })).toEqual([])
    const elsewhere: Attempt = {
      from: { pod: { namespace: 'kube-public', name: 'client' } },
      host: 'web.default',
    }
    expect(cluster.codes('default/web', elsewhere)).toEqual([])
  })

  test('of each type has no cause', () => {
    const cluster = healthy().with(
      webService({ type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] }),
      webService({ type: 'LoadBalancer' }, 'balanced'),
      webService({ clusterIP: 'None' }, 'headless'),
      webService(
        {
          selector: undefined,
          ports: undefined,
          type: 'ExternalName',
          externalName: 'example.com',
        },
        'elsewhere',
      ),
    )
    for (const name of ['web', 'balanced', 'headless', 'elsewhere'])
      expect([name, cluster.codes(`default/${name}`)]).toEqual([name, []])
  })

  test('is said to be so with what was looked at', () => {
    const { checked, service } = healthy().with(webService()).diagnose()
    expect(service).toBe('default/web')
    expect(checked.length).toBeGreaterThan(3)
  })
})

describe('what the cluster itself is configured with', () => {
  const configMap = (name: string): Manifest => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'kube-system' },
  })

  test.each(['}}}{{', '.:53 {\n  forward . 8.8.8.8\n}\n', '.:53 {\n  nonsense\n}\n'])(
    'a Corefile that does not serve the cluster is found: %j',
    (corefile) => {
      const cluster = healthy().with(webService())
      cluster.script.merge(configMap('coredns'), { data: { Corefile: corefile } })
      cluster.settle()
      expect(cluster.outcome(fromClient, 'http://web/')).not.toBe('delivered')
      const [cause, ...others] = cluster.diagnose().causes
      expect(others).toEqual([])
      expect(cause?.code).toBe('DnsIsDown')
      expect(cause?.place).toMatchObject({ kind: 'ConfigMap', name: 'coredns' })
    },
  )

  test('a configuration that kube-proxy cannot read is found, with what is wrong in it', () => {
    const cluster = healthy().with(webService())
    cluster.script.merge(configMap('kube-proxy'), { data: { 'config.conf': '{{{' } })
    cluster.settle()
    const [cause, ...others] = cluster.diagnose().causes
    expect(others).toEqual([])
    expect(cause?.code).toBe('ProxyIsStopped')
    expect(cause?.place).toMatchObject({ kind: 'ConfigMap', name: 'kube-proxy' })
    expect(cause?.says).toContain('What was written last still works on node-1')
  })
})
