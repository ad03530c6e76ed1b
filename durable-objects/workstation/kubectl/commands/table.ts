// What each command does, by its name. Families of commands have files of their own.
import type { CommandBody } from '#kubectl/invocation.ts'
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
