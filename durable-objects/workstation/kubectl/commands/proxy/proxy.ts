// kubernetes: kubectl pkg/cmd/proxy/proxy.go, pkg/proxy/proxy_server.go
import { compilePattern, type Pattern, PatternError } from '#apimachinery/re2.ts'
import { own } from '#apimachinery/object.ts'
import { isFailure } from '#shell/files/failure.ts'
import { givenPath } from '#shell/files/path.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { fileReply } from '#kubectl/commands/proxy/files.ts'
import { cleanPath, errorReply, notFound, pathOf, redirect } from '#kubectl/commands/proxy/reply.ts'
import { rawTarget } from '#kubectl/commands/get/raw.ts'
import { ApiError, KubectlFailure, PlainFailure } from '#kubectl/failure.ts'
import type { ApiCall, LocalReply, LocalRequest } from '#kubectl/host.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { logLine } from '#kubectl/log.ts'

const DEFAULT_PORT = 8001
const PATTERN_FAILURE = 255
const V4 = /^\d{1,3}(\.\d{1,3}){3}$/

interface Proxy {
  readonly run: Invocation
  /** Undefined: everything is accepted. */
  readonly filter: Filter | undefined
  readonly apiPrefix: string
  readonly staticPrefix: string
  readonly folder: string
}

export function* proxy(run: Invocation): ToolRun<void> {
  const { flags } = run
  const path = /^[a-z]+:\/\/[^/]*(\/.*[^/])\/*$/.exec(run.connection.server)?.[1]
  if (path !== undefined && !flags.bool('append-server-path'))
    warn(
      run,
      172,
      `Your kube context contains a server path ${path}, use --append-server-path to automatically append the path to each request`,
    )
  const isFree = flags.bool('disable-filter')
  if (isFree && flags.string('unix-socket') === '')
    warn(
      run,
      177,
      'Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious',
    )
  const server: Proxy = {
    run,
    filter: isFree ? undefined : filterOf(run),
    apiPrefix: withSlash(flags.string('api-prefix')),
    staticPrefix: withSlash(flags.string('www-prefix')),
    folder: flags.string('www'),
  }
  check(run)
  const port = run.host.serve(portToServe(run), (request) => answer(server, request))
  if (typeof port === 'string')
    throw new KubectlFailure(
      port.replace('tcp4 127.0.0.1', `tcp ${shownAddress(flags.string('address'))}`),
    )
  try {
    run.out(`Starting to serve on ${shownAddress(flags.string('address'))}:${port.localPort}\n`)
    yield* run.flush()
    for (;;) yield { kind: 'wait', ready: () => false }
  } finally {
    port.close()
  }
}

const warn = (run: Invocation, line: number, text: string): void =>
  run.err(logLine(run, `proxy.go:${line}`, text))

const withSlash = (prefix: string): string => (prefix.endsWith('/') ? prefix : `${prefix}/`)

/** kubernetes: Validate */
const check = (run: Invocation): void => {
  const { flags, call } = run
  const socket = flags.string('unix-socket')
  if (socket !== '' && flags.int('port') !== DEFAULT_PORT)
    throw new KubectlFailure('cannot set --unix-socket and --port at the same time')
  const folder = flags.string('www')
  if (folder !== '') {
    const stat = call.files.stat(givenPath(call.cwd, folder))
    if (isFailure(stat))
      warn(
        run,
        200,
        `Failed to stat static file directory ${folder}: stat ${folder}: ${stat.text.toLowerCase()}`,
      )
    else if (stat.kind !== 'directory')
      warn(run, 202, `Static file directory ${folder} is not a directory`)
  }
  // the computer's file systems know no sockets
  if (socket !== '')
    throw new KubectlFailure(`listen unix ${socket}: bind: operation not permitted`)
}

/** Throws if nobody could listen there. golang: net.Listen */
const portToServe = ({ flags }: Invocation): number => {
  const [address, port] = [flags.string('address'), flags.int('port')]
  if (address.includes(':') && !/^\[.*\]$/.test(address))
    throw new KubectlFailure(`listen tcp: address ${address}:${port}: too many colons in address`)
  if (port < 0 || port > 65_535)
    throw new KubectlFailure(`listen tcp: address ${port}: invalid port`)
  if (V4.test(address) && !/^(127\.|0\.0\.0\.0$)/.test(address))
    throw new KubectlFailure(`listen tcp ${address}:${port}: bind: cannot assign requested address`)
  if (!V4.test(address) && !['', 'localhost', '[::]', '[::1]'].includes(address))
    throw new KubectlFailure(`listen tcp: lookup ${address}: no such host`)
  return port
}

const shownAddress = (address: string): string => {
  if (address === 'localhost') return '127.0.0.1'
  return address === '' || address === '0.0.0.0' ? '[::]' : address
}

interface Filter {
  readonly acceptPaths: readonly Pattern[]
  readonly rejectPaths: readonly Pattern[]
  readonly acceptHosts: readonly Pattern[]
  readonly rejectMethods: readonly Pattern[]
}

const filterOf = (run: Invocation): Filter => ({
  acceptPaths: patternsOf(run, 'accept-paths'),
  rejectPaths: patternsOf(run, 'reject-paths'),
  acceptHosts: patternsOf(run, 'accept-hosts'),
  rejectMethods: patternsOf(run, 'reject-methods'),
})

/** kubernetes: MakeRegexpArrayOrDie */
const patternsOf = (run: Invocation, flag: string): readonly Pattern[] => {
  const text = run.flags.string(flag)
  if (text === '') return []
  try {
    return text.split(',').map((source) => compilePattern(source))
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    throw new PlainFailure(
      logLine(run, 'proxy_server.go:83', `Error compiling re: ${error.message}`, 'F'),
      PATTERN_FAILURE,
    )
  }
}

const matches = (text: string, patterns: readonly Pattern[]): boolean =>
  patterns.some((pattern) => pattern.test(text))

/** golang: ServeMux with the two prefixes. */
const answer = (server: Proxy, request: LocalRequest): LocalReply => {
  const path = pathOf(request)
  const clean = cleanPath(path)
  if (clean !== path) return redirect(request, clean, 307)
  const prefixes = [
    ...(server.folder === '' ? [] : [server.staticPrefix]),
    server.apiPrefix,
  ].toSorted((a, b) => b.length - a.length)
  if (prefixes.includes(`${path}/`)) return redirect(request, `${path}/`, 307)
  const prefix = prefixes.find((one) => path.startsWith(one))
  if (prefix === undefined) return notFound()
  if (server.folder !== '' && prefix === server.staticPrefix)
    return fileReply(server.run, server.folder, prefix, request)
  return apiReply(server, request)
}

const apiReply = ({ run, filter, apiPrefix }: Proxy, request: LocalRequest): LocalReply => {
  const isStripped = !apiPrefix.startsWith('/api')
  const asked = isStripped
    ? { ...request, path: `/${request.path.slice(apiPrefix.length)}` }
    : request
  if (filter !== undefined && !isAccepted(filter, asked)) return errorReply('Forbidden', 403)
  const call = callOf(asked)
  try {
    return isEndless(call) ? beginningOf(run, call) : relayed(run, call)
  } catch (error) {
    if (error instanceof ApiError)
      return json(error.status.code ?? 500, `${JSON.stringify(error.status)}\n`)
    if (error instanceof KubectlFailure) return errorReply(error.message, 500)
    throw error
  }
}

const isAccepted = (filter: Filter, request: LocalRequest): boolean => {
  const path = pathOf(request)
  const host = (header(request, 'host') ?? 'localhost').replace(/:\d+$/, '')
  return (
    !matches(path, filter.rejectPaths) &&
    !matches(request.method, filter.rejectMethods) &&
    matches(path, filter.acceptPaths) &&
    matches(host, filter.acceptHosts)
  )
}

const header = ({ headers = {} }: LocalRequest, wanted: string): string | undefined => {
  const name = Object.keys(headers).find((one) => one.toLowerCase() === wanted)
  return name === undefined ? undefined : own(headers, name)
}

const callOf = (request: LocalRequest): ApiCall => {
  const [accept, contentType, userAgent] = ['accept', 'content-type', 'user-agent'].map((name) =>
    header(request, name),
  )
  return {
    // a reply to HEAD is that to GET, without its body
    method: (request.method === 'HEAD' ? 'GET' : request.method) as ApiCall['method'],
    ...rawTarget(request.path),
    ...(accept === undefined ? {} : { accept }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(request.body === undefined ? {} : { body: request.body }),
  }
}

const isEndless = ({ query = [] }: ApiCall): boolean =>
  query.some(([name, value]) => ['watch', 'follow'].includes(name) && ['1', 'true'].includes(value))

/** Nobody waits for an answer that has no end: it ends with what there is. */
const beginningOf = (run: Invocation, call: ApiCall): LocalReply => {
  const stream = run.client.stream(call)
  const body = stream.read() ?? ''
  stream.close()
  return json(200, body)
}

const json = (status: number, body: string, contentType = 'application/json'): LocalReply => ({
  status,
  headers: { 'Cache-Control': 'no-cache, private', 'Content-Type': contentType },
  body,
})

const relayed = (run: Invocation, call: ApiCall): LocalReply => {
  const { status, contentType, warnings, text } = run.client.relay(call)
  const reply = json(status, text, contentType)
  return warnings.length === 0
    ? reply
    : {
        ...reply,
        headers: {
          ...reply.headers,
          Warning: warnings.map((one) => `299 - ${JSON.stringify(one)}`).join(', '),
        },
      }
}
