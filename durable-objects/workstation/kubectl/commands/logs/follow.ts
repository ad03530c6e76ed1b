// `logs -f`: several logs at once, line by line. kubernetes: kubectl pkg/cmd/logs/logs.go parallelConsumeRequest
import type { ToolRun } from '#shell/tools/tool.ts'
import type { LogRequest } from '#kubectl/commands/logs/requests.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { ApiStream } from '#kubectl/host.ts'
import type { Invocation } from '#kubectl/invocation.ts'

interface Followed {
  readonly prefix: string
  readonly stream: ApiStream
  /** The beginning of a line. */
  rest: string
  isOver: boolean
}

/** Until all of them have ended. */
export function* followLogs(run: Invocation, requests: readonly LogRequest[]): ToolRun<void> {
  const followed = requests.flatMap((request) => opened(run, request))
  const printNews = (): boolean => {
    let isNews = false
    for (const one of followed) {
      if (one.isOver) continue
      const more = one.stream.read()
      if (more === '') continue
      isNews = true
      print(run, one, more)
    }
    return isNews
  }
  try {
    for (;;) {
      printNews()
      yield* run.flush()
      if (followed.every(({ isOver }) => isOver)) return
      yield { kind: 'wait', ready: printNews }
    }
  } finally {
    for (const { stream } of followed) stream.close()
  }
}

const opened = (run: Invocation, { path, query, prefix }: LogRequest): readonly Followed[] => {
  try {
    const stream = run.client.stream({ method: 'GET', path, query })
    return [{ prefix, stream, rest: '', isOver: false }]
  } catch (error) {
    if (!(error instanceof KubectlFailure) || !run.flags.bool('ignore-errors')) throw error
    run.out(`error: ${error.message}\n`)
    return []
  }
}

/** `undefined`: the log has ended. */
const print = (run: Invocation, followed: Followed, more: string | undefined): void => {
  const { prefix } = followed
  const lines = (followed.rest + (more ?? '')).split('\n')
  followed.rest = lines.pop()!
  for (const line of lines) run.out(`${prefix}${line}\n`)
  if (more !== undefined) return
  followed.isOver = true
  if (followed.rest !== '') run.out(prefix + followed.rest)
}
