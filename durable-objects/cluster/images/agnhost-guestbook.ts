// kubernetes: test/images/agnhost/guestbook/guestbook.go
import { type HttpReply, type Listener, MEBIBYTE, quietly, type Self } from '#images/behaviour.ts'
import { option, portOption, type Subcommand } from '#images/agnhost-options.ts'
import { bracketed, goFetch, type GoResult, goResolve } from '#images/go-http.ts'
import { goError, goJson, goLog, goReply, httpOn, decodedPath } from '#images/http.ts'
import { parseQuery } from '#images/url.ts'

const TIMEOUT = 5000

interface Guestbook {
  readonly backendPort: number
  readonly replicaOf: string
}

type Texts = Readonly<Record<string, string>>

const stored = (self: Self): Texts => JSON.parse(self.store?.get('guestbook') ?? '{}') as Texts

const replicasOf = (self: Self): readonly string[] =>
  JSON.parse(self.store?.get('replicas') ?? '[]') as readonly string[]

/** A key with the texts in the order in which Go writes a map. */
const withText = (texts: Texts, key: string, text: string): Texts =>
  Object.fromEntries(
    [...new Map([...Object.entries(texts), [key, text] as const])].toSorted(([a], [b]) =>
      a < b ? -1 : 1,
    ),
  )

const call = (self: Self, host: string, port: number, request: string): GoResult =>
  goFetch(self.network, `http://${bracketed(host)}:${port}/${request}`, { timeout: TIMEOUT })

/** A replica asks its primary for all that there is. The original does so when it starts; nobody can tell the difference before the
 * replica is asked for the first time. */
const register = (self: Self, { backendPort, replicaOf }: Guestbook): void => {
  if (replicaOf === '' || self.store?.get('registered') !== undefined) return
  const hostPort = `${replicaOf}:${backendPort}`
  goLog(self, `Registering to primary: ${hostPort}/register?host=${self.podIP}`)
  const reply = call(self, replicaOf, backendPort, `register?host=${self.podIP}`)
  if ('error' in reply)
    return goLog(
      self,
      `encountered error while registering to primary: ${reply.error}. Retrying in 1s.`,
    )
  const match = /^\{"data":(\{.*\})\}$/s.exec(reply.body)
  if (match === null) return
  self.store?.set('guestbook', match[1]!)
  self.store?.set('registered', 'yes')
  goLog(self, `Registered to node: ${replicaOf}`)
}

const onRegister = (self: Self, host: string): HttpReply => {
  goLog(self, `GET /register?host=${host}`)
  const reply = goReply(goJson({ data: stored(self) }))
  self.store?.set('replicas', JSON.stringify([...new Set([...replicasOf(self), host])]))
  goLog(self, `Node '${host}' registered.`)
  return reply
}

const onGet = (self: Self, key: string): HttpReply => {
  goLog(self, `GET /get?key=${key}`)
  const texts = stored(self)
  if (key === '') return goReply(goJson({ data: texts }))
  return goReply(goJson({ data: Object.hasOwn(texts, key) ? texts[key] : '' }))
}

const onSet = (self: Self, { backendPort }: Guestbook, key: string, text: string): HttpReply => {
  goLog(self, `GET /set?key=${key}&value=${text}`)
  if (key === '') return goError('cannot set with empty key.', 400)
  self.store?.set('guestbook', JSON.stringify(withText(stored(self), key, text)))
  for (const replica of replicasOf(self)) {
    const reply = call(self, replica, backendPort, `set?key=${key}&value=${text}`)
    if ('error' in reply)
      return goError(
        `encountered error while propagating to replica '${replica}': ${reply.error}`,
        417,
      )
  }
  return goReply('{"message":"Updated"}')
}

const onGuestbook = (
  self: Self,
  { backendPort }: Guestbook,
  query: ReadonlyMap<string, string>,
): HttpReply => {
  const command = (query.get('cmd') ?? '').toLowerCase()
  const [key, text] = [query.get('key') ?? '', query.get('value') ?? '']
  goLog(self, `GET /guestbook?cmd=${command}&key=${key}&value=${text}`)
  if (command !== 'get' && command !== 'set') return goError(`unsupported cmd: '${command}'`, 400)
  if (command === 'set' && key === '') return goError('cannot set with empty key.', 400)
  const host = command === 'get' ? 'agnhost-replica' : 'agnhost-primary'
  const target = goResolve(self.network, host, String(backendPort), 'tcp')
  if ('error' in target) return goError(`host and/or port param are invalid. ${target.error}`, 400)
  const reply = call(self, host, backendPort, `${command}?key=${key}&value=${text}`)
  return 'error' in reply ? goError(`encountered error: ${reply.error}`, 417) : goReply(reply.body)
}

const answer =
  (book: Guestbook): NonNullable<Listener['http']> =>
  (request, self) => {
    const query = parseQuery(request.path)
    register(self, book)
    switch (decodedPath(request)) {
      case '/register':
        return onRegister(self, query.get('host') ?? '')
      case '/get':
        return onGet(self, query.get('key') ?? '')
      case '/set':
        return onSet(self, book, query.get('key') ?? '', query.get('value') ?? '')
      case '/guestbook':
        return onGuestbook(self, book, query)
      default:
        return goError('404 page not found', 404)
    }
  }

export const guestbook: Subcommand = (args) =>
  quietly({
    listens: [
      httpOn(
        portOption(args, 'http-port', 80),
        answer({
          backendPort: portOption(args, 'backend-port', 6379),
          replicaOf: option(args, 'replicaof') ?? '',
        }),
      ),
    ],
    memoryBytes: 12 * MEBIBYTE,
    terminates: 2,
  })
