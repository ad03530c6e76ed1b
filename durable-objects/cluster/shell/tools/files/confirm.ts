// `-i`: whoever sits there is asked before something is lost.
import { type Input, standardInput } from '#shell/tools/input.ts'
import type { Run } from '#shell/tools/run.ts'
import type { ToolRun } from '#shell/tools/tool.ts'

const inputs = new WeakMap<Run, Input>()

/** Without `-i`, or with a later `-f`, nobody is asked. */
export function* isConfirmed(run: Run, question: string): ToolRun<boolean> {
  if (run.options.last('if') !== 'i') return true
  yield* run.flush()
  yield { kind: 'write', fd: 2, text: `${run.name}: ${question}? ` }
  const input = inputs.get(run) ?? standardInput(run)
  inputs.set(run, input)
  const answer = yield* input.line()
  return answer !== undefined && /^[yY]/.test(answer)
}
