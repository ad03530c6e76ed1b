// What lies behind a path that is opened: a file, a device, another descriptor.
import { type FileFailure, isFailure } from '#shell/files/failure.ts'
import type { FileSystem } from '#shell/files/file-system.ts'
import { absolutePath, givenPath } from '#shell/files/path.ts'
import type { Shell } from '#shell/interpreter/shell.ts'
import {
  endlessStream,
  nullStream,
  type Stream,
  sinkStream,
  textStream,
} from '#shell/kernel/stream.ts'

const BLOCK = 4096

/** A path that names a descriptor of this or another process. */
const DESCRIPTOR = /^\/(?:dev\/fd|proc\/(self|\d+)\/fd)\/(\d+)$/
const STANDARD: Readonly<Record<string, number>> = {
  '/dev/stdin': 0,
  '/dev/stdout': 1,
  '/dev/stderr': 2,
}

export type Opened = Stream | FileFailure | undefined

/** undefined: it is no device. */
const device = (shell: Shell, path: string): Stream | undefined => {
  const { task, kernel, machine } = shell
  if (Object.hasOwn(STANDARD, path)) return task.fds.get(STANDARD[path]!)
  const descriptor = DESCRIPTOR.exec(path)
  if (descriptor !== null) {
    const [, pid, fd] = descriptor
    const owner = pid === undefined || pid === 'self' ? task : kernel.task(Number(pid))
    return owner?.fds.get(Number(fd))
  }
  switch (path) {
    case '/dev/null':
      return nullStream
    case '/dev/tty':
    case '/dev/console':
      return (
        kernel.terminal ??
        [0, 1, 2].map((fd) => task.fds.get(fd)).find((stream) => stream?.isTTY === true)
      )
    case '/dev/zero':
      return endlessStream(() => '\0'.repeat(BLOCK))
    case '/dev/full':
      return sinkStream(() => ({ error: 'No space left on device' }))
    case '/dev/random':
    case '/dev/urandom':
      return endlessStream(() => {
        kernel.changes++
        return noise(() => machine.random(), BLOCK)
      })
    default:
      return undefined
  }
}

const noise = (random: () => number, size: number): string => {
  let text = ''
  for (let at = 0; at < size; at++) text += String.fromCharCode(random() & 255)
  return text
}

export const openToRead = (shell: Shell, given: string): Stream | FileFailure => {
  const path = absolutePath(shell.state.cwd, given)
  const known = device(shell, path)
  if (known !== undefined) return known
  const text = shell.files.read(givenPath(shell.state.cwd, given))
  return isFailure(text) ? text : textStream(text)
}

export const openToWrite = (
  shell: Shell,
  given: string,
  isAppended: boolean,
): Stream | FileFailure => {
  const { state, files } = shell
  const path = absolutePath(state.cwd, given)
  const known = device(shell, path)
  if (known !== undefined) return known
  const full = givenPath(state.cwd, given)
  const failed = files.write(full, '', { append: isAppended, mode: 0o666 & ~state.umask })
  return failed ?? fileWriter(files, full)
}

const fileWriter = (files: FileSystem, path: string): Stream =>
  sinkStream((text) => {
    const failed = files.write(path, text, { append: true })
    return failed === undefined ? 'done' : { error: failed.text }
  })
