// The computer's way to the Kubernetes API, as its kubectl uses it.
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { UserInfo } from '#api/strategy.ts'
import type { Mutable } from '#apimachinery/object.ts'
import { decodeUtf8Loosely } from '#apimachinery/utf8.ts'
import type {
  Answer,
  ApiAnswer,
  ApiRequest,
  Connection,
  WatchAnswer,
} from '#kube-apiserver/endpoints/http.ts'
import type {
  ApiCall,
  ApiReply,
  ApiStream,
  ForwardedPort,
  KubectlHost,
  LocalReply,
  LocalRequest,
  RemoteProgram,
} from '#kubectl/host.ts'
import { AttachedSession } from '#world/container/attached-session.ts'
import { IDLE } from '#world/container/container-program.ts'
import { ExecSession, type SessionNews } from '#world/container/container-session.ts'
import { API_SERVER } from '#workstation/computer-image.ts'
import type { LocalPorts } from '#workstation/local-ports.ts'
import { type Place } from '#workstation/place.ts'

/** What a stream that nobody reads may hold. */
const MOST_UNREAD = 8 * 1024 * 1024

const FORBIDDEN = 403
/** Where connections of the computer to itself come from. */
const CLIENT_PORT = 41_000
/** What a server in Go answers to anything else. */
const NO_HTTP =
  'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request'

const messageOf = (text: string): string =>
  (JSON.parse(text) as { readonly message?: string }).message ?? text

/** undefined: they are none. */
const podOf = (text: string): Pod | undefined => {
  const object = JSON.parse(text) as Partial<Pod>
  return object.kind === 'Pod' ? (object as Pod) : undefined
}

export class ApiHost implements KubectlHost {
  readonly server = API_SERVER
  readonly #place: Place
  readonly #user: UserInfo
  readonly #ports: LocalPorts
  readonly #session: string
  readonly #open = new Set<() => void>()

  /** `session`: its id, which stands in the URL of its Kubernetes API. */
  constructor(place: Place, user: UserInfo, ports: LocalPorts, session: string) {
    this.#place = place
    this.#user = user
    this.#ports = ports
    this.#session = session
  }

  /** A kubeconfig that was downloaded and brought here names the server by the session's URL. */
  isSame(server: string): boolean {
    const [, capability] = /^https?:\/\/[^/]+\/k8s\/([^/]+)$/.exec(server) ?? []
    return capability?.split('.')[0] === this.#session
  }

  /** Lets go of all that is still open: its program has ended, however it did. */
  close(): void {
    for (const close of this.#open) close()
    this.#open.clear()
  }

  request(call: ApiCall): ApiReply {
    const answer = this.#handle(call)
    return 'watch' in answer ? emptyReply(answer) : replyOf(answer)
  }

  stream(call: ApiCall): ApiStream | ApiReply {
    const answer = this.#handle(call)
    if (!('watch' in answer)) return replyOf(answer)
    const stream = streamOf(answer.watch)
    this.#open.add(() => stream.close())
    return stream
  }

  program(call: ApiCall): RemoteProgram | ApiReply {
    const answer = this.#handle(call, true)
    if ('watch' in answer) return emptyReply(answer)
    return answer.connection === undefined ? replyOf(answer) : this.#programOf(answer.connection)
  }

  forward(
    namespace: string,
    name: string,
    localPort: number,
    port: number,
  ): ForwardedPort | string {
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`
    const asked = this.#handle({ method: 'POST', path: `${path}/portforward` }, true)
    if (asked.status === FORBIDDEN && !('watch' in asked))
      return `error upgrading connection: ${messageOf(asked.body.join(''))}`
    const opened = this.#ports.listen(localPort, (contact) => {
      const pod = podOf(this.request({ method: 'GET', path }).text)
      if (pod === undefined) return undefined
      return this.#place.ask((cluster) =>
        cluster
          .world()
          .networkOf(pod)
          .contact({ ...contact, address: '127.0.0.1', port }),
      )
    })
    if (typeof opened !== 'string') this.#open.add(() => opened.close())
    return opened
  }

  serve(localPort: number, answer: (request: LocalRequest) => LocalReply): ForwardedPort | string {
    const opened = this.#ports.listen(localPort, ({ http, message }) => {
      const told = { source: `127.0.0.1:${CLIENT_PORT}`, takes: 1 } as const
      if (http !== undefined) return { ...told, outcome: 'http', reply: answer(http) }
      return message === undefined
        ? { ...told, outcome: 'silent' }
        : { ...told, outcome: 'message', text: NO_HTTP }
    })
    if (typeof opened !== 'string') this.#open.add(() => opened.close())
    return opened
  }

  #handle(call: ApiCall, upgrade = false): ApiAnswer {
    const request: Mutable<ApiRequest> = {
      method: call.method,
      path: call.path,
      query: call.query ?? [],
      accept: call.accept ?? 'application/json',
      contentType: call.contentType ?? '',
      userAgent: call.userAgent ?? '',
      body: call.body ?? '',
      user: this.#user,
    }
    if (call.impersonate !== undefined) request.impersonate = call.impersonate
    if (upgrade) request.upgrade = true
    return this.#place.ask((cluster) => cluster.handle(request))
  }

  #programOf({ kind, pod, container, command, stdin, tty }: Connection): RemoteProgram {
    const isStill = () => this.#place.isStill
    const request = { pod, container, command, stdin, tty, isStill }
    const session = kind === 'attach' ? new AttachedSession(request) : new ExecSession(request)
    const hangUp = (): void => {
      this.#open.delete(hangUp)
      session.hangUp()
      this.#place.ask((cluster) => cluster.look(session))
    }
    this.#open.add(hangUp)
    return {
      feed: (bytes) => session.feed(bytes),
      endInput: () => session.endInput(),
      resize: (columns, rows) => session.resize(columns, rows),
      look: () => {
        // between two turns nothing happens
        if (!this.#place.isOpen) return { stdout: '', stderr: '' }
        const news = this.#place.ask((cluster) => cluster.look(session))
        if (news.exitCode !== undefined || news.failure !== undefined) this.#open.delete(hangUp)
        // what has more to do at once does not wait for a clock that stands
        return isBusy(news) && this.#place.isStill ? { ...news, wakeIn: 0 } : news
      },
      hangUp,
    }
  }
}

const isBusy = ({ isTimeless, wakeIn }: SessionNews): boolean =>
  isTimeless === true && wakeIn !== IDLE

const warningsOf = (headers: Answer['headers'] = []): readonly string[] =>
  headers.flatMap(([name, value]) => {
    if (name.toLowerCase() !== 'warning') return []
    const quoted = /^\d{3} \S+ "(.*)"$/s.exec(value)?.[1]
    return quoted === undefined ? [value] : [quoted.replace(/\\(.)/gs, '$1')]
  })

const replyOf = ({ status, contentType, headers, body, bytes }: Answer): ApiReply => ({
  status,
  contentType,
  warnings: warningsOf(headers),
  text: bytes === undefined ? body.join('') : decodeUtf8Loosely(bytes),
})

/** Somebody asked for a stream as if it were a document. */
const emptyReply = ({ status, contentType }: WatchAnswer): ApiReply => ({
  status,
  contentType,
  warnings: [],
  text: '',
})

const streamOf = (watch: WatchAnswer['watch']): ApiStream => {
  let chunks: string[] = []
  let unread = 0
  let isOver = false
  const end = (): void => {
    isOver = true
    watch.close()
  }
  watch.start((text) => {
    chunks.push(text)
    unread += text.length
    if (unread > MOST_UNREAD) end()
  }, end)
  return {
    read: () => {
      if (chunks.length === 0) return isOver ? undefined : ''
      const text = chunks.join('')
      chunks = []
      unread = 0
      return text
    },
    close: end,
    ...(watch.timeoutSeconds === undefined ? {} : { timeoutSeconds: watch.timeoutSeconds }),
  }
}
