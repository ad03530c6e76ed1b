// Where preferences are kept. kubernetes: kubectl pkg/kuberc/kuberc.go LoadKuberc
import { isFailure } from '#shell/files/failure.ts'
import { givenPath } from '#shell/files/path.ts'
import type { ToolCall } from '#shell/tools/tool.ts'

export interface PreferenceFile {
  /** As it was named. */
  readonly name: string
  readonly isExplicit: boolean
}

/** Undefined: whoever sits here wants none. Otherwise `given`, what KUBERC says, or that of the home folder. */
export const preferenceFile = ({ env }: ToolCall, given: string): PreferenceFile | undefined => {
  const { KUBERC = '', HOME = '/root' } = env
  if (KUBERC === 'off') return undefined
  if (given !== '') return { name: given, isExplicit: true }
  if (KUBERC !== '') return { name: KUBERC, isExplicit: true }
  return { name: `${HOME}/.kube/kuberc`, isExplicit: false }
}

/** Undefined: there is no such file. */
export const textIn = ({ files, cwd }: ToolCall, name: string): string | undefined => {
  const text = files.read(givenPath(cwd, name))
  return isFailure(text) ? undefined : text
}
