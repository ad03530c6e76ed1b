// kubectl's way to the API server: requests go out, answers come back or are thrown as ApiError.
import type { Status } from '#apimachinery/status-error.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { ApiError, KubectlFailure, PlainFailure } from '#kubectl/failure.ts'
import type { ApiCall, ApiReply, ApiStream, KubectlHost, RemoteProgram } from '#kubectl/host.ts'

export interface ClientOptions {
  readonly host: KubectlHost
  /** Where the kubeconfig says that the server is. */
  readonly server: string
  readonly userAgent: string
  readonly impersonate?: ApiCall['impersonate']
  /** Shows what the server warns of. */
  readonly warn: (text: string) => void
}

export const JSON_TYPE = 'application/json'
export const TABLE_TYPE =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json'

type Query = readonly (readonly [string, string])[]

export class ApiClient {
  readonly #options: ClientOptions
  readonly #warned = new Set<string>()

  constructor(options: ClientOptions) {
    this.#options = options
  }

  /** The answer as it came, whatever it says. Throws if there is no server. */
  raw(call: ApiCall): ApiReply {
    const { host } = this.#options
    this.#reach()
    const reply = host.request(this.#complete(call))
    this.#warn(reply)
    return reply
  }

  /** The same for somebody else, who reads by himself what the server warns of. */
  relay(call: ApiCall): ApiReply {
    this.#reach()
    return this.#options.host.request(this.#complete(call))
  }

  /** Throws ApiError. */
  send(call: ApiCall): ApiReply {
    return succeeded(call, this.raw(call))
  }

  /** The answer as an object. Throws ApiError. */
  object(call: ApiCall): JsonObject {
    const { text } = this.send(call)
    return objectOf(text)
  }

  get(path: string, query: Query = [], accept = JSON_TYPE): JsonObject {
    return this.object({ method: 'GET', path, query, accept })
  }

  /** Throws ApiError. */
  stream(call: ApiCall): ApiStream {
    this.#reach()
    const answer = this.#options.host.stream(this.#complete(call))
    if ('read' in answer) return answer
    this.#warn(answer)
    return ended(succeeded(call, answer))
  }

  /** Throws ApiError. */
  program(call: ApiCall): RemoteProgram {
    this.#reach()
    const answer = this.#options.host.program(this.#complete(call))
    return 'look' in answer ? answer : refused(call, answer)
  }

  #complete(call: ApiCall): ApiCall {
    const { userAgent, impersonate } = this.#options
    return {
      accept: JSON_TYPE,
      userAgent,
      ...(impersonate === undefined ? {} : { impersonate }),
      ...call,
    }
  }

  #warn({ warnings }: ApiReply): void {
    for (const text of warnings) {
      if (this.#warned.has(text)) continue
      this.#warned.add(text)
      this.#options.warn(text)
    }
  }

  /** There is one server, whatever the kubeconfig says. */
  #reach(): void {
    const name = this.#unreachable()
    if (name === undefined) return
    throw new PlainFailure(
      `The connection to the server ${name} was refused - did you specify the right host or port?`,
    )
  }

  /** The host and port of a server that is not there. */
  #unreachable(): string | undefined {
    const { host, server } = this.#options
    const given = server.replace(/\/+$/, '')
    if (given === host.server || host.isSame?.(given) === true) return undefined
    return server.replace(/^[a-z]+:\/\//, '').replace(/\/.*/, '')
  }

  /** As Go says that a path cannot be got, or posted to; undefined: it can. */
  problem(path: string, verb = 'Get'): string | undefined {
    const name = this.#unreachable()
    if (name === undefined) return undefined
    const { server } = this.#options
    const url = `${/^[a-z]+:\/\//.test(server) ? server : `http://${server}`}${path}`
    const address = name.replace(/^localhost(?=:|$)/, '127.0.0.1')
    return `${verb} ${JSON.stringify(url)}: dial tcp ${address}: connect: connection refused`
  }
}

/** There was nothing to wait for. */
const ended = ({ text }: ApiReply): ApiStream => {
  let left: string | undefined = text
  return {
    read: () => {
      const now = left
      left = undefined
      return now === '' ? undefined : now
    },
    close: () => undefined,
  }
}

/** Whoever wants to talk is told why not in one way, whatever the server's reason. */
const refused = (call: ApiCall, reply: ApiReply): never => {
  const { message } = statusOf(call, reply)
  throw new KubectlFailure(`unable to upgrade connection: ${message}`)
}

const succeeded = (call: ApiCall, reply: ApiReply): ApiReply => {
  if (reply.status < 300) return reply
  throw new ApiError(statusOf(call, reply))
}

const objectOf = (text: string): JsonObject => {
  try {
    return JSON.parse(text) as JsonObject
  } catch {
    throw new KubectlFailure(
      `couldn't get version/kind; json parse error: invalid character in ${text.slice(0, 40)}`,
    )
  }
}

/** What the server says is wrong; a text of its own where it says it in no Status. */
const statusOf = ({ method, path }: ApiCall, { status: code, text }: ApiReply): Status => {
  try {
    const status = JSON.parse(text) as Status
    if (status.kind === 'Status') return status
  } catch {
    // the text itself is the message
  }
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    ...genericStatus(code, method, path, text),
    code,
  }
}

/** ` (get widgets.example.com web)` for the path of a resource. */
const requestText = (method: string, path: string): string => {
  const found = RESOURCE_PATH.exec(path)
  if (found === null) return ''
  const [, group, plural = '', name] = found
  const verb = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' }[method]
  const what = group === undefined ? plural : `${plural}.${group}`
  return ` (${verb} ${what}${name === undefined ? '' : ` ${decodeURIComponent(name)}`})`
}

const RESOURCE_PATH =
  /^\/(?:api\/v\d\w*|apis\/([^/]+)\/[^/]+)(?:\/namespaces\/[^/]+(?=\/))?\/([^/]+)(?:\/([^/]+))?/

/** kubernetes: apimachinery pkg/api/errors NewGenericServerResponse */
const genericStatus = (
  code: number,
  method: string,
  path: string,
  text: string,
): { readonly reason: string; readonly message: string } => {
  switch (code) {
    case 404:
      return {
        reason: 'NotFound',
        message: `the server could not find the requested resource${requestText(method, path)}`,
      }
    case 401:
      return {
        reason: 'Unauthorized',
        message: 'the server has asked for the client to provide credentials',
      }
    case 403:
      return { reason: 'Forbidden', message: text === '' ? 'forbidden' : text.trim() }
    case 405:
      return {
        reason: 'MethodNotAllowed',
        message: 'the server does not allow this method on the requested resource',
      }
    default:
      return {
        reason: code >= 500 ? 'InternalError' : '',
        message: `the server responded with the status code ${code} but did not return more details${method === 'POST' ? ' (post)' : ''}`,
      }
  }
}
