// Snapshots: a session's state that never changes, under its hash or in a few bytes.
import { problemAnswer } from './problem.ts'
import { isRefusal, type Route, withSession } from './session-route.ts'
import type { SnapshotRefusal } from '../durable-objects/cluster-session.ts'

/** Why bytes are no snapshot, or a state makes none. */
export const snapshotProblem = (context: Route, { fault, problem }: SnapshotRefusal): Response => {
  const isLarge = fault === 'too large'
  return problemAnswer(context, {
    status: isLarge ? 413 : 400,
    title: isLarge ? 'Too large' : 'Not a snapshot that can be opened',
    detail: problem,
  })
}

export const makeSnapshot = (context: Route): Promise<Response> =>
  withSession(context, async (stub, access) => {
    const made = await stub.snapshot(access)
    if (isRefusal(made)) return made
    if ('problem' in made) return snapshotProblem(context, made)
    const { origin } = new URL(context.req.url)
    const links = {
      view: `${origin}/p/${made.hash}`,
      kubernetes: `${origin}/k8s/${made.hash}`,
      self: `${origin}/api/sessions/${made.hash}`,
    }
    return Response.json({ ...made, link: links.view, links }, { status: 201 })
  })

export const snapshotBytes = (context: Route): Promise<Response> =>
  withSession(context, async (stub, access) => {
    const bytes = await stub.snapshotBytes(access)
    if (isRefusal(bytes)) return bytes
    if ('problem' in bytes) return snapshotProblem(context, bytes)
    return new Response(bytes, {
      headers: { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' },
    })
  })
