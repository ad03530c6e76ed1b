import { beforeEach, describe, it } from 'vitest'
import type { Node } from '#api/core/v1/node/types.ts'
import { Framework } from '../../../../support/conformance.ts'
import {
  agnhostPod,
  createReady,
  deletePod,
  internalIp,
  onNode,
  schedulableNodes,
} from '../../../../support/conformance-pods.ts'
import { expectEndpoints, ServiceJig } from '../../../../support/conformance-services.ts'

const [CLIENT, FIRST, SECOND] = ['pod-client', 'pod-server-1', 'pod-server-2']
const PORT = 80
const SOURCE_PORT = 12_345

/** kubernetes: test/e2e/network/conntrack.go */
describe('[sig-network] Conntrack', () => {
  const f = new Framework()
  beforeEach(() => f.begin('conntrack'))

  const udpService = (type: string) => {
    const jig = new ServiceJig(f, 'svc-udp')
    const port = { port: PORT, name: 'udp', protocol: 'UDP', targetPort: PORT }
    return { jig, service: jig.create({ type, ports: [port] }) }
  }

  /** Asks again and again, always from the same port. */
  const startClient = (node: Node, ip: string, port: number): void => {
    const command = `date; for i in $(seq 1 3000); do echo "$(date) Try: \${i}"; echo hostname | nc -u -w 5 -p ${SOURCE_PORT} ${ip} ${port}; echo; done`
    createReady(f, {
      metadata: { name: CLIENT },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: CLIENT,
            image: 'registry.k8s.io/e2e-test-images/agnhost:2.63.0',
            command: ['/bin/sh', '-c', command],
          },
        ],
        ...onNode(node),
      },
    })
  }

  const startServer = (
    name: string,
    node: Node,
    labels: Readonly<Record<string, string>>,
    spec = {},
  ) =>
    createReady(
      f,
      agnhostPod(name, {
        labels,
        args: ['netexec', `--udp-port=${PORT}`],
        spec: { ...spec, ...onNode(node) },
      }),
    )

  const untilLogged = (text: string): void =>
    void f.until(
      `${text} in the client's log`,
      () => f.api.send('GET', f.path('pods', CLIENT, { subresource: 'log' })).text.includes(text),
      60,
    )

  it.each(['NodePort', 'ClusterIP'])(
    'should be able to preserve UDP traffic when server pod cycles for a %s service',
    (type) => {
      const [clientNode, serverNode] = schedulableNodes(f, 2)
      const { jig, service } = udpService(type)
      const { clusterIP, ports } = service.spec
      if (type === 'NodePort')
        startClient(clientNode!, internalIp(serverNode!), ports![0]!.nodePort!)
      else startClient(clientNode!, clusterIP!, PORT)
      startServer(FIRST, serverNode!, jig.labels)
      expectEndpoints(f, jig.name, { [FIRST]: [[PORT, 'UDP']] })
      untilLogged(FIRST)
      startServer(SECOND, serverNode!, jig.labels)
      deletePod(f, FIRST)
      expectEndpoints(f, jig.name, { [SECOND]: [[PORT, 'UDP']] })
      untilLogged(SECOND)
    },
  )

  it('should be able to preserve UDP traffic when initial unready endpoints get ready', () => {
    const [clientNode, serverNode] = schedulableNodes(f, 2)
    const { jig, service } = udpService('ClusterIP')
    startClient(clientNode!, service.spec.clusterIP!, PORT)
    const late = { initContainers: [{ ...LATE, name: 'late' }] }
    startServer(FIRST, serverNode!, jig.labels, late)
    expectEndpoints(f, jig.name, { [FIRST]: [[PORT, 'UDP']] })
    untilLogged(FIRST)
  })
})

const LATE = {
  image: 'registry.k8s.io/e2e-test-images/busybox:1.37.0-1',
  command: ['/bin/sh', '-c', 'echo Pausing start. && sleep 15'],
}
