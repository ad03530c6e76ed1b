// Commands that explain, compare and change in ways of their own.
import type { CommandBody } from '#kubectl/invocation.ts'
import { approve, deny } from '#kubectl/commands/certificate.ts'
import { clusterDump } from '#kubectl/commands/cluster-dump.ts'
import { diff } from '#kubectl/commands/diff/diff.ts'
import { edit, editLastApplied } from '#kubectl/commands/edit/edit.ts'
import { explain } from '#kubectl/commands/explain.ts'
import { setPreference, viewPreferences } from '#kubectl/commands/kuberc.ts'
import { kustomizeFolder } from '#kubectl/commands/kustomize.ts'
import { proxy } from '#kubectl/commands/proxy/proxy.ts'
import { setLastApplied, viewLastApplied } from '#kubectl/commands/apply/last-applied.ts'

export const furtherBodies: Readonly<Record<string, CommandBody>> = {
  'apply edit-last-applied': editLastApplied,
  'apply set-last-applied': setLastApplied,
  'apply view-last-applied': viewLastApplied,
  'certificate approve': approve,
  'certificate deny': deny,
  'cluster-info dump': clusterDump,
  diff,
  edit,
  explain,
  'kuberc set': setPreference,
  'kuberc view': viewPreferences,
  kustomize: kustomizeFolder,
  proxy,
}
