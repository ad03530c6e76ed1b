// What a container that has ended leaves behind as its last message.
// kubernetes: pkg/kubelet/kuberuntime/kuberuntime_container.go getTerminationMessage
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { FileWrite, LogLine, Process } from '#images/behaviour.ts'

/** kubernetes: pkg/kubelet/container MaxContainerTerminationMessageLength and those of logs */
const LONGEST = 4096
const LONGEST_LOG = 2048
const MOST_LOG_LINES = 80

/** `age`: how long it ran, in milliseconds. undefined: none. */
export const terminationMessage = (
  container: Container,
  { writes = [], log }: Process,
  exitCode: number,
  age: number,
): string | undefined => {
  const { terminationMessagePath, terminationMessagePolicy } = container
  const written = textOf(writes, terminationMessagePath ?? '', age).slice(0, LONGEST)
  if (written !== '') return written
  if (exitCode === 0 || terminationMessagePolicy !== 'FallbackToLogsOnError') return undefined
  const said = lastLines(log, age)
  return said === '' ? undefined : said
}

const textOf = (writes: readonly FileWrite[], path: string, age: number): string => {
  let all = ''
  for (const { path: of, after, text = '', isMore } of writes)
    if (of === path && after <= age) all = isMore === true ? all + text : text
  return all
}

const lastLines = (log: readonly LogLine[], age: number): string =>
  log
    .filter(({ after }) => after <= age)
    .slice(-MOST_LOG_LINES)
    .map(({ text }) => text)
    .join('\n')
    .slice(-LONGEST_LOG)
