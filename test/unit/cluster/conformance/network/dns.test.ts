import { beforeEach, describe, expect, it } from 'vitest'
import { Framework } from '../../../../support/conformance.ts'
import { AGNHOST } from '../../../../support/conformance-objects.ts'
import { agnhostPod, createReady, exec } from '../../../../support/conformance-pods.ts'

const GLIBC = 'registry.k8s.io/e2e-test-images/glibc-dns-testing:2.0.0'
const HOST = 'dns-querier-1'
const SERVICE = 'dns-test-service'
const PROBERS = [
  ['agnhost', AGNHOST],
  ['jessie', GLIBC],
] as const

interface Probe {
  readonly command: string
  readonly files: readonly string[]
}

/** What is asked, and where the results of it lie. */
interface Names {
  readonly resolved?: readonly string[]
  readonly hosts?: readonly string[]
  readonly ptr?: string
}

const f = new Framework()
let pods = 0

/** kubernetes: test/e2e/network/dns_common.go createProbeCommand */
const probeOf = ({ resolved = [], hosts = [], ptr }: Names, prefix: string): Probe => {
  const files: string[] = []
  let command = 'for i in `seq 1 600`; do '
  const dig = (how: string, what: string, file: string): void => {
    files.push(file)
    command += `check="$$(dig ${how} +noall +answer +search ${what})" && test -n "$$check" && echo OK > /results/${file};`
  }
  for (const name of resolved) {
    const what = `${name} ${name.startsWith('_') ? 'SRV' : 'A'}`
    dig('+notcp', what, `${prefix}_udp@${name}`)
    dig('+tcp', what, `${prefix}_tcp@${name}`)
  }
  for (const name of hosts) {
    const file = `${prefix}_hosts@${name}`
    files.push(file)
    command += `test -n "$$(getent hosts ${name})" && echo OK > /results/${file};`
  }
  if (ptr !== undefined) {
    const reversed = `${ptr.split('.').toReversed().join('.')}.in-addr.arpa. PTR`
    dig('+notcp', reversed, `${ptr}_udp@PTR`)
    dig('+tcp', reversed, `${ptr}_tcp@PTR`)
  }
  return { command: `${command}sleep 1; done`, files }
}

interface DnsPod {
  readonly commands: readonly string[]
  readonly hostname?: string
  readonly subdomain?: string
  readonly labels?: Readonly<Record<string, string>>
}

/** kubernetes: test/e2e/network/dns_common.go createDNSPod */
const createDnsPod = ({ commands, hostname = HOST, subdomain = SERVICE, labels }: DnsPod) => {
  pods += 1
  const name = `dns-test-${pods}`
  const volumeMounts = [{ name: 'results', mountPath: '/results' }]
  f.create('pods', {
    metadata: { name, ...(labels === undefined ? {} : { labels }) },
    spec: {
      terminationGracePeriodSeconds: 0,
      hostname,
      subdomain,
      volumes: [{ name: 'results', emptyDir: {} }],
      containers: [
        { name: 'webserver', image: AGNHOST, args: ['test-webserver'], volumeMounts },
        ...PROBERS.map(([prober, image], index) => ({
          name: `${prober}-querier`,
          image,
          command: ['sh', '-c', commands[index]],
          volumeMounts,
        })),
      ],
    },
  })
  f.until('the probes to run', () => f.get('pods', name).status?.phase === 'Running', 300)
  return name
}

const resultOf = (pod: string, file: string): string | undefined => {
  const url = `/api/v1/namespaces/${f.namespace}/pods/${pod}/proxy/results/${file}`
  const answer = f.api.send('GET', url)
  return answer.status === 200 ? answer.text : undefined
}

/** kubernetes: test/e2e/network/dns_common.go assertFilesContain */
const expectFiles = (pod: string, files: readonly string[], content?: string): void => {
  f.until(
    `results ${files.join(' ')}`,
    () =>
      files.every((file) => {
        const found = resultOf(pod, file)
        return found !== undefined && (content === undefined || found.trim() === content)
      }),
    600,
  )
  for (const [prober] of PROBERS) {
    const query = `container=${prober}-querier&tailLines=1`
    const log = f.api.send('GET', f.path('pods', pod, { subresource: 'log', query }))
    expect(log.status).toBe(200)
  }
  f.delete('pods', pod, { gracePeriodSeconds: 0 })
}

const expectResolved = (names: Names, pod: Omit<DnsPod, 'commands'> = {}): void => {
  const probes = PROBERS.map(([prober]) => probeOf(names, prober))
  const name = createDnsPod({ ...pod, commands: probes.map(({ command }) => command) })
  expectFiles(
    name,
    probes.flatMap(({ files }) => files),
  )
}

const SELECTOR = { 'dns-test': 'true' }

/** kubernetes: test/e2e/framework/service CreateServiceSpec */
const createService = (name: string, isHeadless: boolean, selector: object = SELECTOR): string =>
  f.create('services', {
    metadata: { name },
    spec: {
      selector,
      ports: [{ port: 80, name: 'http', protocol: 'TCP' }],
      ...(isHeadless ? { clusterIP: 'None' } : {}),
    },
  }).spec.clusterIP!

describe('[sig-network] DNS', () => {
  beforeEach(() => f.begin('dns'))

  it('should provide DNS for the cluster [Conformance]', () => {
    expectResolved({ resolved: ['kubernetes.default.svc.cluster.local'] })
  })

  it('should resolve DNS of partial qualified names for the cluster [LinuxOnly]', () => {
    const full = `${HOST}.${SERVICE}.${f.namespace}.svc.cluster.local`
    expectResolved({
      resolved: ['kubernetes.default', 'kubernetes.default.svc'],
      hosts: [full, HOST],
    })
  })

  it('should provide /etc/hosts entries for the cluster [Conformance]', () => {
    expectResolved({ hosts: [`${HOST}.${SERVICE}.${f.namespace}.svc.cluster.local`, HOST] })
  })

  it('should provide DNS for services [Conformance]', () => {
    createService(SERVICE, true)
    const ptr = createService('test-service-2', false)
    const zone = `${f.namespace}.svc.cluster.local`
    const resolved = [
      `${SERVICE}.${zone}`,
      `_http._tcp.${SERVICE}.${zone}`,
      `_http._tcp.test-service-2.${zone}`,
    ]
    expectResolved({ resolved, ptr }, { labels: SELECTOR })
  })

  it('should resolve DNS of partial qualified names for services [LinuxOnly] [Conformance]', () => {
    createService(SERVICE, true)
    const ptr = createService('test-service-2', false)
    const resolved = [
      SERVICE,
      `${SERVICE}.${f.namespace}`,
      `${SERVICE}.${f.namespace}.svc`,
      `_http._tcp.${SERVICE}.${f.namespace}.svc`,
      `_http._tcp.test-service-2.${f.namespace}.svc`,
    ]
    expectResolved({ resolved, ptr }, { labels: SELECTOR })
  })

  it.each([
    [
      'Hostname',
      'dns-test-hostname-attribute',
      (full: string) => ({ hosts: [full, 'dns-querier-2'] }),
    ],
    ['Subdomain', 'dns-test-subdomain-attribute', (full: string) => ({ resolved: [full] })],
  ])('should provide DNS for pods for %s [Conformance]', (_, label, namesOf) => {
    const labels = { [label]: 'true' }
    const subdomain = 'dns-test-service-2'
    createService(subdomain, true, labels)
    const full = `dns-querier-2.${subdomain}.${f.namespace}.svc.cluster.local`
    expectResolved(namesOf(full), { labels, subdomain, hostname: 'dns-querier-2' })
  })

  it('should provide DNS for ExternalName services [Conformance]', () => {
    const name = 'dns-test-service-3'
    f.create('services', {
      metadata: { name },
      spec: { externalName: 'foo.example.com', type: 'ExternalName' },
    })
    const full = `${name}.${f.namespace}.svc.cluster.local`
    /** kubernetes: createTargetedProbeCommand, validateTargetedProbeOutput */
    const expectAnswer = (type: string, content: string): void => {
      const files = PROBERS.map(([prober]) => `${prober}_udp@${full}`)
      const commands = files.map(
        (file) =>
          `for i in \`seq 1 30\`; do dig +short ${full} ${type} > /results/${file}; sleep 1; done`,
      )
      expectFiles(createDnsPod({ commands }), files, content)
    }
    expectAnswer('CNAME', 'foo.example.com.')
    f.change('services', name, ({ spec }) => ({
      spec: { ...spec, externalName: 'bar.example.com' },
    }))
    expectAnswer('CNAME', 'bar.example.com.')
    const { spec } = f.change('services', name, () => ({
      spec: {
        type: 'ClusterIP',
        ports: [{ port: 80, name: 'http', protocol: 'TCP', targetPort: 80 }],
      },
    }))
    expectAnswer('A', spec.clusterIP!)
  })

  it('should support configurable pod DNS nameservers [Conformance]', () => {
    const spec = {
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['1.1.1.1'], searches: ['resolv.conf.local'] },
    }
    createReady(f, agnhostPod('test-dns-nameservers', { spec }))
    const said = (command: string): string =>
      exec(f, 'test-dns-nameservers', ['/agnhost', command], 'agnhost-container').stdout
    expect(said('dns-suffix')).toContain('resolv.conf.local')
    expect(said('dns-server-list')).toContain('1.1.1.1')
  })
})
