// What commands that roll out work on. kubernetes: kubectl pkg/cmd/rollout
import type { Invocation } from '#kubectl/invocation.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import { build, type BuiltResult } from '#kubectl/resource/builder.ts'
import { filesOf } from '#kubectl/resource/files-of.ts'

export const requireResource = ({ flags, args }: Invocation): void => {
  if (args.length === 0 && flags.list('filename').length === 0 && flags.string('kustomize') === '')
    throw new KubectlFailure('required resource not specified')
}

export const requireRevision = ({ flags }: Invocation): void => {
  const revision = flags.int('revision')
  if (revision < 0) throw new KubectlFailure(`revision must be a positive integer: ${revision}`)
}

/** A type alone means all of its objects. */
export const foundToRoll = (run: Invocation): BuiltResult => {
  const { flags, args } = run
  return build(run, {
    args,
    allowsEmptySelector: true,
    ...filesOf(run),
    labelSelector: flags.string('selector'),
    enforcesNamespace: run.connection.isExplicit,
    continuesOnError: true,
    latest: true,
    flattens: true,
    isTyped: true,
  })
}
