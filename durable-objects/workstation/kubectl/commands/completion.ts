// Scripts for shells, and plugins, of which there are none. kubernetes: kubectl pkg/cmd/{completion,plugin}
import { own } from '#apimachinery/object.ts'
import scripts from '#kubectl/facts/completions.json' with { type: 'json' }
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'

export const completion = (run: Invocation): void => {
  const [shell, ...more] = run.args
  if (shell === undefined) throw run.usage('Shell not specified.')
  if (more.length > 0) throw run.usage('Too many arguments. Expected only the shell type.')
  const script = own(scripts as Readonly<Record<string, string>>, shell)
  if (script === undefined) throw run.usage(`Unsupported shell type ${JSON.stringify(shell)}.`)
  run.out(script)
}

export const pluginList = (): void => {
  throw new KubectlFailure('unable to find any kubectl plugins in your PATH')
}
