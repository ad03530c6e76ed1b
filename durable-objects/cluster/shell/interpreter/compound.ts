// Loops and `case`.
import type { ArithmeticFor, Case, CompoundList, For, Select, While } from 'unbash'
import { Arithmetic } from '#shell/interpreter/arithmetic.ts'
import {
  expandPattern,
  expandQuoted,
  expandText,
  expandWords,
} from '#shell/interpreter/expansion.ts'
import { setParameter } from '#shell/interpreter/parameters.ts'
import { LoopJump, print, type Shell } from '#shell/interpreter/shell.ts'
import { type Steps, TURN } from '#shell/kernel/task.ts'
import { Glob } from '#shell/language/glob.ts'

export type RunBody = (shell: Shell, list: CompoundList) => Steps<number>

/** One turn. False: the loop is over. */
function* turn(shell: Shell, steps: Steps<number>): Steps<boolean> {
  const { state } = shell
  const { loopDepth, unchecked } = state
  state.loopDepth++
  try {
    state.status = yield* steps
    return true
  } catch (error) {
    if (!(error instanceof LoopJump)) throw error
    state.unchecked = unchecked
    if (error.levels > 1 && loopDepth > 0) throw new LoopJump(error.kind, error.levels - 1)
    state.status = 0
    return error.kind === 'continue'
  } finally {
    state.loopDepth = loopDepth
  }
}

export function* runWhile(
  shell: Shell,
  node: While,
  run: { readonly body: RunBody; readonly condition: RunBody },
): Steps<number> {
  let status = 0
  let isOver = false
  function* both(): Steps<number> {
    if (((yield* run.condition(shell, node.clause)) === 0) !== (node.kind === 'while')) {
      isOver = true
      return status
    }
    return yield* run.body(shell, node.body)
  }
  for (;;) {
    if (shell.kernel.step()) yield TURN
    shell.machine.onTurn?.(shell, node)
    const goesOn = yield* turn(shell, both())
    if (isOver) return status
    status = shell.state.status
    if (!goesOn) return status
  }
}

export function* runFor(shell: Shell, node: For, run: RunBody): Steps<number> {
  const items =
    node.wordlist === undefined ? shell.state.positional : yield* expandWords(shell, node.wordlist)
  let status = 0
  for (const item of items) {
    if (shell.kernel.step()) yield TURN
    setParameter(shell, node.name.value, item)
    const goesOn = yield* turn(shell, run(shell, node.body))
    status = shell.state.status
    if (!goesOn) break
  }
  return status
}

export function* runForArithmetic(shell: Shell, node: ArithmeticFor, run: RunBody): Steps<number> {
  const evaluation = new Arithmetic(shell, expandQuoted, '')
  let status = 0
  if (node.initialize !== undefined) yield* evaluation.value(node.initialize)
  for (;;) {
    if (shell.kernel.step()) yield TURN
    shell.machine.onTurn?.(shell, node)
    if (node.test !== undefined && (yield* evaluation.value(node.test)) === 0n) return status
    const goesOn = yield* turn(shell, run(shell, node.body))
    status = shell.state.status
    if (!goesOn) return status
    if (node.update !== undefined) yield* evaluation.value(node.update)
  }
}

/** A menu until it is left with `break`, or the input ends. */
export function* runSelect(shell: Shell, node: Select, run: RunBody): Steps<number> {
  const { state } = shell
  const items =
    node.wordlist === undefined ? state.positional : yield* expandWords(shell, node.wordlist)
  const width = String(items.length).length
  const menu = items.map((item, at) => `${String(at + 1).padStart(width)}) ${item}\n`).join('')
  let isShown = false
  for (let status = 0; items.length > 0;) {
    if (shell.kernel.step()) yield TURN
    if (!isShown) yield* print(shell, menu, 2)
    yield* print(shell, state.get('PS3') ?? '#? ', 2)
    if ((yield* shell.executor.run(shell, ['read', '-r', 'REPLY'])) !== 0) {
      yield* print(shell, '\n', 2)
      return status
    }
    const reply = state.get('REPLY') ?? ''
    isShown = reply !== ''
    if (!isShown) continue
    setParameter(shell, node.name.value, items[Number(reply) - 1] ?? '')
    const goesOn = yield* turn(shell, run(shell, node.body))
    status = state.status
    if (!goesOn) return status
  }
  return 0
}

export function* runCase(shell: Shell, node: Case, run: RunBody): Steps<number> {
  const word = yield* expandText(shell, node.word)
  let isFallingThrough = false
  let status = 0
  for (const { pattern, body, terminator } of node.items) {
    let fits = isFallingThrough
    for (const one of fits ? [] : pattern) {
      fits = new Glob(yield* expandPattern(shell, one)).matches(word)
      if (fits) break
    }
    if (!fits) continue
    status = yield* run(shell, body)
    if (terminator !== ';&' && terminator !== ';;&') return status
    isFallingThrough = terminator === ';&'
  }
  return status
}
