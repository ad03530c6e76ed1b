import type { Cluster } from '../../cluster/cluster.ts'
import type { Connection } from '../../cluster/kube-apiserver/endpoints/http.ts'
import { AttachedSession } from '../../cluster/world/container/attached-session.ts'
import { ExecSession, type SessionNews } from '../../cluster/world/container/container-session.ts'
import type { SessionClock } from '../../session-clock.ts'
import type { RemoteProcess } from './remote-command.ts'

type Turn = <T>(act: (cluster: Cluster) => T) => T

/** Nobody tells it that time was let pass: it looks at least so often. */
const LONGEST_WAIT = 1000

/** What waits for the session's time waits as long as that really takes. */
const inRealTime = (news: SessionNews, clock: SessionClock | undefined): SessionNews => {
  const { wakeIn, isTimeless } = news
  if (wakeIn === undefined || isTimeless === true || clock === undefined) return news
  const delay = clock.delayUntil(clock.session + wakeIn) ?? LONGEST_WAIT
  return { ...news, wakeIn: Math.min(delay, LONGEST_WAIT) }
}

/** A program in a container; each look is a turn of the session. */
export const containerProcess = (
  { kind, pod, container, command, stdin, tty }: Connection,
  turn: Turn,
  clock: () => SessionClock | undefined = () => undefined,
): RemoteProcess => {
  const isStill = () => clock()?.isRunning === false
  const request = { pod, container, command, stdin, tty, isStill }
  const session = kind === 'attach' ? new AttachedSession(request) : new ExecSession(request)
  return {
    feed: (bytes) => session.feed(bytes),
    endInput: () => session.endInput(),
    resize: (columns, rows) => session.resize(columns, rows),
    look: () =>
      inRealTime(
        turn((cluster) => cluster.look(session)),
        clock(),
      ),
    hangUp: () => {
      session.hangUp()
      turn((cluster) => cluster.look(session))
    },
  }
}
