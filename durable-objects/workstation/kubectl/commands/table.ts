// What each command does, by its name. Families of commands have files of their own.
import type { CommandBody } from '#kubectl/invocation.ts'
import { apply } from '#kubectl/commands/apply.ts'
import { create } from '#kubectl/commands/create-files.ts'
import { deleteResources } from '#kubectl/commands/delete.ts'
import { get } from '#kubectl/commands/get.ts'
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
  apply,
  create,
  delete: deleteResources,
  auth: group,
  certificate,
  config: group,
  'create secret': group,
  'create service': group,
  kuberc: group,
  plugin: group,
  rollout,
  set: group,
  top: group,
}
