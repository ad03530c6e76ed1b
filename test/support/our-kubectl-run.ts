// Runs our kubectl beside an engine: for tests that compare it with the real one on the same cluster.
import type { Cluster } from '#cluster.ts'
import type { ApiAnswer } from '#kube-apiserver/endpoints/http.ts'
import type { UserInfo } from '#api/strategy.ts'
import { FileSystem } from '#shell/files/file-system.ts'
import { directory, file, type Node } from '#shell/files/node.ts'
import { volumeOf } from '#shell/files/volume.ts'
import { isFailure } from '#shell/files/failure.ts'
import type { Tool, ToolAnswer, ToolCall } from '#shell/tools/tool.ts'
import type { ApiCall, ApiReply, KubectlHost } from '#kubectl/host.ts'
import { kubectlTool } from '#kubectl/kubectl.ts'
import { containerProcess } from '../../durable-objects/session/streams/container-process.ts'

export interface OurRun {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** By absolute path. */
  readonly files: Readonly<Record<string, string>>
  readonly stdin: string
}

export interface OurResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
  /** Files that it wrote. */
  readonly written: Readonly<Record<string, string>>
}

interface Session {
  readonly cluster: Cluster
  handle(request: Parameters<Cluster['handle']>[0]): ApiAnswer
  /** Lets time pass until now. */
  tick(): void
}

const treeOf = (files: Readonly<Record<string, string>>): Node => {
  const root: Record<string, Node> = {}
  const put = (into: Record<string, unknown>, names: readonly string[], text: string): void => {
    const [name, ...rest] = names
    if (rest.length === 0) into[name!] = text
    else put((into[name!] ??= {}) as Record<string, unknown>, rest, text)
  }
  const plain: Record<string, unknown> = {}
  for (const [path, text] of Object.entries(files)) put(plain, path.split('/').slice(1), text)
  const nodeOf = (value: unknown): Node =>
    typeof value === 'string'
      ? file(value)
      : directory(
          Object.fromEntries(
            Object.entries(value as object).map(([name, inner]) => [name, nodeOf(inner)]),
          ),
        )
  for (const [name, value] of Object.entries(plain)) root[name] = nodeOf(value)
  return directory({ tmp: directory({}), ...root })
}

const hostOf = (session: Session, user: UserInfo, server: string): KubectlHost => {
  const handle = (call: ApiCall, upgrade = false) =>
    session.handle({
      ...(upgrade ? { upgrade } : {}),
      method: call.method,
      path: call.path,
      query: call.query ?? [],
      accept: call.accept ?? 'application/json',
      contentType: call.contentType ?? '',
      userAgent: call.userAgent ?? '',
      body: call.body ?? '',
      user,
      ...(call.impersonate === undefined ? {} : { impersonate: call.impersonate }),
    })
  const replyOf = (answer: Exclude<ApiAnswer, { readonly watch: unknown }>): ApiReply => ({
    status: answer.status,
    contentType: answer.contentType,
    warnings: (answer.headers ?? [])
      .filter(([name]) => name.toLowerCase() === 'warning')
      .map(([, value]) => JSON.parse(/"(?:[^"\\]|\\.)*"/.exec(value)?.[0] ?? '""') as string),
    text: answer.body.join(''),
  })
  return {
    server,
    request: (call) => {
      const answer = handle(call)
      if ('watch' in answer) throw new Error(`${call.path} streams`)
      return replyOf(answer)
    },
    stream: (call) => {
      const answer = handle(call)
      if (!('watch' in answer)) return replyOf(answer)
      let text = ''
      let isOver = false
      answer.watch.start(
        (more) => (text += more),
        () => (isOver = true),
      )
      return {
        read: () => {
          const more = text
          text = ''
          return more === '' && isOver ? undefined : more
        },
        close: () => answer.watch.close(),
        ...(answer.watch.timeoutSeconds === undefined
          ? {}
          : { timeoutSeconds: answer.watch.timeoutSeconds }),
      }
    },
    program: (call) => {
      const answer = handle(call, true)
      if ('watch' in answer) throw new Error(`${call.path} streams`)
      return answer.connection === undefined
        ? replyOf(answer)
        : containerProcess(answer.connection, (act) => act(session.cluster))
    },
    forward: () => 'unable to listen on any of the requested ports',
    serve: () => 'unable to listen',
  }
}

/** A program of this computer, with the files of /tmp that it may change. */
type RunProgram = (
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
) => Omit<OurResult, 'written'> & { readonly files: Readonly<Record<string, string>> }

const started = (
  argv: readonly string[],
  { cwd, env, files: given }: OurRun,
  files: FileSystem,
  out: Record<1 | 2, string>,
  runProgram: RunProgram,
): number => {
  const temporary = Object.entries(writtenIn(files, given)).filter(([name]) =>
    name.startsWith('/tmp/kubectl-edit-'),
  )
  const result = runProgram(argv, cwd, env, Object.fromEntries(temporary))
  for (const [name, text] of Object.entries(result.files)) files.write(name, text)
  out[1] += result.stdout
  out[2] += result.stderr
  return result.exitCode
}

const MOST_WAIT_MS = 60_000

/** Each session is one computer, whose kubectl remembers what is served. */
const tools = new WeakMap<Session, Tool>()

const toolOf = (session: Session, user: UserInfo, server: string): Tool => {
  const tool = tools.get(session) ?? kubectlTool(hostOf(session, user, server))
  tools.set(session, tool)
  return tool
}

/** Runs a command line to its end, in real time. */
export const runOurKubectl = async (
  session: Session,
  user: UserInfo,
  server: string,
  given: OurRun,
  pause: () => Promise<void>,
  runProgram?: RunProgram,
): Promise<OurResult> => {
  const files = new FileSystem(volumeOf(treeOf(given.files)), { now: () => Date.now() })
  const out = { 1: '', 2: '' }
  const call: ToolCall = {
    argv: given.argv,
    env: given.env,
    cwd: given.cwd,
    files,
    user: { name: 'root', uid: 0, gid: 0, home: given.env['HOME'] ?? '/root' },
    hostname: 'workstation',
    pid: 1,
    now: () => session.cluster.now,
    isTTY: () => false,
    random: () => Math.floor(Math.random() * 2 ** 32),
  }
  const run = toolOf(session, user, server).run(call)
  const end = Date.now() + MOST_WAIT_MS
  let stdin: string | undefined = given.stdin
  let answer: ToolAnswer
  session.tick()
  for (;;) {
    const step = run.next(answer)
    answer = undefined
    if (step.done === true)
      return {
        stdout: out[1],
        stderr: out[2],
        exitCode: step.value,
        written: writtenIn(files, given.files),
      }
    const request = step.value
    if (request.kind === 'write') out[request.fd] += request.text
    else if (request.kind === 'read') {
      answer = stdin === '' ? undefined : stdin
      stdin = undefined
    } else if (request.kind === 'sleep' || request.kind === 'wait') {
      const until = Date.now() + (request.ms ?? Infinity)
      while (Date.now() < Math.min(until, end) && !(request.kind === 'wait' && request.ready())) {
        await pause()
        session.tick()
      }
      if (Date.now() >= end) return { stdout: out[1], stderr: out[2], exitCode: 124, written: {} }
    } else if (request.kind === 'run' && runProgram !== undefined)
      answer = started(request.argv, given, files, out, runProgram)
    else answer = 127
  }
}

const writtenIn = (
  files: FileSystem,
  before: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => {
  const written: Record<string, string> = {}
  const walk = (path: string): void => {
    const names = files.list(path === '' ? '/' : path)
    if (isFailure(names)) return
    for (const name of names) {
      const inner = `${path}/${name}`
      const stat = files.lstat(inner)
      if (isFailure(stat)) continue
      if (stat.kind === 'directory') walk(inner)
      else {
        const text = files.read(inner)
        if (!isFailure(text) && before[inner] !== text) written[inner] = text
      }
    }
  }
  walk('')
  return written
}
