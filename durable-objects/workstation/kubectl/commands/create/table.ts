import * as data from '#kubectl/commands/create/data.ts'
import * as plain from '#kubectl/commands/create/plain.ts'
import * as services from '#kubectl/commands/create/services.ts'
import * as workloads from '#kubectl/commands/create/workloads.ts'
import type { CommandBody } from '#kubectl/invocation.ts'

export const createBodies: Readonly<Record<string, CommandBody>> = {
  'create configmap': data.configMap,
  'create cronjob': workloads.cronJob,
  'create deployment': workloads.deployment,
  'create job': workloads.job,
  'create namespace': plain.namespace,
  'create secret docker-registry': data.dockerSecret,
  'create secret generic': data.genericSecret,
  'create secret tls': data.tlsSecret,
  'create service clusterip': services.clusterIPService,
  'create service externalname': services.externalNameService,
  'create service loadbalancer': services.loadBalancerService,
  'create service nodeport': services.nodePortService,
  'create serviceaccount': plain.serviceAccount,
}
