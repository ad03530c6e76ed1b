// The learner's computer over HTTP: its files, commands, terminals.
import * as v from 'valibot'
import { problemAnswer } from './problem.ts'
import {
  askSession,
  badRequest,
  bodyText,
  isRefusal,
  type Route,
  withSession,
} from './session-route.ts'
import type { ClusterSession, FilesAnswer } from '../durable-objects/cluster-session.ts'

/** A value that is no text, or too long, is told by its name. */
const text = (most: number) =>
  v.pipe(v.string('must be text'), v.maxLength(most, `may have ${most} characters`))

const MAX_TEXT = 1024 * 1024

/** A word that the shell reads as it is. */
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

/** A line or a script, or the words of a command as a program has them. */
const Command = v.pipe(
  v.union([text(MAX_TEXT), v.array(v.string())], 'must be text, or a list of words'),
  v.transform((command) => (typeof command === 'string' ? command : command.map(quoted).join(' '))),
  text(MAX_TEXT),
)

const ShellBody = v.strictObject({
  command: Command,
  stdin: v.optional(text(MAX_TEXT)),
  cwd: v.optional(text(4096)),
  env: v.optional(v.record(v.pipe(v.string(), v.regex(/^[A-Za-z_]\w*$/)), text(65_536))),
})

/** What many programs write for a field that they have nothing for. */
const withoutNulls = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null))
    : value

const EXAMPLE = 'Send {"command": "kubectl get pods"}, or the command itself as text/plain.'

type Shell = v.InferOutput<typeof ShellBody>

/** JSON, or a command as it is typed. */
const readShell = (body: string, contentType: string): Shell | { readonly problem: string } => {
  if (!contentType.includes('json') && !/^\s*\{\s*"/.test(body)) return { command: body }
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch (error) {
    return { problem: `The body is not JSON: ${(error as Error).message}. ${EXAMPLE}` }
  }
  const parsed = v.safeParse(ShellBody, Array.isArray(value) ? null : withoutNulls(value))
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  const where = (v.getDotPath(issue) ?? 'the body').slice(0, 80)
  return {
    problem: `${where}: ${issue.message}. The fields are command, stdin, cwd and env. ${EXAMPLE}`,
  }
}

/** Headers have little room: the command goes in the body. */
export const shell = (context: Route): Promise<Response> =>
  withSession(context, async (stub, access) => {
    const body = bodyText(context)
    if (body === undefined) return badRequest(context, 'The body is not UTF-8 text.')
    const call = readShell(body, context.req.header('content-type') ?? '')
    if ('problem' in call) return badRequest(context, call.problem)
    const isStreamed = (context.req.header('accept') ?? '').includes('application/x-ndjson')
    return askSession(
      stub,
      { ...access, computer: 'shell', isStreamed },
      { method: 'POST', body: JSON.stringify(call), signal: context.req.raw.signal },
    )
  })

export const terminal = (context: Route): Promise<Response> =>
  withSession(context, async (stub, access) => {
    if (context.req.header('upgrade')?.toLowerCase() !== 'websocket')
      return problemAnswer(context, {
        status: 426,
        title: 'A WebSocket is needed',
        detail:
          'A terminal is a WebSocket. Open wss://…/api/sessions/ID.KEY/terminal, or send commands with POST …/shell.',
      })
    return askSession(
      stub,
      { ...access, computer: 'terminal' },
      { headers: { upgrade: 'websocket' } },
    )
  })

/** What stands behind `/files/`; undefined: it cannot be read. */
const pathOf = (context: Route): string | undefined => {
  const { pathname } = new URL(context.req.url)
  try {
    return decodeURIComponent(pathname.replace(/^\/api\/sessions\/[^/]+\/files\/?/, ''))
  } catch {
    return undefined // broken percent-encoding: the caller answers 400
  }
}

const answerOf = (context: Route, path: string, answer: FilesAnswer): Response => {
  switch (answer.kind) {
    case 'list':
      return Response.json({ files: answer.files })
    case 'file':
      return new Response(answer.bytes, {
        headers: {
          'content-type': answer.isText ? 'text/plain; charset=utf-8' : 'application/octet-stream',
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
        },
      })
    case 'done':
      return new Response(null, { status: answer.isNew ? 201 : 204 })
    case 'missing':
      return problemAnswer(context, {
        status: 404,
        title: 'No such file',
        detail: `There is no file ${JSON.stringify(path)} in the home folder. GET …/files lists them.`,
      })
    case 'refused':
      return badRequest(context, `${JSON.stringify(path)}: ${answer.why}.`)
    case 'full':
      return problemAnswer(context, {
        status: 507,
        title: 'No space left',
        detail: 'The home folder of a session holds 5 MB and 2000 files. Delete some first.',
      })
  }
}

export const files = (context: Route): Promise<Response> =>
  withSession(context, async (stub, access) => {
    const path = pathOf(context)
    if (path === undefined) return badRequest(context, 'The path is not percent-encoded UTF-8.')
    const { method } = context.req
    const call =
      method === 'PUT'
        ? ({ act: 'write', path, bytes: context.get('body') } as const)
        : method === 'DELETE'
          ? ({ act: 'remove', path } as const)
          : path === ''
            ? ({ act: 'list' } as const)
            : ({ act: 'read', path } as const)
    const answer = await stub.files(access, call)
    return isRefusal(answer) ? answer : answerOf(context, path, answer)
  })

/** Files that a session begins with. The answer: why they cannot be. */
export const writeFiles = async (
  stub: DurableObjectStub<ClusterSession>,
  key: string,
  given: Readonly<Record<string, string>>,
): Promise<string | undefined> => {
  for (const [path, content] of Object.entries(given)) {
    const bytes = new TextEncoder().encode(content)
    const answer = await stub.files({ key }, { act: 'write', path, bytes })
    if (isRefusal(answer) || answer.kind === 'done') continue
    if (answer.kind === 'full') return 'The home folder of a session holds 5 MB and 2000 files.'
    return `files: ${JSON.stringify(path.slice(0, 100))}: ${answer.kind === 'refused' ? answer.why : answer.kind}.`
  }
  return undefined
}
