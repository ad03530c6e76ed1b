// The images of the Services course: a page, an API that keeps messages, and a crawler that counts words in books.
// github.com/bootdotdev/synergychat
import {
  type Environment,
  type HttpReply,
  type ImageBehaviour,
  type LogLine,
  MEBIBYTE,
  type Process,
  type Program,
  type ProgramContext,
  programName,
  quietly,
  type Self,
} from '#images/behaviour.ts'
import { countsAt, type Match, readingLog } from '#images/synergychat-books.ts'
import { SCRIPT, PAGE } from '#images/synergychat-page.ts'
import { goFetch } from '#images/go-http.ts'
import { goError, goJson, goLog, headerOf, httpOn, type HttpAnswer, pathOf } from '#images/http.ts'
import { encodeQuery, parseQuery } from '#images/url.ts'

const application = (
  name: string,
  sizeBytes: number,
  start: (context: ProgramContext) => Process,
): ImageBehaviour => ({
  sizeBytes,
  entrypoint: [],
  cmd: [`/bin/${name}`],
  user: 0,
  tools: {},
  program: namedProgram(name, start),
})

const namedProgram =
  (name: string, start: (context: ProgramContext) => Process): Program =>
  ([path], context) =>
    programName(path) === name ? start(context) : undefined

const setting = (env: Environment, name: string): string =>
  Object.hasOwn(env, name) ? env[name]! : ''

/** `log.Fatal` of Go. */
const fatal = (...lines: readonly string[]): Process =>
  quietly({
    ends: { after: 10, exitCode: 1 },
    log: lines.map((text) => ({ after: 10, text, stream: 'stderr', clock: 'go' })),
  })

/** The originals refuse to start without their settings. A tutorial that sets none at all still wants to see them run: only somebody who
 * began to set them is told what is missing. */
const isBare = (env: Environment, ...names: readonly string[]): boolean =>
  names.every((name) => setting(env, name) === '')

/** A port as `net.Listen` takes it, or why it does not. */
const listenPort = (text: string): number | string => {
  if (!/^\d+$/.test(text)) return `listen tcp: lookup tcp/${text}: unknown port`
  return Number(text) > 65_535 ? `listen tcp: address ${text}: invalid port` : Number(text)
}

const serving = (
  port: string,
  megabytes: number,
  http: HttpAnswer,
  before: readonly string[] = [],
): Process => {
  const lines = [...before, `Serving on: http://localhost:${port}`]
  const number = listenPort(port)
  if (typeof number === 'string') return fatal(...lines, number)
  return quietly({
    listens: [httpOn(number, http)],
    memoryBytes: megabytes * MEBIBYTE,
    log: lines.map((text) => ({ after: 0, text, stream: 'stderr', clock: 'go' })),
    terminates: 2,
  })
}

/** What go-chi/cors adds for a browser. */
const allowing = (reply: HttpReply, origin: string | undefined): HttpReply => ({
  ...reply,
  headers: {
    ...(origin === undefined ? {} : { 'Access-Control-Allow-Origin': origin }),
    ...(origin === undefined ? {} : { 'Access-Control-Expose-Headers': 'Link' }),
    Vary: 'Origin',
    ...reply.headers,
  },
})

const withCors =
  (http: HttpAnswer): HttpAnswer =>
  (request, self) => {
    const origin = headerOf(request, 'Origin')
    if (
      request.method !== 'OPTIONS' ||
      headerOf(request, 'Access-Control-Request-Method') === undefined
    )
      return allowing(http(request, self), origin)
    return allowing(
      {
        status: 200,
        headers: {
          'Access-Control-Allow-Headers': headerOf(request, 'Access-Control-Request-Headers') ?? '',
          'Access-Control-Allow-Methods': headerOf(request, 'Access-Control-Request-Method') ?? '',
          'Access-Control-Max-Age': '300',
        },
        body: '',
      },
      origin,
    )
  }

const json = (value: unknown, status = 200): HttpReply => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: goJson(value, '  '),
})

const NOT_FOUND = goError('404 page not found', 404)
const NOT_ALLOWED: HttpReply = { status: 405, headers: {}, body: '' }
const HEALTHY = json({ status: 'ok' })

export const web = application('synergychat-web', 16_402_133, ({ env }) => {
  const given = setting(env, 'WEB_PORT')
  const script = `const apiUrl = '${setting(env, 'API_URL')}';\n\n${SCRIPT}`
  const page = (body: string): HttpReply => ({
    status: 200,
    headers: {
      'Cache-Control': 'no-cache, no-store, must-revalidate',
      Pragma: 'no-cache',
      Expires: '0',
      'Content-Type': `text/${body.startsWith('<') ? 'html' : 'plain'}; charset=utf-8`,
      'Access-Control-Allow-Methods': 'GET',
    },
    body,
  })
  return serving(
    given === '' ? '8080' : given,
    8,
    withCors((request) => {
      const path = pathOf(request)
      if (path === '/' || path === '/index.html') return page(PAGE)
      return path === '/app.js' ? page(script) : goError('File not found', 404)
    }),
    given === '' ? ['No WEB_PORT found in environment, using default 8080'] : [],
  )
})

interface Message {
  readonly AuthorUsername: string
  readonly Text: string
}

const BOT = 'crawler-bot'
const MAX_MESSAGES = 1000

const messagesOf = (self: Self, key: string): readonly Message[] =>
  JSON.parse(self.store?.get(key) ?? '[]') as readonly Message[]

const addMessage = (self: Self, key: string, message: Message): readonly Message[] => {
  const messages = [...messagesOf(self, key), message].slice(-MAX_MESSAGES)
  self.store?.set(key, JSON.stringify(messages))
  return messages
}

/** What the JSON text holds, or what Go's decoder says of it. */
const decodeMessage = (text: string): Message | string => {
  if (text.trim() === '') return 'EOF'
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    const first = text.trim()[0]!
    return /[{["\d-]/.test(first)
      ? 'unexpected EOF'
      : `invalid character '${first}' looking for beginning of value`
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return `json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type main.Message`
  const field = (name: string): string | undefined => {
    const entry = Object.entries(value).find(([key]) => key.toLowerCase() === name.toLowerCase())
    if (entry === undefined || entry[1] === null) return ''
    return typeof entry[1] === 'string' ? entry[1] : undefined
  }
  const [author, message] = [field('AuthorUsername'), field('Text')]
  if (author === undefined || message === undefined)
    return `json: cannot unmarshal number into Go struct field Message.${author === undefined ? 'AuthorUsername' : 'Text'} of type string`
  return { AuthorUsername: author, Text: message }
}

/** Asks the crawler; what went wrong, or undefined. */
const slashCommand = (self: Self, key: string, text: string): string | undefined => {
  if (!text.startsWith('/stats')) return undefined
  const base = setting(self.env, 'CRAWLER_BASE_URL')
  if (base === '') {
    addMessage(self, key, { AuthorUsername: BOT, Text: 'Crawler worker not configured' })
    return undefined
  }
  const words = text.split(' ')
  const query = ['keywords', 'title'].flatMap((name) => {
    const word = words.findLast((item) => item.startsWith(`${name}=`))
    return word === undefined ? [] : [`${name}=${encodeQuery(word.slice(name.length + 1))}`]
  })
  const url = `${base}/stats${query.length === 0 ? '' : `?${query.join('&')}`}`
  const reply = goFetch(self.network, url)
  if ('error' in reply) return reply.error
  const matches = decodeMatches(reply.body)
  if (typeof matches === 'string') return matches
  const total = matches.reduce((sum, { Count }) => sum + Count, 0)
  addMessage(self, key, {
    AuthorUsername: BOT,
    Text: `Beep boop! I have found ${total} matches so far in books matching your request. Your raw query to me was: ${url}`,
  })
  return undefined
}

const decodeMatches = (text: string): readonly Match[] | string => {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value)
      ? (value as readonly Match[])
      : 'json: cannot unmarshal object into Go value of type []main.Match'
  } catch {
    const first = text.trim()[0]
    if (first === undefined) return 'EOF'
    return `invalid character '${/^\d/.test(first) ? (/[^\d]/.exec(text)?.[0] ?? first) : first}' ${/^\d/.test(first) ? 'after top-level value' : 'looking for beginning of value'}`
  }
}

const PROFANITY = /darn|heck|fetch/i

const createMessage = (self: Self, key: string, body: string): HttpReply => {
  const message = decodeMessage(body)
  if (typeof message === 'string') return json({ error: `Error decoding JSON: ${message}` }, 400)
  if (PROFANITY.test(message.Text)) {
    // The original ends itself, so that learners see a container come back.
    goLog(self, 'Profanity detected!!!')
    self.exit?.(1, 0)
    return { status: 502, headers: {}, body: '' }
  }
  addMessage(self, key, message)
  const failure = slashCommand(self, key, message.Text)
  if (failure === undefined) return json(messagesOf(self, key), 201)
  const error = `Error handling slash command: ${failure}`
  // The original only tells the browser; here the log says it too, where a learner looks first.
  goLog(self, error)
  return json({ error }, 400)
}

export const api = application('synergychat-api', 18_993_420, ({ env }) => {
  const isDefault = isBare(env, 'API_PORT', 'API_DB_FILEPATH', 'CRAWLER_BASE_URL')
  const port = isDefault ? '8080' : setting(env, 'API_PORT')
  if (port === '') return fatal('No API_PORT found in environment')
  const key = setting(env, 'API_DB_FILEPATH') || 'messages'
  return serving(
    port,
    9,
    withCors((request, self) => {
      const path = pathOf(request)
      if (path === '/healthz') return request.method === 'GET' ? HEALTHY : NOT_ALLOWED
      if (path !== '/messages') return NOT_FOUND
      if (request.method === 'GET') return json(messagesOf(self, key))
      return request.method === 'POST' ? createMessage(self, key, request.body ?? '') : NOT_ALLOWED
    }),
  )
})

const READING = readingLog.map((line): LogLine => ({ ...line, stream: 'stderr', clock: 'go' }))

export const crawler = application('synergychat-crawler', 18_120_775, ({ env }) => {
  const isDefault = isBare(env, 'CRAWLER_KEYWORDS', 'CRAWLER_PORT', 'CRAWLER_DB_PATH')
  const words = isDefault ? 'love,hate' : setting(env, 'CRAWLER_KEYWORDS')
  if (words === '') return fatal('No CRAWLER_KEYWORDS found in environment')
  const port = isDefault ? '8080' : setting(env, 'CRAWLER_PORT')
  if (port === '') return fatal('No CRAWLER_PORT found in environment')
  const keywords = words.split(',')
  const process = serving(port, 12, (request, self) => {
    const path = pathOf(request)
    if (path !== '/healthz' && path !== '/stats') return NOT_FOUND
    if (request.method !== 'GET') return NOT_ALLOWED
    if (path === '/healthz') return HEALTHY
    const query = parseQuery(request.path)
    const wanted = query.get('keywords') ?? ''
    const title = (query.get('title') ?? '').toLowerCase()
    const matches = countsAt(keywords, self.age)
      .filter(({ Keyword }) => wanted === '' || wanted.split(',').includes(Keyword))
      .filter(({ BookTitle }) => BookTitle.toLowerCase().includes(title))
    return json(matches.toSorted((a, b) => a.Count - b.Count))
  })
  if (process.ends !== undefined) return process
  return { ...process, log: [...process.log, ...READING] }
})

/** Allocates as many megabytes as it is told, to be killed for it. */
export const testRam = application('synergychat-testram', 7_402_331, ({ env }) => {
  const text = setting(env, 'MEGABYTES')
  if (text === '') return fatal('MEGABYTES environment variable is not set.')
  if (!/^[+-]?\d+$/.test(text)) return fatal('Error converting MEGABYTES to integer')
  const megabytes = Math.max(0, Number(text))
  return quietly({
    memoryBytes: MEBIBYTE + megabytes * MEBIBYTE,
    log: [
      `Allocating ${megabytes} megabytes of memory....`,
      `Allocated ${megabytes} megabytes of memory.`,
    ].map((line) => ({ after: 0, text: line, stream: 'stdout' })),
    terminates: 2,
  })
})

/** More than a machine has. */
const ALL_CORES = 64_000

export const testCpu = application('synergychat-testcpu', 7_398_046, () =>
  quietly({
    log: [
      {
        after: 0,
        text: 'Consuming as much CPU as possible across all cores...',
        stream: 'stderr',
        clock: 'go',
      },
    ],
    cpu: ALL_CORES,
    terminates: 2,
  }),
)
