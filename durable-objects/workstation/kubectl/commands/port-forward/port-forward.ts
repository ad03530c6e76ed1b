// kubernetes: kubectl pkg/cmd/portforward/portforward.go, client-go tools/portforward/portforward.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import {
  type ForwardedPair,
  localAddresses,
  parsePorts,
} from '#kubectl/commands/port-forward/port-pairs.ts'
import { podPorts, servicePorts } from '#kubectl/commands/port-forward/port-names.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { ApiStream, ForwardedPort } from '#kubectl/host.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { attachablePod, objectNamed, podRunningTimeoutOrUsage } from '#kubectl/resource/pods-of.ts'

interface Open {
  readonly pair: ForwardedPair
  readonly port: ForwardedPort
}

export function* portForward(run: Invocation): ToolRun<void> {
  const { args, flags } = run
  if (args.length < 2) throw run.usage('TYPE/NAME and list of ports are required for port-forward')
  const timeout = podRunningTimeoutOrUsage(run)
  const info = objectNamed(run, args[0]!)
  const pod = yield* attachablePod(run, info, timeout)
  const given = args.slice(1)
  const ports =
    info.resource.kind === 'Service' ? servicePorts(given, info, pod) : podPorts(given, pod)
  const { phase = '' } = pod.status
  if (phase !== 'Running')
    throw new KubectlFailure(
      `unable to forward port because pod is not running. Current status=${phase}`,
    )
  const addresses = localAddresses(flags.list('address'))
  const pairs = parsePorts(ports)
  const open = pairs.flatMap((pair) => listen(run, pod, pair, addresses))
  try {
    if (open.length === 0)
      throw new KubectlFailure(
        `unable to listen on any of the requested ports: [${pairs.map(({ local, remote }) => `{${local} ${remote}}`).join(' ')}]`,
      )
    yield* serve(run, pod, open)
  } finally {
    for (const { port } of open) port.close()
  }
}

const listen = (
  run: Invocation,
  pod: Pod,
  pair: ForwardedPair,
  addresses: readonly string[],
): readonly Open[] => {
  const { namespace = '', name = '' } = pod.metadata
  const port = run.host.forward(namespace, name, pair.local, pair.remote)
  if (typeof port === 'string') {
    const errors = addresses.map(
      (address) => `unable to create listener: Error ${at(port, address)}`,
    )
    run.err(
      `Unable to listen on port ${pair.local}: Listeners failed to create with the following errors: [${errors.join(' ')}]\n`,
    )
    return []
  }
  for (const address of addresses)
    run.out(`Forwarding from ${shown(address)}:${port.localPort} -> ${pair.remote}\n`)
  return [{ pair, port }]
}

const shown = (address: string): string => (address.includes(':') ? `[${address}]` : address)

/** The same error at another address. */
const at = (error: string, address: string): string =>
  address.includes(':')
    ? error.replace('tcp4', 'tcp6').replace('127.0.0.1', `[${address}]`)
    : error.replace('127.0.0.1', address)

/** Until the Pod is gone, or whoever forwards has had enough. */
function* serve(run: Invocation, pod: Pod, open: readonly Open[]): ToolRun<void> {
  const { namespace = '', name = '', resourceVersion = '' } = pod.metadata
  const watch = run.client.stream({
    method: 'GET',
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
    query: [
      ['fieldSelector', `metadata.name=${name}`],
      ['resourceVersion', resourceVersion],
      ['watch', 'true'],
    ],
  })
  let isLost = false
  const hasNews = (): boolean => {
    isLost ||= hasEnded(watch)
    let isNews = isLost
    for (const { port } of open)
      for (let count = port.takeConnections(); count > 0; count--) {
        run.out(`Handling connection for ${port.localPort}\n`)
        isNews = true
      }
    return isNews
  }
  try {
    for (;;) {
      hasNews()
      yield* run.flush()
      if (isLost) throw new KubectlFailure('lost connection to pod')
      yield { kind: 'wait', ready: hasNews }
    }
  } finally {
    watch.close()
  }
}

const hasEnded = (watch: ApiStream): boolean => {
  const news = watch.read()
  if (news === undefined || news === '') return false
  return news
    .split('\n')
    .filter((line) => line !== '')
    .some((line) => {
      const { type, object } = JSON.parse(line) as { readonly type: string; readonly object: Pod }
      return type === 'DELETED' || (object.status?.phase ?? 'Running') !== 'Running'
    })
}
