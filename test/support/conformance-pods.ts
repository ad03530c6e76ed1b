// What the specs of [sig-network] begin with: Pods of agnhost, on which nodes, and commands in them.
// kubernetes: test/e2e/framework/pod, test/e2e/framework/node
import type { Node } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { ApiAnswer } from '#kube-apiserver/endpoints/http.ts'
import { ExecSession } from '#world/container/container-session.ts'
import type { Framework } from './conformance.ts'
import { AGNHOST } from './conformance-objects.ts'

export type Protocol = 'TCP' | 'UDP' | 'SCTP'
export type Labels = Readonly<Record<string, string>>

export interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

export class CommandFailed extends Error {
  readonly ran: Ran

  constructor(command: string, ran: Ran) {
    super(`${command}: exit ${ran.exitCode}\n${ran.stdout}\n${ran.stderr}`)
    this.ran = ran
  }
}

const utf8 = (bytes: string): string => Buffer.from(bytes, 'latin1').toString()

const connectionOf = (f: Framework, pod: string, argv: readonly string[], container: string) => {
  const query = [
    ...argv.map((word) => ['command', word] as const),
    ...(container === '' ? [] : [['container', container] as const]),
    ['stdout', 'true'] as const,
    ['stderr', 'true'] as const,
  ]
  const answer: ApiAnswer = f.api.cluster.handle({
    method: 'GET',
    path: f.path('pods', pod, { subresource: 'exec' }),
    query,
    accept: '*/*',
    contentType: '',
    userAgent: 'e2e.test/v1.36.2',
    upgrade: true,
    body: '',
    user: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
  })
  if ('watch' in answer || answer.connection === undefined)
    throw new Error(`exec in ${pod}: ${'watch' in answer ? '' : answer.body.join('')}`)
  return answer.connection
}

/** Runs a command in a container to its end, on the clock of the session. */
export const exec = (f: Framework, pod: string, argv: readonly string[], container = ''): Ran => {
  const session = new ExecSession({
    ...connectionOf(f, pod, argv, container),
    stdin: false,
    tty: false,
  })
  const { cluster } = f.api
  let [stdout, stderr] = ['', '']
  for (;;) {
    const news = cluster.look(session)
    stdout += news.stdout
    stderr += news.stderr
    if (news.failure !== undefined) throw new Error(news.failure)
    if (news.exitCode !== undefined)
      return { stdout: utf8(stdout), stderr: utf8(stderr), exitCode: news.exitCode }
    f.sleep((news.wakeIn ?? 1000) / 1000)
  }
}

/** kubernetes: test/e2e/framework/pod/output/output.go RunHostCmd */
export const runHostCmd = (f: Framework, pod: string, command: string): string => {
  const ran = exec(f, pod, ['/bin/sh', '-x', '-c', command])
  if (ran.exitCode !== 0) throw new CommandFailed(command, ran)
  return ran.stdout
}

/** What went wrong with a command, or undefined. */
export const failureOf = (f: Framework, pod: string, command: string): Ran | undefined => {
  const ran = exec(f, pod, ['/bin/sh', '-x', '-c', command])
  return ran.exitCode === 0 ? undefined : ran
}

export interface ContainerPort {
  readonly name?: string
  readonly containerPort: number
  readonly protocol?: Protocol
}

/** kubernetes: test/e2e/framework/pod/resource.go NewAgnhostContainer */
export const agnhostContainer = (
  name: string,
  ports: readonly ContainerPort[],
  ...args: readonly string[]
): object => ({
  name,
  image: AGNHOST,
  ports,
  args,
  securityContext: {},
})

export interface AgnhostPod {
  readonly labels?: Labels
  readonly ports?: readonly ContainerPort[]
  readonly args?: readonly string[]
  readonly spec?: object
}

/** kubernetes: test/e2e/framework/pod/resource.go NewAgnhostPod */
export const agnhostPod = (name: string, { labels, ports, args, spec }: AgnhostPod = {}) => ({
  metadata: { name, ...(labels === undefined ? {} : { labels }) },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [agnhostContainer('agnhost-container', ports ?? [], ...(args ?? []))],
    ...spec,
  },
})

export const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true

export const untilReady = (f: Framework, name: string): Pod =>
  f.until(
    `${name} to be ready`,
    () => {
      const pod = f.get('pods', name)
      return isReady(pod) && pod
    },
    300,
  )

export const createReady = (f: Framework, pod: object): Pod =>
  untilReady(f, f.create('pods', pod).metadata.name!)

/** kubernetes: test/e2e/framework/pod/create.go CreateExecPodOrFail */
export const createExecPod = (f: Framework, name: string, spec: object = {}): string => {
  const whole = agnhostPod(name, { args: ['pause'], spec })
  return createReady(f, { ...whole, metadata: { generateName: name } }).metadata.name!
}

/** kubernetes: test/e2e/network/service.go launchHostExecPod */
export const launchHostExecPod = (f: Framework, name: string, spec: object = {}): string =>
  createReady(f, agnhostPod(name, { args: ['pause'], spec: { hostNetwork: true, ...spec } }))
    .metadata.name!

/** kubernetes: test/e2e/framework/pod/delete.go DeletePodOrFail, and what the specs wait for after it. */
export const deletePod = (f: Framework, name: string): void => f.delete('pods', name)

const NO_WORK = new Set(['NoSchedule', 'NoExecute'])

/** kubernetes: test/e2e/framework/node/resource.go GetBoundedReadySchedulableNodes */
export const schedulableNodes = (f: Framework, most = Infinity): readonly Node[] =>
  f
    .list('nodes')
    .items.filter(
      ({ spec }) =>
        spec?.unschedulable !== true &&
        !(spec?.taints ?? []).some(
          ({ key, effect }) =>
            key !== 'node-role.kubernetes.io/control-plane' && NO_WORK.has(effect),
        ),
    )
    .slice(0, most)

export const internalIp = ({ status }: Node): string =>
  status.addresses!.find(({ type }) => type === 'InternalIP')!.address

/** kubernetes: test/e2e/framework/pod/node_selection.go SetNodeSelection */
export const onNode = ({ metadata }: Node): object => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          {
            matchFields: [{ key: 'metadata.name', operator: 'In', values: [metadata.name] }],
          },
        ],
      },
    },
  },
})
