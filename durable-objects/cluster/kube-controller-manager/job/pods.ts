// kubernetes: pkg/controller/job/job_controller.go manageJob, indexed_job_utils.go
import type { Job } from '#api/batch/v1/job/types.ts'
import type { Container, EnvVar } from '#api/core/v1/pod/container-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { INDEX_KEY, isIndexed } from '#kube-controller-manager/job/indexes.ts'
import { FAILURE_COUNT_KEY, TRACKING_FINALIZER } from '#kube-controller-manager/job/verdict.ts'
import type { Wanted } from '#kube-controller-manager/job/work.ts'
import { podFromTemplate, templateMetadata } from '#kube-controller-manager/pod-control.ts'

const MAX_NAME_PREFIX = 58

/** What all Pods of one sync have in common; `podFor` adds what an index makes particular. */
export const podOfJob = (job: Job): Pod => {
  const { template } = job.spec
  const finalizers = templateMetadata(template).finalizers ?? []
  const pod = podFromTemplate(job, template)
  const tracked = finalizers.includes(TRACKING_FINALIZER)
    ? finalizers
    : [...finalizers, TRACKING_FINALIZER]
  const metadata = { ...pod.metadata, finalizers: tracked }
  if (!isIndexed(job)) return { ...pod, metadata }
  const { containers, initContainers } = pod.spec
  return {
    ...pod,
    metadata,
    spec: {
      ...pod.spec,
      containers: containers.map(withIndexVariable),
      ...(initContainers === undefined
        ? {}
        : { initContainers: initContainers.map(withIndexVariable) }),
    },
  }
}

const INDEX_VARIABLE: EnvVar = {
  name: 'JOB_COMPLETION_INDEX',
  valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${INDEX_KEY}']` } },
}

const withIndexVariable = (container: Container): Container =>
  container.env?.some(({ name }) => name === INDEX_VARIABLE.name) === true
    ? container
    : { ...container, env: [...(container.env ?? []), INDEX_VARIABLE] }

export const podFor = (job: Job, common: Pod, { index, failures }: Wanted): Pod => {
  if (index === undefined) return common
  const name = job.metadata.name ?? ''
  const ending = `-${index}-`
  const annotations = {
    ...common.metadata.annotations,
    [INDEX_KEY]: String(index),
    ...(failures === undefined ? {} : { [FAILURE_COUNT_KEY]: String(failures) }),
  }
  return {
    ...common,
    metadata: {
      ...common.metadata,
      generateName: `${name.slice(0, MAX_NAME_PREFIX - ending.length)}${ending}`,
      labels: { ...common.metadata.labels, [INDEX_KEY]: String(index) },
      annotations,
    },
    spec: { ...common.spec, hostname: `${name}-${index}` },
  }
}
