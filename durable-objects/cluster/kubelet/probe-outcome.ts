// What a probe would get as an answer, and when that answer changes. kubernetes: pkg/kubelet/prober/prober.go, pkg/probe
import type { Container, Probe } from '#api/core/v1/pod/container-types.ts'
import type { Process, Self } from '#images/behaviour.ts'
import { runCommand } from '#images/command.ts'
import type { ContainerRecord, ProbeKind } from '#kubelet/pod-record.ts'

/** The answer from `from` (milliseconds after the start) until the next one. `undefined`: no answer counts. */
export interface ProbeOutcome {
  readonly from: number
  readonly isHealthy: boolean | undefined
  readonly message: string
}

export interface ProbeTarget {
  readonly container: Container
  readonly process: Process
  readonly ip: string
  readonly hostname: string
  readonly env: Readonly<Record<string, string>>
  /** What commands said when they were run. Absent: nobody can run them, and what they say is guessed. */
  readonly looks?: NonNullable<ContainerRecord['looks']>
  /** What its servers find on its disk. Absent: what its image and its process put there. */
  readonly files?: Pick<Self, 'file' | 'isGone'>
  /** When it was sent SIGTERM, in milliseconds after the start. */
  readonly stoppingSince?: number
}

/** All answers in the container's life, in order. */
export const probeOutcomes = (
  probe: Probe,
  target: ProbeTarget,
  kind: ProbeKind,
): readonly ProbeOutcome[] => {
  const looks = target.looks?.[kind]?.looks
  if (probe.exec !== undefined && target.looks !== undefined) return looks ?? []
  const outcomes = outcomesByItself(probe, target)
  const [first] = looks ?? []
  return first === undefined || looks === undefined
    ? outcomes
    : [...outcomes.filter(({ from }) => from < first.from), ...looks]
}

const outcomesByItself = (probe: Probe, target: ProbeTarget): readonly ProbeOutcome[] => {
  const outcomes: ProbeOutcome[] = []
  for (const from of momentsOfChange(target)) {
    const outcome = { from, ...answer(probe, target, from) }
    const before = outcomes.at(-1)
    if (before?.isHealthy !== outcome.isHealthy || before?.message !== outcome.message)
      outcomes.push(outcome)
  }
  return outcomes
}

export const momentsOfChange = ({
  process,
  stoppingSince,
}: Pick<ProbeTarget, 'process' | 'stoppingSince'>): readonly number[] => {
  const { listens, files } = process
  const moments = new Set([0])
  if (stoppingSince !== undefined) moments.add(stoppingSince)
  for (const { after, changes } of listens) {
    moments.add(after)
    for (const change of changes ?? []) moments.add(after + change)
  }
  for (const { after } of files ?? []) moments.add(after)
  return [...moments].sort((a, b) => a - b)
}

/** What a server answers at an age with what lies on its disk. */
export const lookByHttp = (
  probe: Probe,
  target: ProbeTarget,
  age: number,
): Omit<ProbeOutcome, 'from'> => answer(probe, target, age)

type Answer = Omit<ProbeOutcome, 'from'>

const HEALTHY: Answer = { isHealthy: true, message: '' }
const failing = (message: string): Answer => ({ isHealthy: false, message })

const answer = (probe: Probe, target: ProbeTarget, age: number): Answer => {
  if (probe.exec !== undefined) return answerExec(probe.exec.command ?? [], target, age)
  const { httpGet, tcpSocket, grpc } = probe
  if (httpGet !== undefined) {
    const port = portOf(httpGet.port, target.container)
    if (port === undefined) return { isHealthy: undefined, message: '' }
    return answerHTTP(httpGet, port, target, { age, timeout: (probe.timeoutSeconds ?? 1) * 1000 })
  }
  const named = tcpSocket?.port ?? grpc?.port
  const port = named === undefined ? undefined : portOf(named, target.container)
  if (port === undefined) return { isHealthy: undefined, message: '' }
  if (isListening(target, port, age)) return HEALTHY
  const address = `${tcpSocket?.host ?? target.ip}:${port}`
  if (grpc === undefined) return failing(`dial tcp ${address}: connect: connection refused`)
  const timeout = `${probe.timeoutSeconds ?? 1}s`
  return failing(
    `timeout: failed to connect service "${address}" within ${timeout}: context deadline exceeded`,
  )
}

type HttpGet = NonNullable<Probe['httpGet']>

interface Moment {
  /** Milliseconds since the container's start. */
  readonly age: number
  /** How long the kubelet waits. */
  readonly timeout: number
}

const answerHTTP = (
  get: HttpGet,
  port: number,
  target: ProbeTarget,
  { age, timeout }: Moment,
): Answer => {
  const address = `${get.host ?? target.ip}:${port}`
  const path = get.path ?? '/'
  const listener = listenerOn(target.process, port, age)
  // A guessed server is taken to be as healthy as its author says.
  if (target.process.guessed === true) return HEALTHY
  const url = `${(get.scheme ?? 'HTTP').toLowerCase()}://${address}${path.startsWith('/') ? '' : '/'}${path}`
  if (listener === undefined)
    return failing(`Get "${url}": dial tcp ${address}: connect: connection refused`)
  if ((get.scheme === 'HTTPS') !== (listener.tls === true))
    return failing(
      get.scheme === 'HTTPS'
        ? `Get "${url}": http: server gave HTTP response to HTTPS client`
        : 'HTTP probe failed with statuscode: 400',
    )
  if (listener.http === undefined) return failing(`Get "${url}": EOF`)
  const self: Self = {
    hostname: target.hostname,
    podIP: target.ip,
    env: target.env,
    age: age - listener.after,
    ...target.files,
    client: `${target.ip.replace(/\.\d+$/, '.1')}:40000`,
    port,
    isStopping: target.stoppingSince !== undefined && age >= target.stoppingSince,
  }
  const { status, takes = 0, fails } = listener.http({ method: 'GET', path }, self)
  if (fails === 'silent' || takes > timeout)
    return failing(
      `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    )
  if (fails === 'reset') return failing(`Get "${url}": EOF`)
  return status >= 200 && status < 400
    ? HEALTHY
    : failing(`HTTP probe failed with statuscode: ${status}`)
}

const listenerOn = (process: Process, port: number, age: number) =>
  process.listens.find(
    (listener) =>
      listener.port === port &&
      listener.protocol === 'TCP' &&
      listener.after <= age &&
      // the kubelet asks from outside the pod
      listener.host === undefined,
  )

const isListening = ({ process }: ProbeTarget, port: number, age: number): boolean =>
  process.guessed === true || listenerOn(process, port, age) !== undefined

const answerExec = (command: readonly string[], target: ProbeTarget, age: number): Answer => {
  const changes = target.process.files ?? []
  const result = runCommand(command, {
    env: target.env,
    ports: [],
    exists: (path) =>
      changes.findLast((file) => file.path === path && file.after <= age)?.exists ??
      !path.startsWith('/tmp/'),
  })
  // Nobody knows what the command does: it is taken to succeed.
  if (result.ends === undefined || result.ends.exitCode === 0) return HEALTHY
  return failing(result.log.map((line) => `${line.text}\n`).join(''))
}

const portOf = (port: number | string, container: Container): number | undefined => {
  if (typeof port === 'number') return port
  const named = container.ports?.find(({ name }) => name === port)
  if (named !== undefined) return named.containerPort
  return /^\d+$/.test(port) ? Number(port) : undefined
}
