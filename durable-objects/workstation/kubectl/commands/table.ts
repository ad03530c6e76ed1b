// What each command does, by its name. Families of commands have files of their own.
import type { CommandBody } from '#kubectl/invocation.ts'
import { apply } from '#kubectl/commands/apply/apply.ts'
import { canI, whoAmI } from '#kubectl/commands/auth/auth.ts'
import { reconcile } from '#kubectl/commands/auth/reconcile.ts'
import { configBodies } from '#kubectl/commands/config/table.ts'
import { completion, pluginList } from '#kubectl/commands/completion.ts'
import { cordon, uncordon } from '#kubectl/commands/drain/cordon.ts'
import { create } from '#kubectl/commands/create/files.ts'
import { createBodies } from '#kubectl/commands/create/table.ts'
import { deleteResources } from '#kubectl/commands/delete/delete.ts'
import { describe } from '#kubectl/commands/describe.ts'
import { apiResources, apiVersions, clusterInfo, version } from '#kubectl/commands/served.ts'
import { furtherBodies } from '#kubectl/commands/further.ts'
import { autoscale } from '#kubectl/commands/autoscale.ts'
import { expose } from '#kubectl/commands/expose.ts'
import { runImage } from '#kubectl/commands/run/run.ts'
import { get } from '#kubectl/commands/get/get.ts'
import { annotate, label } from '#kubectl/commands/label.ts'
import { patch } from '#kubectl/commands/patch.ts'
import { podBodies } from '#kubectl/commands/pod-bodies.ts'
import { replace } from '#kubectl/commands/replace.ts'
import { rolloutBodies } from '#kubectl/commands/rollout/table.ts'
import { scale } from '#kubectl/commands/scale.ts'
import { taint } from '#kubectl/commands/taint.ts'
import {
  alpha,
  certificate,
  group,
  help,
  options,
  rollout,
  root,
} from '#kubectl/commands/groups.ts'

export const commandBodies: Readonly<Record<string, CommandBody>> = {
  '': root,
  options,
  help,
  get,
  alpha,
  annotate,
  apply,
  'api-resources': apiResources,
  'api-versions': apiVersions,
  'auth can-i': canI,
  'auth reconcile': reconcile,
  'auth whoami': whoAmI,
  'cluster-info': clusterInfo,
  completion,
  cordon,
  uncordon,
  describe,
  'plugin list': pluginList,
  version,
  autoscale,
  expose,
  run: runImage,
  create,
  delete: deleteResources,
  auth: group,
  certificate,
  config: group,
  ...configBodies,
  ...furtherBodies,
  ...createBodies,
  'create secret': group,
  'create service': group,
  kuberc: group,
  label,
  patch,
  replace,
  plugin: group,
  rollout,
  ...rolloutBodies,
  scale,
  set: group,
  taint,
  top: group,
  ...podBodies,
}
