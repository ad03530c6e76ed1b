// Following a session as it changes: over a WebSocket, or as lines.
import { problemAnswer } from './problem.ts'
import { askSession, isRefusal, type Route, withSession } from './session-route.ts'

const isSocket = ({ req }: Route): boolean => req.header('upgrade')?.toLowerCase() === 'websocket'

export const live = (context: Route): Promise<Response> =>
  withSession(context, async (stub, access) => {
    if (access.at !== undefined)
      return problemAnswer(context, {
        status: 400,
        title: 'Nothing to follow',
        detail:
          'The past does not change. GET …/state shows it; without @REVISION the session is followed as it is.',
      })
    if (isSocket(context))
      return askSession(stub, { ...access, live: true }, { headers: { upgrade: 'websocket' } })
    const stream = await stub.live(access)
    if (isRefusal(stream)) return stream
    return new Response(stream.body, {
      headers: {
        'content-type': 'application/jsonl',
        'cache-control': 'no-store',
        // a stream that is compressed is not flushed
        'content-encoding': 'identity',
      },
    })
  })
