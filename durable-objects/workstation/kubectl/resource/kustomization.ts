// Kustomizations in the computer's files. kubernetes: cli-runtime pkg/resource/kustomizevisitor.go
import { isFailure } from '#shell/files/failure.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import {
  kustomize,
  KustomizeError,
  type KustomizeFiles,
  KustomizeFailure,
} from '#kubectl/kustomize/build.ts'
import type { Source } from '#kubectl/resource/read-files.ts'

/** The documents that a folder's kustomization makes. Throws KubectlFailure. */
export const kustomizationText = (
  run: Invocation,
  path: string,
  options: { readonly isUnrestricted?: boolean } = {},
): string => {
  const { cwd, files } = run.call
  const seen: KustomizeFiles = {
    read: (name) => {
      const text = files.read(name)
      return isFailure(text) ? undefined : text
    },
    list: (name) => {
      const names = files.list(name)
      return isFailure(names) ? [] : names.toSorted()
    },
    isDirectory: (name) => {
      const stat = files.stat(name)
      return !isFailure(stat) && stat.kind === 'directory'
    },
  }
  const warn = (warnings: readonly string[]): void => {
    for (const line of warnings) run.err(`${line}\n`)
  }
  try {
    const { text, warnings } = kustomize({ files: seen, cwd, path, ...options })
    warn(warnings)
    return text
  } catch (error) {
    if (!(error instanceof KustomizeError)) throw error
    if (error instanceof KustomizeFailure) warn(error.warnings)
    throw new KubectlFailure(error.message)
  }
}

/** What `-k` builds, as one source of documents. */
export const builtKustomization = (run: Invocation, folder: string): Source => ({
  name: folder,
  text: kustomizationText(run, folder),
})
