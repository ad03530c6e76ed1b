// GET …/pods/NAME/log. kubernetes: pkg/registry/core/pod/rest/log.go, pkg/registry/core/pod/strategy.go LogLocation
import type { Pod } from '#api/core/v1/pod/types.ts'
import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
} from '#apimachinery/field-error.ts'
import type { Mutable } from '#apimachinery/object.ts'
import { badRequest, invalid, StatusError } from '#apimachinery/status-error.ts'
import { parseTime } from '#apimachinery/time.ts'
import type { ResourceRequest } from '#kube-apiserver/endpoints/context.ts'
import { liveObject } from '#kube-apiserver/endpoints/get.ts'
import {
  type ApiAnswer,
  type ApiRequest,
  queryFlag,
  queryValue,
} from '#kube-apiserver/endpoints/http.ts'
import { parseInt64 } from '#kube-apiserver/endpoints/list-options.ts'
import { LogReader } from '#kube-apiserver/endpoints/log-reader.ts'
import type { LogStreams } from '#kube-apiserver/endpoints/log-streams.ts'
import type { ContainerLog, Kubelets } from '#client/kubelets.ts'

export interface LogOptions {
  readonly container: string
  readonly follow: boolean
  readonly previous: boolean
  readonly timestamps: boolean
  /** `All`, `Stdout` or `Stderr`. */
  readonly stream: string
  readonly sinceSeconds?: number
  /** Milliseconds since 1970. */
  readonly sinceTime?: number
  readonly tailLines?: number
  readonly limitBytes?: number
}

const STREAMS = ['All', 'Stderr', 'Stdout']
const TEXT = 'text/plain'

/** What the container has written, or what it writes from now on. Throws what a real API server answers. */
export const podLog = (
  target: ResourceRequest,
  kubelets: Kubelets,
  streams: LogStreams,
): ApiAnswer => {
  const { request, context, path } = target
  const options = logOptionsOf(request)
  const errors = problemsOf(options)
  if (errors.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, path.name, errors)
  const pod = liveObject(target) as Pod
  const container = containerOf(pod, options.container)
  // it has no node yet, so that nobody can be asked
  if ((pod.spec.nodeName ?? '') === '') return { status: 204, contentType: TEXT, body: [] }
  const log = logOf(kubelets, pod, container, request)
  const reader = new LogReader(log, options, context.now())
  if (!options.follow) return { status: 200, contentType: TEXT, body: [reader.read(context.now())] }
  return {
    status: 200,
    contentType: TEXT,
    watch: streams.follow(log, reader),
  }
}

const logOf = (
  kubelets: Kubelets,
  pod: Pod,
  container: string,
  request: ApiRequest,
): ContainerLog => {
  const { namespace = '', name = '' } = pod.metadata
  const query = request.query
    .filter(([key]) => key !== 'container')
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .toSorted()
    .join('&')
  const path = `containerLogs/${namespace}/${name}/${container}${query === '' ? '' : `?${query}`}`
  const { host, failure } = kubelets.dial(pod.spec.nodeName ?? '')
  if (failure !== undefined)
    throw new StatusError(500, '', `Get "https://${host}/${path}": ${failure}`)
  const log = kubelets.logOf(pod, container, queryFlag(request, 'previous'))
  if ('problem' in log) throw badRequest(log.problem)
  return log
}

const logOptionsOf = (request: ApiRequest): LogOptions => {
  const options: Mutable<LogOptions> = {
    container: queryValue(request, 'container') ?? '',
    follow: queryFlag(request, 'follow'),
    previous: queryFlag(request, 'previous'),
    timestamps: queryFlag(request, 'timestamps'),
    stream: queryValue(request, 'stream') ?? 'All',
  }
  for (const name of ['sinceSeconds', 'tailLines', 'limitBytes'] as const) {
    const text = queryValue(request, name)
    if (text !== undefined) options[name] = parseInt64(text)
  }
  const since = queryValue(request, 'sinceTime') ?? ''
  if (since !== '') options.sinceTime = momentOf(since)
  return options
}

const momentOf = (text: string): number => {
  const moment = parseTime(text)
  if (!Number.isNaN(moment)) return moment
  const quoted = JSON.stringify(text)
  throw badRequest(
    `parsing time ${quoted} as "2006-01-02T15:04:05Z07:00": cannot parse ${quoted} as "2006"`,
  )
}

/** kubernetes: pkg/apis/core/validation/validation.go ValidatePodLogOptions */
const problemsOf = (options: LogOptions): readonly FieldError[] => {
  const { tailLines, limitBytes, sinceSeconds, sinceTime, stream } = options
  const errors: FieldError[] = []
  if (tailLines !== undefined && tailLines < 0)
    errors.push(invalidValue('tailLines', tailLines, 'must be greater than or equal to 0'))
  if (limitBytes !== undefined && limitBytes < 1)
    errors.push(invalidValue('limitBytes', limitBytes, 'must be greater than 0'))
  if (sinceSeconds !== undefined && sinceTime !== undefined)
    errors.push(forbiddenValue('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'))
  else if (sinceSeconds !== undefined && sinceSeconds < 1)
    errors.push(invalidValue('sinceSeconds', sinceSeconds, 'must be greater than 0'))
  if (!STREAMS.includes(stream)) errors.push(notSupported('stream', stream, STREAMS))
  else if (stream !== 'All' && tailLines !== undefined)
    errors.push(
      forbiddenValue('', '`tailLines` and specific `stream` are mutually exclusive for now'),
    )
  return errors
}

const names = (containers: readonly { readonly name: string }[]): string =>
  containers.map(({ name }) => name).join(' ')

/** The container that is meant, which need not be named where there is one. */
export const containerOf = (pod: Pod, asked: string): string => {
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec
  const { name = '' } = pod.metadata
  if (asked !== '') {
    const all = [...containers, ...initContainers, ...ephemeralContainers]
    if (all.some((container) => container.name === asked)) return asked
    throw badRequest(`container ${asked} is not valid for pod ${name}`)
  }
  if (containers.length === 1) return containers[0]!.name
  const init =
    initContainers.length === 0 ? '' : ` or one of the init containers: [${names(initContainers)}]`
  throw badRequest(
    `a container name must be specified for pod ${name}, choose one of: [${names(containers)}]${init}`,
  )
}
