import { Hono, type MiddlewareHandler } from 'hono'
import { MAX_BODY_BYTES } from './body.ts'
import type { AppEnvironment } from './environment.ts'
import { clock, setClock } from './clock.ts'
import { files as computerFiles, shell, terminal } from './computer.ts'
import { changeKey, changeSession } from './change-session.ts'
import { createSession } from './create-session.ts'
import { fork } from './fork.ts'
import { diff, history, objects, revision } from './history.ts'
import { kubeconfig } from './kubeconfig.ts'
import { linksOf } from './links.ts'
import { live } from './live.ts'
import { placeOf } from './manifests.ts'
import { problemAnswer } from './problem.ts'
import { diagnosis, requests, tables, trace, traceLink } from './network.ts'
import { makeSnapshot, snapshotBytes } from './snapshots.ts'
import { badRequest, bodyText, isRefusal, wantsYaml, withSession } from './session-route.ts'

/** What is over the limit was not kept as a whole: nothing may be read from it. */
const refuseTooLarge: MiddlewareHandler<AppEnvironment> = async (context, next) => {
  if (context.get('body').length <= MAX_BODY_BYTES) return next()
  return problemAnswer(context, {
    status: 413,
    title: 'Too large',
    detail: `A body may have 3 MiB (${MAX_BODY_BYTES} bytes). Send manifests in parts; of another cluster get one Namespace (-n) or fewer kinds: Secrets hold whole Helm releases.`,
  })
}

/** What Kubernetes has no word for: making, describing, deleting a session, and the few calls on it as a whole. */
export const sessions = new Hono<AppEnvironment>()
  .use(refuseTooLarge)
  .post('/', createSession)
  .get('/:id', (context) =>
    withSession(context, async (stub, access, id) => {
      const session = await stub.describe(access)
      return isRefusal(session)
        ? session
        : Response.json({ ...session, links: linksOf(context, id, undefined) })
    }),
  )
  .delete('/:id', (context) =>
    withSession(context, async (stub, access) => {
      const removed = await stub.remove(access)
      return isRefusal(removed) ? removed : new Response(null, { status: 204 })
    }),
  )
  .patch('/:id', changeSession)
  .post('/:id/key', changeKey)
  .get('/:id/kubeconfig', (context) =>
    withSession(context, async (stub, access, id) => {
      const session = await stub.describe(access)
      if (isRefusal(session)) return session
      return new Response(kubeconfig(new URL(context.req.url).origin, id, access), {
        headers: { 'content-type': 'application/yaml' },
      })
    }),
  )
  .get('/:id/live', live)
  .post('/:id/apply', (context) =>
    withSession(context, async (stub, access) => {
      const text = bodyText(context)
      if (text === undefined)
        return badRequest(context, 'The body is not UTF-8 text. Send YAML or JSON manifests.')
      const applied = await stub.apply(access, text)
      if (isRefusal(applied)) return applied
      if (applied.error === undefined) return Response.json({ results: applied.results })
      const { error, results } = applied
      return problemAnswer(context, {
        status: error.code,
        title: 'A manifest could not be applied',
        detail: error.message,
        extra: { ...placeOf(error), results },
      })
    }),
  )
  .get('/:id/export', (context) =>
    withSession(context, async (stub, access) => {
      const yaml = !(context.req.header('accept') ?? '').includes('json')
      const exported = await stub.export(access, yaml ? 'yaml' : 'json')
      if (isRefusal(exported)) return exported
      return new Response(exported.text, {
        headers: { 'content-type': yaml ? 'application/yaml' : 'application/json' },
      })
    }),
  )
  .get('/:id/state', (context) =>
    withSession(context, async (stub, access) => {
      const state = await stub.state(access, wantsYaml(context) ? 'yaml' : 'json')
      if (isRefusal(state)) return state
      return new Response(state.text, {
        headers: { 'content-type': wantsYaml(context) ? 'application/yaml' : 'application/json' },
      })
    }),
  )
  .get('/:id/clock', clock)
  .post('/:id/clock', setClock)
  .get('/:id/history', history)
  .get('/:id/history/:revision', revision)
  .get('/:id/history/:revision/objects', objects)
  .get('/:id/history/:revision/diff/:to', diff)
  .post('/:id/fork', fork)
  .post('/:id/snapshots', makeSnapshot)
  .get('/:id/snapshot', snapshotBytes)
  .post('/:id/shell', shell)
  .get('/:id/terminal', terminal)
  .get('/:id/files', computerFiles)
  .on(['GET', 'PUT', 'DELETE'], '/:id/files/*', computerFiles)
  .get('/:id/nodes/:node/tables', tables)
  .get('/:id/diagnosis', diagnosis)
  .post('/:id/trace', trace)
  .get('/:id/trace', traceLink)
  .post('/:id/requests', requests)
  .all('*', (context) =>
    problemAnswer(context, {
      status: 405,
      title: 'No such call',
      detail: `${context.req.method} ${context.req.path} is not a call of this API. The calls are listed in the README.`,
    }),
  )
