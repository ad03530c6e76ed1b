// The images of the Services course.
import {
  htmlReply,
  type ImageBehaviour,
  MEBIBYTE,
  type Process,
  type ProgramContext,
  type Program,
  portFrom,
  programName,
  quietly,
  textReply,
} from '#images/behaviour.ts'
import { httpOn, pathOf } from '#images/web-servers.ts'

const application = (
  name: string,
  sizeBytes: number,
  start: (context: ProgramContext) => Process,
): ImageBehaviour => ({
  sizeBytes,
  entrypoint: [],
  cmd: [`/bin/${name}`],
  user: 0,
  program: namedProgram(name, start),
})

const namedProgram =
  (name: string, start: (context: ProgramContext) => Process): Program =>
  ([path], context) =>
    programName(path) === name ? start(context) : undefined

const json = (value: unknown, status = 200) =>
  textReply(`${JSON.stringify(value)}\n`, status, 'application/json')

const started = (port: number) =>
  [{ after: 0, text: `Server listening on port ${port}`, stream: 'stdout' }] as const

export const web = application('synergychat-web', 16_402_133, ({ env }) => {
  const port = portFrom(env, 'WEB_PORT', 8080)
  const api = Object.hasOwn(env, 'API_URL') ? env['API_URL']! : ''
  return quietly({
    listens: [
      httpOn(port, (request) =>
        pathOf(request) === '/'
          ? htmlReply(
              `<!DOCTYPE html>\n<html>\n<head><title>SynergyChat</title></head>\n<body data-api-url=${JSON.stringify(api)}>\n<h1>SynergyChat</h1>\n</body>\n</html>\n`,
            )
          : textReply('404 page not found\n', 404),
      ),
    ],
    memoryBytes: 8 * MEBIBYTE,
    log: started(port),
    terminates: 2,
  })
})

export const api = application('synergychat-api', 18_993_420, ({ env }) => {
  const port = portFrom(env, 'API_PORT', 8080)
  return quietly({
    listens: [
      httpOn(port, (request) => {
        if (pathOf(request) === '/healthz') return textReply('OK')
        if (pathOf(request) === '/') return textReply('Welcome to the SynergyChat API\n')
        if (pathOf(request) === '/messages') return json([])
        return textReply('404 page not found\n', 404)
      }),
    ],
    memoryBytes: 9 * MEBIBYTE,
    log: started(port),
    terminates: 2,
  })
})

export const crawler = application('synergychat-crawler', 18_120_775, ({ env }) => {
  const port = portFrom(env, 'CRAWLER_PORT', 8080)
  const keywords = (Object.hasOwn(env, 'CRAWLER_KEYWORDS') ? env['CRAWLER_KEYWORDS']! : '')
    .split(',')
    .filter((keyword) => keyword !== '')
  return quietly({
    listens: [
      httpOn(port, (request) => {
        if (pathOf(request) === '/healthz') return textReply('OK')
        if (pathOf(request) === '/') return json({ keywords, matches: [] })
        return textReply('404 page not found\n', 404)
      }),
    ],
    memoryBytes: 12 * MEBIBYTE,
    log: started(port),
    terminates: 2,
  })
})

/** Allocates as many megabytes as it is told, to be killed for it. */
export const testRam = application('synergychat-testram', 7_402_331, ({ env }) => {
  const megabytes = Number(Object.hasOwn(env, 'MEGABYTES') ? env['MEGABYTES'] : 10)
  return quietly({
    memoryBytes: (Number.isFinite(megabytes) && megabytes > 0 ? megabytes : 10) * MEBIBYTE,
    log: [{ after: 0, text: `Allocating ${megabytes} megabytes`, stream: 'stdout' }],
    terminates: 2,
  })
})

export const testCpu = application('synergychat-testcpu', 7_398_046, () =>
  quietly({
    log: [{ after: 0, text: 'Consuming CPU', stream: 'stdout' }],
    terminates: 2,
  }),
)
