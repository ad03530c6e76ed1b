// kubernetes: kubectl pkg/cmd/cp/{cp,filespec}.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import { fromByteString } from '#shell/files/bytes.ts'
import { isFailure } from '#shell/files/failure.ts'
import { absolutePath } from '#shell/files/path.ts'
import { readArchive } from '#shell/tools/binary/archive.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { type Captured, capture } from '#kubectl/client/conversation.ts'
import { archiveOf, unpack } from '#kubectl/commands/cp/archive.ts'
import { podPath } from '#kubectl/commands/remote-run.ts'
import { KubectlFailure, PlainFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { containerOrDefault } from '#kubectl/resource/pod-containers.ts'

interface FileSpec {
  readonly namespace: string
  /** '': a file of this computer. */
  readonly pod: string
  readonly path: string
}

export function* cp(run: Invocation): ToolRun<void> {
  if (run.args.length !== 2) throw new KubectlFailure('source and destination are required')
  const [from, to] = run.args.map(specOf) as [FileSpec, FileSpec]
  if (from.pod !== '' && to.pod !== '')
    throw new KubectlFailure('one of src or dest must be a local file specification')
  if (from.path === '' || to.path === '') throw new KubectlFailure('filepath can not be empty')
  if (from.pod !== '') yield* copyFrom(run, from, to.path)
  else if (to.pod !== '') yield* copyTo(run, from.path, to)
  else throw new KubectlFailure('one of src or dest must be a remote file specification')
}

/** `[[namespace/]pod:]path`. kubernetes: extractFileSpec */
const specOf = (text: string): FileSpec => {
  const colon = text.indexOf(':')
  if (colon < 0) return { namespace: '', pod: '', path: withoutEnd(text) }
  const pieces = text.slice(0, colon).split('/')
  if (colon === 0 || pieces.length > 2)
    throw new KubectlFailure(
      'filespec must match the canonical format: [[namespace/]pod:]file/path',
    )
  const path = withoutEnd(text.slice(colon + 1))
  return pieces.length === 2
    ? { namespace: pieces[0]!, pod: pieces[1]!, path }
    : { namespace: '', pod: pieces[0]!, path }
}

const withoutEnd = (path: string): string => (path.length > 1 ? path.replace(/\/$/, '') : path)

/** The last part of a path as Go's path.Base sees it. */
const baseOf = (path: string): string => cleaned(path).replace(/^.*\/(?=.)/, '')

/** Go's path.Clean. */
const cleaned = (path: string): string => {
  const absolute = absolutePath('/', path)
  if (path.startsWith('/')) return absolute
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else parts.push(part)
  }
  return parts.length === 0 ? '.' : parts.join('/')
}

const folderOf = (path: string): string => {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '.' : slash === 0 ? '/' : path.slice(0, slash)
}

interface Remote {
  readonly pod: Pod
  readonly container: string
}

/** `say`: who hears which container was taken. */
const remoteOf = (run: Invocation, spec: FileSpec, say: (text: string) => void): Remote => {
  const namespace = spec.namespace === '' ? run.namespace : spec.namespace
  const pod = run.client.get(
    `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(spec.pod)}`,
  ) as unknown as Pod
  const { phase = '' } = pod.status
  if (phase === 'Succeeded' || phase === 'Failed')
    throw new KubectlFailure(
      `cannot exec into a container in a completed pod; current phase is ${phase}`,
    )
  const container = containerOrDefault(run, pod, run.flags.string('container'), false, say)
  return { pod, container: container.name }
}

function* execute(
  run: Invocation,
  { pod, container }: Remote,
  command: readonly string[],
  input?: string,
): ToolRun<Captured> {
  const program = run.client.program({
    method: 'GET',
    path: podPath(pod, 'exec'),
    query: [
      ...command.map((word) => ['command', word] as const),
      ['container', container],
      ...(input === undefined ? [] : ([['stdin', 'true']] as const)),
      ['stdout', 'true'],
      ['stderr', 'true'],
    ],
  })
  return yield* capture(run, program, input)
}

const throwIfFailed = ({ exitCode, failure }: Captured): void => {
  if (failure !== undefined) throw new KubectlFailure(`Internal error occurred: ${failure}`)
  if (exitCode !== 0)
    throw new PlainFailure(`command terminated with exit code ${exitCode}`, exitCode)
}

function* copyTo(run: Invocation, path: string, to: FileSpec): ToolRun<void> {
  const { call, flags } = run
  const local = absolutePath(call.cwd, path)
  if (isFailure(call.files.stat(local)))
    throw new KubectlFailure(`${path} doesn't exist in local filesystem`)
  const remote = remoteOf(run, to, (text) => run.err(text))
  const test = yield* execute(run, remote, ['test', '-d', to.path])
  const isFolder = test.exitCode === 0 && test.failure === undefined
  const target = cleaned(isFolder ? `${to.path}/${baseOf(path)}` : to.path)
  const how = flags.bool('no-preserve') ? ['--no-same-permissions', '--no-same-owner'] : []
  const command = ['tar', ...how, '-xmf', '-', '-C', folderOf(target)]
  const done = yield* execute(run, remote, command, archiveOf(call.files, local, baseOf(target)))
  run.out(fromByteString(done.stdout))
  run.err(fromByteString(done.stderr))
  throwIfFailed(done)
}

function* copyFrom(run: Invocation, from: FileSpec, path: string): ToolRun<void> {
  const remote = remoteOf(run, from, (text) => run.out(text))
  const command =
    run.flags.int('retries') === 0
      ? ['tar', 'cf', '-', from.path]
      : ['sh', '-c', `tar cf - ${from.path} | tail -c+0`]
  const done = yield* execute(run, remote, command)
  run.out(fromByteString(done.stderr))
  const entries = readArchive(done.stdout)
  // an archive that is one is taken, whatever tar thinks of it
  if (entries === undefined) return throwIfFailed(done)
  unpack(run, entries, {
    prefix: withoutShortcuts(cleaned(from.path.replace(/^\/+/, ''))),
    path,
    source: from,
  })
}

/** Nobody climbs above the root. kubernetes: stripPathShortcuts */
const withoutShortcuts = (path: string): string => {
  const rest = path.replace(/^(\.\.(\/|$))+/, '')
  return rest === '.' || rest === '..' ? '' : rest
}
