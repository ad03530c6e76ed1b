// Sessions' Kubernetes API over the engine alone: Node's own HTTP server, no workerd, no SQLite. For tests that look at the engine
// through kubectl, and for throwing the cluster away before every request (`rebuild`).
import http from 'node:http'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build } from 'esbuild'
import { acceptWebSocket } from './web-socket.mjs'
import { answerStandIn } from './our-kubectl.mjs'

const ROOT = path.resolve(import.meta.dirname, '../..')
const PROTOBUF = 'application/vnd.kubernetes.protobuf'
const UTF8 = new TextDecoder('utf-8', { fatal: true })
const DEFAULT_SEED = 20_261

const loadEngine = async () => {
  const result = await build({
    stdin: {
      contents: `
        export { StoredCluster } from './stored-cluster.ts'
        export { settingsOf } from '#settings.ts'
        export { runOurKubectl } from './our-kubectl-run.ts'
        export { ADMINISTRATOR, VIEWER } from '../../durable-objects/session/users.ts'
        export { containerProcess } from '../../durable-objects/session/streams/container-process.ts'
        export { REMOTE_COMMAND_PROTOCOLS, RemoteCommand } from '../../durable-objects/session/streams/remote-command.ts'`,
      resolveDir: import.meta.dirname,
      sourcefile: 'engine-server-bundle.ts',
      loader: 'ts',
    },
    absWorkingDir: ROOT,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    write: false,
    logLevel: 'error',
  })
  const folder = mkdtempSync(path.join(tmpdir(), 'kubarium-engine-'))
  const file = path.join(folder, 'engine.mjs')
  writeFileSync(file, result.outputFiles[0].text)
  try {
    return await import(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** An editor, on files of its own. */
const runProgram = ([program, ...words], cwd, env, files) => {
  for (const [name, text] of Object.entries(files)) writeFileSync(name, text)
  const { error, status, stdout, stderr } = spawnSync(program, words, {
    cwd,
    env: { ...env, PATH: process.env.PATH },
    encoding: 'utf8',
  })
  const after = Object.keys(files).map((name) => [name, readFileSync(name, 'utf8')])
  for (const name of Object.keys(files)) rmSync(name)
  return {
    exitCode: error === undefined ? status : 127,
    stdout: stdout ?? '',
    stderr: stderr ?? '',
    files: Object.fromEntries(after),
  }
}

/** Lets others have their turn. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 5))

const readBody = async (request) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Text as a string; what is not text (protobuf, broken UTF-8) as it came. */
const decodeBody = (bytes, contentType) => {
  if (contentType.startsWith(PROTOBUF)) return new Uint8Array(bytes)
  try {
    return UTF8.decode(bytes)
  } catch {
    return new Uint8Array(bytes)
  }
}

const groupsOf = (text = '') =>
  text
    .split(',')
    .map((group) => group.trim())
    .filter((group) => group !== '')

const kubeconfigText = (server) => `apiVersion: v1
kind: Config
clusters:
  - name: kubarium
    cluster:
      server: ${server}
contexts:
  - name: kubarium
    context:
      cluster: kubarium
      user: kubarium
current-context: kubarium
users:
  - name: kubarium
    user: {}
`

/** One cluster and the watches on it. A request is a turn, as in the product's session. */
class Session {
  #stored
  #now
  #rebuild
  #watches = new Set()
  #timer
  #faults = 0

  constructor(stored, { now, rebuild }) {
    this.#stored = stored
    this.#now = now
    this.#rebuild = rebuild
    this.#stored.save()
  }

  get cluster() {
    return this.#stored.cluster
  }

  tick() {
    this.#turn(() => undefined)
  }

  ask(question) {
    return this.#turn(() => question(this.cluster))
  }

  handle(request) {
    if (this.#rebuild && this.#watches.size === 0) this.#stored.rebuild()
    return this.#turn(() => this.cluster.handle(request))
  }

  watch({ start, close, timeoutSeconds }, response) {
    const end = () => {
      if (!this.#watches.delete(end)) return
      clearTimeout(timeout)
      close()
      response.end()
      this.#setTimer()
    }
    this.#watches.add(end)
    const timeout =
      timeoutSeconds === undefined
        ? undefined
        : setTimeout(end, Math.min(timeoutSeconds * 1000, 2 ** 31 - 1))
    response.on('close', end)
    response.flushHeaders()
    start((text) => response.write(text), end)
    this.#setTimer()
  }

  close() {
    for (const end of this.#watches) end()
    clearTimeout(this.#timer)
  }

  #turn(act) {
    this.cluster.advance(this.#now())
    const result = act()
    this.#stored.save()
    this.cluster.flushWatches()
    this.#setTimer()
    for (const fault of this.cluster.faults.slice(this.#faults))
      console.error(`fault: ${fault.component} ${fault.key}: ${fault.message}`)
    this.#faults = this.cluster.faults.length
    return result
  }

  #setTimer() {
    clearTimeout(this.#timer)
    const deadline = this.#watches.size === 0 ? undefined : this.cluster.nextDeadline()
    if (deadline === undefined) return
    const wait = Math.min(Math.max(0, deadline - this.#now()), 2 ** 31 - 1)
    this.#timer = setTimeout(() => this.#turn(() => undefined), wait)
  }
}

/**
 * Starts the server on a free port. `POST /api/sessions` makes a session (`seed` may be asked for beside the settings), its kubeconfig
 * is at `/api/sessions/ID/kubeconfig`, its API at `/k8s/ID.KEY` (with any key) and, to look only, at `/k8s/ID`.
 * `POST /kubectl/ID.KEY` runs a command line of our own kubectl (see our-kubectl.sh).
 * `rebuild`: each cluster is thrown away and made again from what was stored before every request while no watch is open.
 * `now`: the clock, in milliseconds since the epoch.
 */
export const startEngineServer = async ({ rebuild = false, now = () => Date.now() } = {}) => {
  const engine = await loadEngine()
  const { StoredCluster, settingsOf, ADMINISTRATOR, VIEWER, runOurKubectl } = engine
  const sessions = new Map()
  let origin = ''

  const createSession = ({ seed = DEFAULT_SEED + sessions.size, ...settings } = {}) => {
    const id = `session-${sessions.size + 1}`
    const stored = new StoredCluster({ seed, settings: settingsOf(settings), createdAt: now() })
    sessions.set(id, new Session(stored, { now, rebuild }))
    return { id, key: 'key', url: `${origin}/k8s/${id}.key` }
  }

  const apiRequestOf = (isEditor, url, { headers, method }, bytes) => {
    const contentType = headers['content-type'] ?? ''
    const impersonated = headers['impersonate-user']
    return {
      method,
      path: url.pathname.slice(url.pathname.indexOf('/', '/k8s/'.length)),
      query: [...url.searchParams],
      accept: headers.accept ?? '',
      contentType,
      userAgent: headers['user-agent'] ?? '',
      body: decodeBody(bytes, contentType),
      user: isEditor ? ADMINISTRATOR : VIEWER,
      ...(impersonated === undefined
        ? {}
        : { impersonate: { user: impersonated, groups: groupsOf(headers['impersonate-group']) } }),
    }
  }

  const kubernetes = (session, isEditor, url, request, response, bytes) => {
    const { method } = request
    const answer = session.handle(apiRequestOf(isEditor, url, request, bytes))
    for (const [name, value] of answer.headers ?? []) response.appendHeader(name, value)
    response.writeHead(answer.status, { 'content-type': answer.contentType })
    if ('watch' in answer) session.watch(answer.watch, response)
    else response.end(method === 'HEAD' ? '' : (answer.bytes ?? answer.body.join('')))
  }

  const handle = async (request, response) => {
    const url = new URL(request.url, origin)
    const bytes = await readBody(request)
    const [, first, second = '', third = '', last] = url.pathname.split('/')
    if (request.method === 'POST' && url.pathname === '/api/sessions')
      return void response.writeHead(201).end(JSON.stringify(createSession(JSON.parse(bytes))))
    if (first === 'api' && last === 'kubeconfig' && sessions.has(third))
      return void response.end(kubeconfigText(`${origin}/k8s/${third}.key`))
    const [id, key] = second.split('.')
    if (first === 'kubectl' && sessions.has(id)) {
      const server = `${origin}/k8s/${second}`
      const answer = await answerStandIn(bytes.toString(), (given) =>
        runOurKubectl(sessions.get(id), ADMINISTRATOR, server, given, pause, runProgram),
      )
      return void response.end(answer)
    }
    const session = first === 'k8s' ? sessions.get(id) : undefined
    if (session === undefined) return void response.writeHead(404).end()
    kubernetes(session, key !== undefined, url, request, response, bytes)
  }

  /** exec and attach; for anything else clients have other ways. */
  const upgrade = (request, socket) => {
    const url = new URL(request.url, origin)
    const [, first, second = ''] = url.pathname.split('/')
    const [id, key] = second.split('.')
    const session = first === 'k8s' ? sessions.get(id) : undefined
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(/, */)
    const protocol = engine.REMOTE_COMMAND_PROTOCOLS.find((known) => offered.includes(known))
    const refuse = (status, text) =>
      socket.end(
        `HTTP/1.1 ${status} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
      )
    if (session === undefined || protocol === undefined) return refuse(400, '')
    const asked = apiRequestOf(key !== undefined, url, request, Buffer.alloc(0))
    const { connection, status, body } = session.handle({ ...asked, upgrade: true })
    if (connection === undefined) return refuse(status, body.join(''))
    const process = engine.containerProcess(connection, (act) => session.ask(act))
    const ends = { send: (bytes) => client.send(bytes), close: () => client.close() }
    const setTimer = (act, milliseconds) => {
      const timer = setTimeout(() => act(), milliseconds)
      return () => clearTimeout(timer)
    }
    const command = new engine.RemoteCommand(process, connection.command, { ...ends, setTimer })
    const client = acceptWebSocket(request, socket, {
      protocol,
      onMessage: (bytes) => command.receive(bytes),
      onClose: () => command.hangUp(),
    })
    return command.run()
  }

  const server = http.createServer((request, response) => {
    handle(request, response).catch((error) => {
      console.error(`${request.method} ${request.url}: ${error.stack}`)
      if (!response.headersSent) response.writeHead(500)
      response.end(String(error.stack))
    })
  })
  server.on('upgrade', upgrade)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${server.address().port}`
  return {
    url: origin,
    createSession,
    stop: async () => {
      for (const session of sessions.values()) session.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
