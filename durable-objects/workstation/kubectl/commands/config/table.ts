import * as change from '#kubectl/commands/config/change.ts'
import * as show from '#kubectl/commands/config/show.ts'
import type { CommandBody } from '#kubectl/invocation.ts'

export const configBodies: Readonly<Record<string, CommandBody>> = {
  'config current-context': show.currentContext,
  'config delete-cluster': change.deleteCluster,
  'config delete-context': change.deleteContext,
  'config delete-user': change.deleteUser,
  'config get-clusters': show.getClusters,
  'config get-contexts': show.getContexts,
  'config get-users': show.getUsers,
  'config rename-context': change.renameContext,
  'config set': change.set,
  'config set-cluster': change.setCluster,
  'config set-context': change.setContext,
  'config set-credentials': change.setCredentials,
  'config unset': change.unset,
  'config use-context': change.useContext,
  'config view': show.view,
}
