import type { Cluster } from '../../cluster/cluster.ts'
import type { Connection } from '../../cluster/kube-apiserver/endpoints/http.ts'
import { AttachedSession } from '../../cluster/world/container/attached-session.ts'
import { ExecSession } from '../../cluster/world/container/container-session.ts'
import type { RemoteProcess } from './remote-command.ts'

type Turn = <T>(act: (cluster: Cluster) => T) => T

/** A program in a container; each look is a turn of the session. */
export const containerProcess = (
  { kind, pod, container, command, stdin, tty }: Connection,
  turn: Turn,
): RemoteProcess => {
  const request = { pod, container, command, stdin, tty }
  const session = kind === 'attach' ? new AttachedSession(request) : new ExecSession(request)
  return {
    feed: (bytes) => session.feed(bytes),
    endInput: () => session.endInput(),
    resize: (columns, rows) => session.resize(columns, rows),
    look: () => turn((cluster) => cluster.look(session)),
    hangUp: () => {
      session.hangUp()
      turn((cluster) => cluster.look(session))
    },
  }
}
