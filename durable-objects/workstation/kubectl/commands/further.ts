// Commands that explain, compare and change in ways of their own.
import type { CommandBody } from '#kubectl/invocation.ts'
import { diff } from '#kubectl/commands/diff.ts'
import { explain } from '#kubectl/commands/explain.ts'
import { kustomizeFolder } from '#kubectl/commands/kustomize.ts'

export const furtherBodies: Readonly<Record<string, CommandBody>> = {
  diff,
  explain,
  kustomize: kustomizeFolder,
}
