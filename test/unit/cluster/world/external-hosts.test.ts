import { describe, expect, it } from 'vitest'
import type { ExternalHost, ExternalHostSpec } from '#api/kubarium/v1/external-host/types.ts'
import { askNameServer } from '#cloud/internet.ts'
import { recordText, type QuestionType } from '#net/dns-message.ts'
import { exportObjects } from '#manifests/export.ts'
import { readTraceRequest } from '#network/read-request.ts'
import type { Trace } from '#network/trace.ts'
import type { Status } from '#apimachinery/status-error.ts'
import type { Manifest, ScriptedCluster } from '../../../support/scripted-cluster.ts'
import { internetWith } from '#world/external-hosts.ts'
import { aPod, create, liveCluster, manifest, podNamed } from './live-cluster.ts'

const host = (name: string, spec: ExternalHostSpec): Manifest & ExternalHost => ({
  apiVersion: 'kubarium.dev/v1',
  kind: 'ExternalHost',
  metadata: { name },
  spec,
})

const PAYMENTS = host('payments', {
  hostnames: ['payments.example'],
  addresses: ['192.0.2.200'],
  ttlSeconds: 20,
  ports: [
    { port: 443, replies: [{ path: '/*', body: 'paid at {hostname} {podIP} {path}' }] },
    { port: 80, replies: [{ path: '/', status: 301, headers: { Location: 'https://x/' } }] },
    { port: 5432 },
    { port: 9999, protocol: 'UDP' },
    { port: 81, replies: [{ path: '/', failure: 'reset' }] },
    { port: 82, replies: [{ path: '/', failure: 'silent' }] },
  ],
  delay: '40ms',
})

const externalName = (target: string): Manifest =>
  manifest('Service', 'bank', { spec: { type: 'ExternalName', externalName: target } })

const clusterWith = (...objects: readonly Manifest[]): ScriptedCluster => {
  const cluster = liveCluster()
  create(cluster, aPod('client', { image: 'busybox', command: ['sleep', '1d'] }), ...objects)
  return cluster
}

const POD = { pod: 'default/client' }

const send = (cluster: ScriptedCluster, to: string, from: object = POD): Trace => {
  const request = readTraceRequest({ from, to, body: 'hello' })
  if ('problem' in request) throw new Error(request.problem)
  return cluster.cluster.trace(request)
}

const answers = (objects: readonly ExternalHost[], type: QuestionType, name: string): string[] => {
  const message = askNameServer('8.8.8.8', { type, name }, [], internetWith(objects))!
  return [message.rcode, ...message.answer.map(recordText)]
}

describe('a machine of the internet that was described', () => {
  it.each([[POD], [{ node: 'node-1' }], [{ workstation: true }], [{ internet: true }]])(
    'is found by its name and answers %j',
    (from) => {
      const { outcome, reply } = send(clusterWith(PAYMENTS), 'https://payments.example/pay', from)
      expect(outcome).toBe('delivered')
      expect(reply).toMatchObject({
        status: 200,
        body: 'paid at payments.example 192.0.2.200 /pay',
        from: '192.0.2.200',
      })
    },
  )

  it('is reached through an ExternalName', () => {
    const cluster = clusterWith(PAYMENTS, externalName('payments.example'))
    const { reply, hops } = send(cluster, 'https://bank/')
    expect(reply).toMatchObject({ body: 'paid at payments.example 192.0.2.200 /' })
    expect(hops.map(({ dns }) => dns?.answer?.join()).join()).toContain(
      'payments.example. 20 IN A 192.0.2.200',
    )
  })

  it.each([
    ['tcp://payments.example:5432', 'delivered'],
    ['udp://payments.example:9999', 'delivered'],
    ['http://payments.example:443/', 'delivered'],
    ['http://payments.example:81/', 'refused'],
    ['http://payments.example:82/', 'timeout'],
    ['tcp://payments.example:22', 'refused'],
    ['udp://payments.example:53', 'refused'],
    ['tcp://192.0.2.201:443', 'timeout'],
  ])('is asked at %s: %s', (to, outcome) => {
    expect(send(clusterWith(PAYMENTS), to).outcome).toBe(outcome)
  })

  it('says what it listens on when it refuses', () => {
    expect(send(clusterWith(PAYMENTS), 'tcp://payments.example:22').says).toContain(
      'what listens there is tcp 443, tcp 80, tcp 5432, udp 9999',
    )
  })

  it('sends back what it gets over UDP', () => {
    expect(send(clusterWith(PAYMENTS), 'udp://payments.example:9999').reply?.body).toBe('hello')
  })

  it('keeps its names and answers nothing without power', () => {
    const down = host('payments', { ...PAYMENTS.spec, down: true })
    const { outcome, hops } = send(clusterWith(down), 'https://payments.example/')
    expect(outcome).toBe('timeout')
    expect(hops.some(({ dns }) => dns?.rcode === 'NOERROR')).toBe(true)
  })

  it('is gone with its object', () => {
    const cluster = clusterWith(PAYMENTS)
    cluster.delete(PAYMENTS)
    expect(send(cluster, 'https://payments.example/').outcome).toBe('nxdomain')
  })

  it('takes the place of what is built in', () => {
    const mine = host('mine', {
      hostnames: ['example.com'],
      addresses: ['192.0.2.199'],
      ports: [{ port: 80, replies: [{ path: '/', body: 'mine' }] }],
    })
    const cluster = clusterWith(mine)
    expect(send(cluster, 'http://example.com/').reply?.body).toBe('mine')
    expect(send(cluster, 'http://www.example.com/').reply?.body).toBe('mine')
    expect(send(cluster, 'http://example.org/').reply?.body).toContain('Example Domain')
  })

  it('takes over an address', () => {
    const outage = host('outage', { addresses: ['192.0.2.21'], down: true })
    const cluster = clusterWith(outage)
    expect(send(cluster, 'http://api.external.com/').outcome).toBe('timeout')
  })

  it('is part of what is exported', () => {
    expect(exportObjects(clusterWith(PAYMENTS).cluster, 'yaml', true)).toContain(
      'kind: ExternalHost',
    )
  })
})

describe('names that were described', () => {
  const objects = [
    host('a', {
      hostnames: ['shared.example'],
      addresses: ['192.0.2.201', '2001:db8::201'],
      records: [
        { name: 'shared.example', type: 'MX', value: '10 mail.example' },
        { name: 'www.shared.example', type: 'CNAME', value: 'shared.example' },
      ],
    }),
    host('b', {
      hostnames: ['shared.example', 'deep.down.example'],
      addresses: ['192.0.2.202'],
      records: [{ name: 'shared.example', type: 'TXT', value: 'hi' }],
    }),
  ]

  it.each([
    [
      'A',
      'shared.example.',
      ['NOERROR', 'shared.example. 300 IN A 192.0.2.201', 'shared.example. 300 IN A 192.0.2.202'],
    ],
    ['AAAA', 'shared.example.', ['NOERROR', 'shared.example. 300 IN AAAA 2001:db8::201']],
    ['MX', 'shared.example.', ['NOERROR', 'shared.example. 300 IN MX 10 mail.example.']],
    ['TXT', 'shared.example.', ['NOERROR', 'shared.example. 300 IN TXT "hi"']],
    [
      'CNAME',
      'www.shared.example.',
      ['NOERROR', 'www.shared.example. 300 IN CNAME shared.example.'],
    ],
    ['A', 'down.example.', ['NOERROR']],
    ['A', 'up.example.', ['NXDOMAIN']],
    [
      'PTR',
      '202.2.0.192.in-addr.arpa.',
      ['NOERROR', '202.2.0.192.in-addr.arpa. 300 IN PTR shared.example.'],
    ],
  ] as const)('%s %s', (type, name, expected) => {
    expect(answers(objects, type, name)).toEqual(expected)
  })

  it('are what containers find', () => {
    const cluster = liveCluster()
    const command = ['sh', '-c', 'wget -qO- http://www.shared.example/ok && exit 7']
    const replies = [{ path: '/ok', body: 'served' }]
    const first = host('a', { ...objects[0]!.spec, ports: [{ port: 80, replies }] })
    const spec = { restartPolicy: 'Never' }
    create(cluster, first, aPod('client', { image: 'busybox', command }, spec))
    const [status] = podNamed(cluster, 'client').status.containerStatuses ?? []
    expect(status?.state.terminated?.exitCode).toBe(7)
  })
})

describe('addresses of the cluster', () => {
  it.each([
    ['10.244.3.4', '10.244.0.0/16 is the range of Pods'],
    ['10.96.0.10', '10.96.0.0/12 is the range of Services'],
    ['192.168.49.9', '192.168.49.0/24 is the range of the network of the nodes'],
    ['203.0.113.7', '203.0.113.0/24 is the range of load balancers'],
  ])('%s cannot be outside', (address, why) => {
    const cluster = liveCluster()
    const object = host('wrong', { addresses: ['192.0.2.9', address] })
    const { message } = cluster.request(
      'POST',
      '/apis/kubarium.dev/v1/externalhosts',
      object,
    ) as Status
    expect(message).toBe(
      `ExternalHost.kubarium.dev "wrong" is invalid: spec.addresses[1]: Invalid value: "${address}": must be outside the cluster: ${why}`,
    )
  })
})
