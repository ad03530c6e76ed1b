import * as data from '#kubectl/commands/create/data.ts'
import { ingress } from '#kubectl/commands/create/ingress.ts'
import * as plain from '#kubectl/commands/create/plain.ts'
import * as policies from '#kubectl/commands/create/policies.ts'
import * as bindings from '#kubectl/commands/create/role-bindings.ts'
import * as roles from '#kubectl/commands/create/roles.ts'
import * as services from '#kubectl/commands/create/services.ts'
import { token } from '#kubectl/commands/create/token.ts'
import * as workloads from '#kubectl/commands/create/workloads.ts'
import type { CommandBody } from '#kubectl/invocation.ts'

export const createBodies: Readonly<Record<string, CommandBody>> = {
  'create clusterrole': roles.clusterRole,
  'create clusterrolebinding': bindings.clusterRoleBinding,
  'create configmap': data.configMap,
  'create cronjob': workloads.cronJob,
  'create deployment': workloads.deployment,
  'create ingress': ingress,
  'create job': workloads.job,
  'create namespace': plain.namespace,
  'create poddisruptionbudget': policies.disruptionBudget,
  'create priorityclass': policies.priorityClass,
  'create quota': policies.quota,
  'create role': roles.role,
  'create rolebinding': bindings.roleBinding,
  'create secret docker-registry': data.dockerSecret,
  'create secret generic': data.genericSecret,
  'create secret tls': data.tlsSecret,
  'create service clusterip': services.clusterIPService,
  'create service externalname': services.externalNameService,
  'create service loadbalancer': services.loadBalancerService,
  'create service nodeport': services.nodePortService,
  'create serviceaccount': plain.serviceAccount,
  'create token': token,
}
