// minikube, as far as a cluster that runs already leaves it something to do. minikube: cmd/minikube/cmd/
import type { Node } from '#api/core/v1/node/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import { type KubeObject, own } from '#apimachinery/object.ts'
import type { ApiReply, KubectlHost } from '#kubectl/host.ts'
import {
  type Tool,
  type ToolCall,
  type ToolRun,
  waitUntil,
  writeError,
  writeOut,
} from '#shell/tools/tool.ts'
import { boxTable } from '#workstation/tools/box-table.ts'
import { currentNamespace } from '#workstation/tools/namespace.ts'

const VERSION = 'minikube version: v1.37.0\ncommit: 65318f4cfff9c12cc87ec9eb8f4cdd57b25047f3\n'
const PROFILE = 'kubarium'
const NODES = '/api/v1/nodes'
const MACHINES = '/apis/kubarium.dev/v1/machines'
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane'

const NOT_FOUND = 80
const USAGE = `minikube provisions and manages local Kubernetes clusters. This one runs already.

Basic Commands:
  status           Gets the status of the cluster
  ip               Retrieves the IP address of the first node
  version          Prints the version of minikube

Networking and Connectivity Commands:
  service          Returns a URL to connect to a service (also: service list)
  tunnel           Stays in front until it is interrupted; load balancers have their addresses already

Configuration and Management Commands:
  addons list      Lists what the cluster was born with
  profile list     Lists the cluster
  node             list, add, start, stop, delete

Use "minikube <command> --help" for more information about a given command.
`

interface Given {
  readonly words: readonly string[]
  readonly options: ReadonlyMap<string, string>
}

const WITH_VALUE = new Set(['n', 'namespace', 'p', 'profile', 'format', 'o', 'output'])

const givenOf = (argv: readonly string[]): Given => {
  const words: string[] = []
  const options = new Map<string, string>()
  for (let at = 1; at < argv.length; at++) {
    const [, name, value] = /^--?([a-zA-Z][\w-]*)(?:=(.*))?$/s.exec(argv[at]!) ?? []
    if (name === undefined) words.push(argv[at]!)
    else options.set(name, value ?? (WITH_VALUE.has(name) ? (argv[++at] ?? '') : 'true'))
  }
  return { words, options }
}

export const minikube = (host: KubectlHost): Tool => ({
  name: 'minikube',
  run: (call) => new Minikube(host, call, givenOf(call.argv)).run(),
})

class Minikube {
  readonly #host: KubectlHost
  readonly #call: ToolCall
  readonly #given: Given

  constructor(host: KubectlHost, call: ToolCall, given: Given) {
    this.#host = host
    this.#call = call
    this.#given = given
  }

  *run(): ToolRun {
    const { words, options } = this.#given
    const [command = 'help', what = '', name = ''] = words
    if (options.has('help') || options.has('h')) return yield* this.#print(USAGE)
    switch (command) {
      case 'help':
        return yield* this.#print(USAGE)
      case 'version':
        return yield* this.#print(VERSION)
      case 'ip':
        return yield* this.#print(`${addressOf(this.#nodes()[0])}\n`)
      case 'status':
        return yield* this.#status()
      case 'service':
        return what === 'list' ? yield* this.#services() : yield* this.#service(what)
      case 'tunnel':
        return yield* this.#tunnel()
      case 'node':
        return yield* this.#node(what, name)
      case 'addons':
      case 'profile':
        if (what === 'list') return yield* this.#print(this.#list(command))
        break
      case 'start':
        return yield* this.#say(
          '🏄',
          `Done! kubectl is now configured to use "${PROFILE}" cluster and "default" namespace by default`,
        )
      default:
        break
    }
    yield* writeError(
      `Error: unknown command ${JSON.stringify(words.slice(0, 2).join(' '))} for "minikube"\nRun 'minikube --help' for usage.\n`,
    )
    return 1
  }

  *#print(text: string): ToolRun {
    yield* writeOut(text)
    return 0
  }

  /** Pictures are for terminals. */
  *#say(picture: string, text: string): ToolRun {
    return yield* this.#print(`${this.#call.isTTY(1) ? `${picture}  ` : '* '}${text}\n`)
  }

  *#fail(reason: string, text: string, exitCode: number): ToolRun {
    const mark = this.#call.isTTY(2) ? '❌  ' : 'X '
    yield* writeError(`\n${mark}Exiting due to ${reason}: ${text}\n`)
    return exitCode
  }

  #send(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): ApiReply {
    return this.#host.request({
      method,
      path,
      contentType: method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      userAgent: 'minikube/v1.37.0',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }

  #items(path: string): readonly KubeObject[] {
    const list = JSON.parse(this.#send('GET', path).text) as { items?: readonly KubeObject[] }
    return list.items ?? []
  }

  /** In the order of their addresses. */
  #nodes(): readonly Node[] {
    const place = (node: Node): number =>
      addressOf(node)
        .split('.')
        .reduce((sum, part) => sum * 256 + Number(part), 0)
    return [...(this.#items(NODES) as readonly Node[])].sort(
      (one, other) => place(one) - place(other),
    )
  }

  #isOff(name: string): boolean {
    const { text, status } = this.#send('GET', `${MACHINES}/${name}`)
    if (status !== 200) return true
    return (JSON.parse(text) as { spec?: { power?: string } }).spec?.power === 'Off'
  }

  *#status(): ToolRun {
    let isWell = true
    for (const { metadata } of this.#nodes()) {
      const name = metadata.name!
      const state = this.#isOff(name) ? 'Stopped' : 'Running'
      isWell &&= state === 'Running'
      const isMain = own(metadata.labels, CONTROL_PLANE) !== undefined
      const more = isMain ? `apiserver: ${state}\nkubeconfig: Configured\n` : ''
      yield* writeOut(
        `${name}\ntype: ${isMain ? 'Control Plane' : 'Worker'}\nhost: ${state}\nkubelet: ${state}\n${more}\n`,
      )
    }
    return isWell ? 0 : 7
  }

  #urlsOf({ spec }: Service): readonly (readonly [target: string, url: string])[] {
    const ip = addressOf(this.#nodes()[0])
    return (spec.ports ?? []).flatMap(({ name, port, nodePort }) =>
      nodePort === undefined || nodePort === 0
        ? []
        : [
            [
              name === undefined ? String(port) : `${name}/${port}`,
              `http://${ip}:${nodePort}`,
            ] as const,
          ],
    )
  }

  *#services(): ToolRun {
    const namespace = this.#given.options.get('n') ?? this.#given.options.get('namespace')
    const path =
      namespace === undefined ? '/api/v1/services' : `/api/v1/namespaces/${namespace}/services`
    const rows = (this.#items(path) as readonly Service[]).map((service) => {
      const urls = this.#urlsOf(service)
      const { namespace: where = '', name = '' } = service.metadata
      if (urls.length === 0) return [where, name, 'No node port', '']
      return [
        where,
        name,
        urls.map(([target]) => target).join('\n'),
        urls.map(([, url]) => url).join('\n'),
      ]
    })
    return yield* this.#print(boxTable(['NAMESPACE', 'NAME', 'TARGET PORT', 'URL'], rows))
  }

  *#service(name: string): ToolRun {
    if (name === '') return yield* this.#fail('MK_USAGE', 'You must specify a service name', 14)
    const { options } = this.#given
    const namespace = options.get('n') ?? options.get('namespace') ?? currentNamespace(this.#call)
    const { status, text } = this.#send('GET', `/api/v1/namespaces/${namespace}/services/${name}`)
    if (status !== 200)
      return yield* this.#fail(
        'SVC_NOT_FOUND',
        `Service '${name}' was not found in '${namespace}' namespace.\nYou may select another namespace by using 'minikube service ${name} -n <namespace>'. Or list out all the services using 'minikube service list'`,
        115,
      )
    const urls = this.#urlsOf(JSON.parse(text) as Service)
    if (options.has('url')) {
      if (urls.length === 0) {
        yield* writeError(`😿  service ${namespace}/${name} has no node port\n`)
        return 1
      }
      return yield* this.#print(urls.map(([, url]) => `${url}\n`).join(''))
    }
    const shown = urls.length === 0 ? [['No node port', ''] as const] : urls
    yield* writeOut(
      boxTable(
        ['NAMESPACE', 'NAME', 'TARGET PORT', 'URL'],
        [
          [
            namespace,
            name,
            shown.map(([target]) => target).join('\n'),
            shown.map(([, url]) => url).join('\n'),
          ],
        ],
      ),
    )
    if (urls.length === 0)
      return yield* this.#say('😿', `service ${namespace}/${name} has no node port`)
    return yield* this.#say('🎉', `Opening service ${namespace}/${name} in default browser...`)
  }

  *#tunnel(): ToolRun {
    yield* this.#say('✅', 'Tunnel successfully started')
    yield* writeOut('\n')
    yield* this.#say(
      '📌',
      'NOTE: Please do not close this terminal as this process must stay alive for the tunnel to be accessible ...',
    )
    yield* waitUntil(() => false)
    return 0
  }

  *#node(act: string, name: string): ToolRun {
    const nodes = this.#nodes()
    if (act === 'list')
      return yield* this.#print(
        nodes.map((node) => `${node.metadata.name}\t${addressOf(node)}\n`).join(''),
      )
    if (act === 'add') return yield* this.#add(nodes)
    if (!['start', 'stop', 'delete'].includes(act))
      return yield* this.#print('Usage: minikube node [add|start|stop|delete|list]\n')
    if (name === '')
      return yield* this.#fail('MK_USAGE', `name is required: minikube node ${act} NAME`, 14)
    if (!nodes.some(({ metadata }) => metadata.name === name))
      return yield* this.#fail(
        'GUEST_NODE_RETRIEVE',
        `retrieving node: Could not find node ${name}`,
        NOT_FOUND,
      )
    if (act === 'delete') return yield* this.#delete(name)
    const isStart = act === 'start'
    yield* isStart
      ? this.#say('👍', `Starting "${name}" worker node in "${PROFILE}" cluster`)
      : this.#say('✋', `Stopping node "${name}"  ...`)
    const reply = this.#send('PATCH', `${MACHINES}/${name}`, {
      spec: { power: isStart ? 'On' : 'Off' },
    })
    if (reply.status >= 300) return yield* this.#refused(reply)
    return isStart
      ? yield* this.#say('😄', `Successfully started node ${name}!`)
      : yield* this.#say('🛑', `Successfully stopped node ${name}`)
  }

  /** The machine's kubelet registers its node. */
  *#add(nodes: readonly Node[]): ToolRun {
    const names = new Set(nodes.map(({ metadata }) => metadata.name))
    let number = nodes.length + 1
    while (names.has(`node-${number}`)) number++
    const name = `node-${number}`
    yield* this.#say('😄', `Adding node ${name} to cluster ${PROFILE} as [worker]`)
    const reply = this.#send('POST', MACHINES, {
      apiVersion: 'kubarium.dev/v1',
      kind: 'Machine',
      metadata: { name },
      spec: {},
    })
    if (reply.status >= 300) return yield* this.#refused(reply)
    return yield* this.#say('🏄', `Successfully added ${name} to ${PROFILE}!`)
  }

  *#delete(name: string): ToolRun {
    yield* this.#say('🔥', `Deleting node ${name} from cluster ${PROFILE}`)
    for (const path of [`${MACHINES}/${name}`, `${NODES}/${name}`]) {
      const reply = this.#send('DELETE', path)
      if (reply.status >= 300 && reply.status !== 404) return yield* this.#refused(reply)
    }
    return yield* this.#say('💀', `Node ${name} was successfully deleted.`)
  }

  *#refused({ text }: ApiReply): ToolRun {
    const { message = text } = JSON.parse(text) as { message?: string }
    return yield* this.#fail('GUEST_NODE', message, NOT_FOUND)
  }

  #list(command: 'addons' | 'profile'): string {
    if (command === 'profile') {
      const nodes = this.#nodes()
      return boxTable(
        [
          'PROFILE',
          'DRIVER',
          'RUNTIME',
          'IP',
          'VERSION',
          'STATUS',
          'NODES',
          'ACTIVE PROFILE',
          'ACTIVE KUBECONTEXT',
        ],
        [
          [
            PROFILE,
            'docker',
            'docker',
            addressOf(nodes[0]),
            'v1.36.2',
            'OK',
            String(nodes.length),
            '*',
            '*',
          ],
        ],
      )
    }
    const running = new Set(
      this.#items('/apis/apps/v1/namespaces/kube-system/deployments').map(
        ({ metadata }) => metadata.name,
      ),
    )
    const status = (isThere: boolean): string => (isThere ? 'enabled ✅' : 'disabled')
    const addons = [
      ['default-storageclass', this.#items('/apis/storage.k8s.io/v1/storageclasses').length > 0],
      ['metrics-server', running.has('metrics-server')],
    ] as const
    return boxTable(
      ['ADDON NAME', 'PROFILE', 'STATUS', 'MAINTAINER'],
      addons.map(([name, isThere]) => [name, PROFILE, status(isThere).padEnd(12), 'Kubernetes']),
    )
  }
}

const addressOf = (node: Node | undefined): string =>
  node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? ''
