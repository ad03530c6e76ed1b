// Each fault is built, found as exactly that cause, mended as the remedy says, and found healthy.
import { diagnosisText } from '#diagnosis/diagnosis-text.ts'
import { describe, expect, test } from 'vitest'
import { CAUSE_CODES } from '#diagnosis/cause.ts'
import type { Attempt } from '#diagnosis/context.ts'
import { attemptOf, BrokenCluster, clusterWith } from '../../../support/diagnosis.ts'
import {
  client,
  externalName,
  namespace,
  webDeployment,
  webService,
} from '../../../support/faults/manifests.ts'
import { allFaults } from '../../../support/faults/all-faults.ts'
import type { Manifest } from '../../../support/scripted-cluster.ts'

const from: Attempt['from'] = { pod: { namespace: 'default', name: 'client' } }
const broken = (options?: ConstructorParameters<typeof BrokenCluster>[0]) =>
  new BrokenCluster(options).with(client())
const healthy = () => broken().with(webDeployment())
const fromClient = { pod: 'default/client' }
const faults = Object.entries(allFaults)

describe('a Service that does not work', () => {
  test.each(faults)('%s', (_name, fault) => {
    const cluster = clusterWith(fault)
    const attempt = attemptOf(fault.asked)
    const diagnosis = cluster.diagnose(fault.service, attempt)
    expect(diagnosis.causes.map(({ code }) => code)).toEqual([fault.code])
    expect(diagnosis.causes[0]?.remedy?.command).toMatch(/^(kubectl|echo|curl) /)
    // what a beginner reads as evidence is no object of Kubernetes in full
    for (const line of diagnosisText(diagnosis).split('\n'))
      if (line.includes('evidence:')) expect(line.length).toBeLessThan(250)
    const { from: source, to } = fault.reach ?? { from: fromClient, to: 'http://web/' }
    expect(cluster.outcome(source, to) === 'delivered').toBe(fault.wasReached === true)
    let url = cluster.mend(diagnosis)
    if (fault.isCallers === true) url ??= cluster.mend(cluster.diagnose(fault.service, attempt))
    expect(cluster.outcome(source, url ?? to)).toBe('delivered')
    const asked = url === undefined ? fault.asked : { ...fault.asked, to: url }
    expect(cluster.codes(fault.mended ?? fault.service, attemptOf(asked))).toEqual([])
  })
})

test('each code has a fault that it is found by', () => {
  const found = new Set<string>(faults.map(([, { code }]) => code))
  // what goes cannot be mended: it has tests of its own
  expect([...found, 'BeingDeleted'].sort()).toEqual([...CAUSE_CODES].sort())
})

test('a name that exists nowhere is found, and nobody guesses which was meant', () => {
  const [cause, ...others] = broken().with(externalName('api.nowhere.test')).diagnose().causes
  expect(others).toEqual([])
  expect(cause).toMatchObject({ code: 'ExternalNameNotFound' })
  expect(cause?.remedy).toBeUndefined()
})

test('a name of the cluster that exists is no cause', () => {
  const cluster = healthy().with(
    webService({}, 'site'),
    externalName('site.default.svc.cluster.local'),
  )
  expect(cluster.outcome(fromClient, 'http://web/')).toBe('delivered')
  expect(cluster.codes()).toEqual([])
})

test.each([
  ['an environment variable that is missing', 'It said: No API_PORT found in environment'],
  ['a password that is missing', 'It said: You must specify POSTGRES_PASSWORD to a non-empty'],
  [
    'a command that ends at once',
    '(exit code 0, Completed) each time it is started. It said: ready',
  ],
])('a program that ends is quoted: %s', (name, words) => {
  const [cause] = clusterWith(allFaults[name]!).diagnose().causes
  expect(cause?.says).toContain(words)
})

describe('a Service that goes', () => {
  const held: Manifest = {
    ...webService(),
    metadata: { name: 'web', namespace: 'shop', finalizers: ['example.com/held'] },
  }
  const causesAfter = (deleted: Manifest) => {
    const cluster = broken().with(namespace('shop'), held)
    cluster.script.delete(deleted)
    cluster.settle()
    return cluster.diagnose('shop/web').causes
  }

  test('with its namespace', () => {
    const [cause, ...others] = causesAfter(namespace('shop'))
    expect(others).toEqual([])
    expect(cause).toMatchObject({
      code: 'BeingDeleted',
      place: { kind: 'Namespace', name: 'shop', field: 'metadata.deletionTimestamp' },
    })
    expect(cause?.says).toContain('because of its finalizer example.com/held')
  })

  test('alone, held by a finalizer', () => {
    const [cause, ...others] = causesAfter(held)
    expect(others).toEqual([])
    expect(cause).toMatchObject({
      code: 'BeingDeleted',
      place: { kind: 'Service', namespace: 'shop', name: 'web' },
    })
    expect(cause?.evidence[1]).toMatchObject({ found: ['example.com/held'] })
  })
})

describe('what surprises people, but is as it was asked for', () => {
  test('one caller always meets the same Pod: sessionAffinity', () => {
    const sessionAffinityConfig = { clientIP: { timeoutSeconds: 600 } }
    const cluster = healthy().with(
      webService({ sessionAffinity: 'ClientIP', sessionAffinityConfig }),
    )
    const diagnosis = cluster.diagnose()
    expect(diagnosis).toMatchObject({
      isHealthy: true,
      causes: [],
      notes: [{ place: { kind: 'Service', field: 'spec.sessionAffinity' } }],
    })
    expect(diagnosisText(diagnosis)).toContain('until 600 s pass without a request')
  })

  test('is not noted of other Services', () => {
    expect(healthy().with(webService()).diagnose().notes).toEqual([])
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
    'a Corefile that does not serve the cluster is found when CoreDNS is started with it: %j',
    (corefile) => {
      const cluster = healthy().with(webService())
      cluster.script.merge(configMap('coredns'), { data: { Corefile: corefile } })
      const pods = cluster.script.list('/api/v1/namespaces/kube-system/pods')
      for (const { metadata } of pods)
        if (metadata.labels?.['k8s-app'] === 'kube-dns')
          cluster.script.delete({
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: metadata.name!, namespace: 'kube-system' },
          })
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
