// `--raw`: a request as it is written. kubernetes: kubectl pkg/rawhttp
import type { ToolRun } from '#shell/tools/tool.ts'
import { requestTimeoutOf } from '#kubectl/client/config.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'

/** `/api/v1/pods?limit=1` */
export const rawTarget = (
  raw: string,
): { readonly path: string; readonly query: readonly (readonly [string, string])[] } => {
  const at = raw.indexOf('?')
  const query = at < 0 ? '' : raw.slice(at + 1)
  const decode = (text: string): string => {
    try {
      return decodeURIComponent(text.replaceAll('+', ' '))
    } catch {
      return text
    }
  }
  return {
    path: at < 0 ? raw : raw.slice(0, at),
    query: query
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const equals = pair.indexOf('=')
        return equals < 0
          ? ([decode(pair), ''] as const)
          : ([decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))] as const)
      }),
  }
}

/** Prints what comes for as long as it comes: a watch, a log that is followed, or a document. */
export function* getRaw(run: Invocation): ToolRun<void> {
  const stream = run.client.stream({ method: 'GET', ...rawTarget(run.flags.string('raw')) })
  const patience = requestTimeoutOf(run.flags) || Infinity
  const limit = (stream.timeoutSeconds ?? Infinity) * 1000
  const endsAt = run.now() + Math.min(patience, limit)
  let isOver = false
  const printNews = (): boolean => {
    if (isOver) return true
    const more = stream.read()
    isOver = more === undefined
    run.out(more ?? '')
    return more !== ''
  }
  try {
    for (;;) {
      printNews()
      yield* run.flush()
      if (isOver) return
      const left = endsAt - run.now()
      if (left <= 0 && limit <= patience) return
      if (left <= 0)
        throw new KubectlFailure(
          'context deadline exceeded (Client.Timeout or context cancellation while reading body)',
        )
      yield { kind: 'wait', ready: printNews, ...(left === Infinity ? {} : { ms: left }) }
    }
  } finally {
    stream.close()
  }
}
