// `[[ … ]]`.
import type { TestExpression } from 'unbash'
import { compilePattern, PatternError } from '#apimachinery/re2.ts'
import { Arithmetic } from '#shell/interpreter/arithmetic.ts'
import { expandPattern, expandQuoted, expandText } from '#shell/interpreter/expansion.ts'
import { compareFiles, fileTest, isFileTest, isSet } from '#shell/interpreter/file-test.ts'
import type { Shell } from '#shell/interpreter/shell.ts'
import type { Steps } from '#shell/kernel/task.ts'
import { Glob } from '#shell/language/glob.ts'

export function* testExpression(shell: Shell, node: TestExpression): Steps<number> {
  const holds = yield* evaluate(shell, node)
  if (holds === undefined) return 2
  return holds ? 0 : 1
}

function* evaluate(shell: Shell, node: TestExpression): Steps<boolean | undefined> {
  switch (node.type) {
    case 'TestGroup':
      return yield* evaluate(shell, node.expression)
    case 'TestNot': {
      const holds = yield* evaluate(shell, node.operand)
      return holds === undefined ? undefined : holds !== (node.negations.length % 2 === 1)
    }
    case 'TestLogical':
      for (const operand of node.operands) {
        const holds = yield* evaluate(shell, operand)
        if (holds !== (node.operator === '&&')) return holds
      }
      return node.operator === '&&'
    case 'TestUnary': {
      const text = yield* expandText(shell, node.operand)
      if (node.operator === '-z') return text === ''
      if (node.operator === '-n') return text !== ''
      if (node.operator === '-v') return isSet(shell, text)
      if (node.operator === '-o') return shell.state.has(text as 'errexit')
      return isFileTest(node.operator) ? fileTest(shell, node.operator, text) : text !== ''
    }
    case 'TestBinary':
      return yield* compare(shell, node)
  }
}

const NUMERIC = new Map<string, (a: bigint, b: bigint) => boolean>([
  ['-eq', (a, b) => a === b],
  ['-ne', (a, b) => a !== b],
  ['-lt', (a, b) => a < b],
  ['-le', (a, b) => a <= b],
  ['-gt', (a, b) => a > b],
  ['-ge', (a, b) => a >= b],
])

function* compare(
  shell: Shell,
  node: Extract<TestExpression, { type: 'TestBinary' }>,
): Steps<boolean | undefined> {
  const { operator } = node
  const left = yield* expandText(shell, node.left)
  if (operator === '=' || operator === '==' || operator === '!=') {
    const pattern = new Glob(yield* expandPattern(shell, node.right))
    return pattern.matches(left) === (operator !== '!=')
  }
  const right = yield* expandText(shell, node.right)
  if (operator === '=~') return matches(shell, left, right)
  if (operator === '<') return left < right
  if (operator === '>') return left > right
  const numeric = NUMERIC.get(operator)
  if (numeric === undefined) return compareFiles(shell, operator, left, right)
  const number = (text: string): Steps<bigint> =>
    new Arithmetic(shell, expandQuoted, text).text(text)
  return numeric(yield* number(left), yield* number(right))
}

const matches = (shell: Shell, text: string, source: string): boolean | undefined => {
  try {
    shell.kernel.step(Math.ceil(text.length / 256))
    const found = compilePattern(source, { longest: true, dotAll: true }).exec(text)
    shell.state.setItems('BASH_REMATCH', groupsOf(text, found ?? []))
    return found !== undefined
  } catch (error) {
    if (error instanceof PatternError) return undefined
    throw error
  }
}

const groupsOf = (text: string, found: readonly number[]): readonly string[] => {
  const groups: string[] = []
  for (let at = 0; at < found.length; at += 2)
    groups.push(found[at]! < 0 ? '' : text.slice(found[at], found[at + 1]))
  return groups
}
