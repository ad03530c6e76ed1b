import { Hono } from 'hono'
import { readWholeBody } from './body.ts'
import { allowAnyOrigin } from './cors.ts'
import type { AppEnvironment } from './environment.ts'
import { kubernetes } from './kubernetes.ts'
import { page } from './page.ts'
import { problemAnswer } from './problem.ts'
import { sessions } from './sessions.ts'

/** The route table. */
export const app = new Hono<AppEnvironment>()
  .use(readWholeBody)
  .use(allowAnyOrigin)
  .route('/k8s', kubernetes)
  .route('/api/sessions', sessions)
  .get('*', page)
  .notFound((context) =>
    problemAnswer(context, {
      status: 404,
      title: 'Not found',
      detail: `Nothing is served at ${context.req.path}. The calls are listed in the README.`,
    }),
  )
  .onError((error, context) => {
    console.error(error)
    return problemAnswer(context, {
      status: 500,
      title: 'Internal error',
      detail: 'The request met a defect of this server. It was logged; nothing was changed.',
    })
  })
