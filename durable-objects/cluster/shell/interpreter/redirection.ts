// `> file`, `2>&1`, `<< EOF`.
import type { HereDoc, ProcessSubstitutionPart, Redirect, Redirection } from 'unbash'
import { isFailure } from '#shell/files/failure.ts'
import { absolutePath } from '#shell/files/path.ts'
import { openToRead, openToWrite } from '#shell/interpreter/devices.ts'
import { expandQuoted, expandText } from '#shell/interpreter/expansion.ts'
import { complain, type Shell, ShellFailure } from '#shell/interpreter/shell.ts'
import { type Stream, textStream } from '#shell/kernel/stream.ts'
import type { Steps } from '#shell/kernel/task.ts'
import { type Flavour, MESSAGES } from '#shell/language/flavour.ts'

type Texts = Readonly<Record<Flavour, string>>

/** undefined closes the descriptor. */
type Plan = { readonly fds: readonly number[]; readonly stream: Stream | undefined } | Texts

/** What was there before, to be put back. */
export type Saved = readonly (readonly [number, Stream | undefined])[]

/** Opens what they name; undefined if one of them cannot be: that has been said then. */
export function* redirect(
  shell: Shell,
  redirections: readonly Redirection[],
): Steps<Saved | undefined> {
  const saved: [number, Stream | undefined][] = []
  for (const redirection of redirections) {
    const plan = yield* planOf(shell, redirection)
    if ('bash' in plan) {
      yield* complain(shell, plan)
      restore(shell, saved)
      return undefined
    }
    const { fds, stream } = plan
    for (const fd of fds) {
      const before = shell.task.fds.get(fd)
      before?.open()
      saved.push([fd, before])
      if (stream === undefined) shell.task.fds.close(fd)
      else shell.task.fds.set(fd, stream)
    }
  }
  return saved
}

export const restore = (shell: Shell, saved: Saved): void => {
  for (const [fd, stream] of saved.toReversed()) {
    if (stream === undefined) shell.task.fds.close(fd)
    else shell.task.fds.set(fd, stream)
    stream?.close()
  }
}

/** They stay: `exec > file`. */
export const keep = (saved: Saved): void => {
  for (const [, stream] of saved) stream?.close()
}

function* planOf(shell: Shell, redirection: Redirection): Steps<Plan> {
  const given = redirection.descriptor
  const fd = given?.type === 'FileDescriptor' ? given.value : undefined
  if (redirection.type === 'HereDoc')
    return { fds: [fd ?? 0], stream: textStream(yield* hereText(shell, redirection)) }
  const substitution = substitutionOf(redirection)
  if (substitution?.script !== undefined && shell.state.flavour === 'bash')
    return {
      fds: [fd ?? (substitution.operator === '<' ? 0 : 1)],
      stream: shell.executor.stream(shell, substitution.script, substitution.operator),
    }
  const target = yield* expandText(shell, redirection.target)
  if (redirection.type === 'HereString' && shell.state.flavour !== 'bash')
    throw new ShellFailure(
      shell.state.flavour === 'dash'
        ? 'Syntax error: redirection unexpected'
        : 'syntax error: unexpected redirection',
      2,
    )
  if (redirection.type === 'HereString')
    return { fds: [fd ?? 0], stream: textStream(`${target}\n`) }
  const { operator } = redirection
  if (operator === '>&' || operator === '<&') return duplicate(shell, redirection, target, fd)
  if (operator === '<' || operator === '<>') return toRead(shell, target, fd ?? 0)
  const isBoth = operator === '&>' || operator === '&>>'
  return toWrite(shell, target, isBoth ? [1, 2] : [fd ?? 1], operator)
}

/** `< <( … )` */
const substitutionOf = (redirection: Redirection): ProcessSubstitutionPart | undefined => {
  if (redirection.type !== 'Redirect') return undefined
  const parts = redirection.target?.parts ?? []
  return parts.length === 1 && parts[0]?.type === 'ProcessSubstitution' ? parts[0] : undefined
}

function* hereText(shell: Shell, { operator, delimiter, body }: HereDoc): Steps<string> {
  if (delimiter?.quoted === true || body.parts === undefined)
    return operator === '<<-' ? withoutTabs(body.text) : unescaped(body.text, delimiter?.quoted)
  if (operator === '<<') return yield* expandQuoted(shell, body.parts)
  // tabs are cut off before anything is expanded
  const parts = body.parts.map((part, index) =>
    part.type === 'Literal'
      ? {
          ...part,
          value: index === 0 ? withoutTabs(part.value) : part.value.replace(/\n\t+/g, '\n'),
        }
      : part,
  )
  return yield* expandQuoted(shell, parts)
}

const withoutTabs = (text: string): string => text.replace(/^\t+/gm, '')

const unescaped = (text: string, isQuoted: boolean | undefined): string =>
  isQuoted === true ? text : text.replace(/\\([\\$`])/g, '$1').replaceAll('\\\n', '')

const toRead = (shell: Shell, target: string, fd: number): Plan => {
  const opened = openToRead(shell, target)
  if (!isFailure(opened)) return { fds: [fd], stream: opened }
  return opened.code === 'ENOENT'
    ? MESSAGES.cannotOpen(target)
    : MESSAGES.cannotRead(target, opened.text)
}

const toWrite = (
  shell: Shell,
  target: string,
  fds: readonly number[],
  operator: Redirect['operator'],
): Plan => {
  if (target === '') return MESSAGES.cannotCreate(target, 'No such file or directory')
  const { state, files } = shell
  if (operator === '>' && state.has('noclobber')) {
    const found = files.stat(absolutePath(state.cwd, target))
    if (!isFailure(found) && found.kind === 'file')
      return {
        dash: `cannot create ${target}: File exists`,
        ash: `can't create ${target}: File exists`,
        bash: `${target}: cannot overwrite existing file`,
      }
  }
  const opened = openToWrite(shell, target, operator === '>>' || operator === '&>>')
  if (isFailure(opened)) return MESSAGES.cannotCreate(target, opened.text)
  return { fds, stream: opened }
}

const duplicate = (
  shell: Shell,
  redirection: Redirect,
  target: string,
  fd: number | undefined,
): Plan => {
  const isOutput = redirection.operator === '>&'
  const own = fd ?? (isOutput ? 1 : 0)
  if (target === '-') return { fds: [own], stream: undefined }
  if (/^\d+$/.test(target)) {
    const stream = shell.task.fds.get(Number(target))
    return stream === undefined ? MESSAGES.badDescriptor(target) : { fds: [own], stream }
  }
  if (isOutput && fd === undefined) return toWrite(shell, target, [1, 2], '>')
  return MESSAGES.ambiguousRedirect(target)
}
