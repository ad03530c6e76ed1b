// A session's Kubernetes API, as it is asked over HTTP and over WebSockets.
import type { ApiAnswer, ApiRequest } from '../cluster/kube-apiserver/endpoints/http.ts'
import { type Access, isRefusal, type Refusal } from './access.ts'
import { bodyOf } from './answer-body.ts'
import { GONE } from './live/viewers.ts'
import type { SessionHost } from './session-host.ts'
import { containerProcess } from './streams/container-process.ts'
import { forwardedPod } from './streams/forwarded-pod.ts'
import { openLogSocket, openWatchSocket } from './streams/listening-sockets.ts'
import { offeredProtocols, openSocket, type SocketRequest } from './streams/sockets.ts'
import { userOf } from './users.ts'

export interface KubernetesAnswer {
  readonly status: number
  readonly contentType: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string | Uint8Array | ReadableStream<Uint8Array>
}

const LOG_PATH = /\/pods\/[^/]+\/log$/

/** Why a socket that was opened rightly is closed. */
const WHY_NOT: Readonly<Record<string, string>> = {
  'wrong key': GONE.key.reason,
  'no such session': GONE.deleted.reason,
}

const toAnswer = (host: SessionHost, access: Access, answer: ApiAnswer): KubernetesAnswer => {
  const { status, contentType, headers = [] } = answer
  if ('watch' in answer)
    return { status, contentType, headers, body: host.openStream(access, answer.watch) }
  return { status, contentType, headers, body: answer.bytes ?? bodyOf(answer.body) }
}

/** A request. Without a key it only looks. */
export const answerRequest = (
  host: SessionHost,
  access: Access,
  request: Omit<ApiRequest, 'user'>,
): KubernetesAnswer | Refusal => {
  const answer = host.look(access, (cluster) =>
    cluster.handle({ ...request, user: userOf(access) }),
  )
  return isRefusal(answer) ? answer : toAnswer(host, access, answer)
}

/** A client that wants to go on as a WebSocket. */
export const answerSocket = (
  host: SessionHost,
  asked: SocketRequest,
  headers: Headers,
): Response | Refusal => {
  const answer = host.look(asked, (cluster) =>
    cluster.handle({ ...asked.request, user: userOf(asked) }),
  )
  if (isRefusal(answer)) return answer
  const offered = offeredProtocols(headers)
  const isLog = LOG_PATH.test(asked.request.path)
  if ('watch' in answer || (isLog && answer.status === 200)) {
    const { body } = toAnswer(host, asked, answer)
    const whyNot = (): string | undefined => WHY_NOT[String(host.refuse(asked))]
    return isLog ? openLogSocket(offered, body, whyNot) : openWatchSocket(body, whyNot)
  }
  const { status, contentType, body, connection } = answer
  if (connection === undefined)
    return new Response(body.join(''), { status, headers: { 'content-type': contentType } })
  return openSocket(offered, {
    connection,
    podOf: ({ pod }) => forwardedPod(pod, (act) => host.turn(act)),
    processOf: (of) =>
      containerProcess(
        of,
        (act) => host.turn(act),
        () => host.sessionClock,
      ),
    hold: (end) => host.hold(asked.key === undefined ? undefined : end),
  })
}
