// kubernetes: pkg/apis/core/validation/validation.go ValidatePodStatusUpdate
import { append } from '#apimachinery/append.ts'
import {
  validatePodAnnotations,
  validatePodAnnotationsUpdate,
} from '#api/core/v1/pod/annotation-validation.ts'
import {
  addInvalid,
  checkIp,
  checkQualifiedName,
  isDualStack,
  type Errors,
} from '#api/core/v1/pod/checks.ts'
import type { ContainerStatus } from '#api/core/v1/pod/container-status-types.ts'
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod, PodCondition, PodSpec } from '#api/core/v1/pod/types.ts'
import { forbiddenValue, invalidValue, type FieldError } from '#apimachinery/field-error.ts'
import { validateImmutable } from '#apimachinery/validation/metadata.ts'
import { nameIsDnsSubdomain } from '#apimachinery/validation/names.ts'

const SYSTEM_CONDITIONS = ['PodScheduled', 'Ready', 'Initialized']
const NOT_NEGATIVE = 'must be a non-negative integer'

export const validatePodStatusUpdate = (pod: Pod, old: Pod): readonly FieldError[] => {
  const errors: Errors = []
  const { status } = pod
  if (pod.metadata.annotations !== old.metadata.annotations) {
    const path = 'metadata.annotations'
    validatePodAnnotationsUpdate(errors, pod.metadata.annotations, old.metadata.annotations, path)
    validatePodAnnotations(errors, pod.metadata.annotations, pod.spec, path)
  }
  if (status.conditions !== old.status.conditions)
    validateConditions(errors, status.conditions ?? [])
  validateNomination(errors, pod, old)
  if ((status.observedGeneration ?? 0) < 0)
    errors.push(invalidValue('status.observedGeneration', status.observedGeneration, NOT_NEGATIVE))
  append(
    errors,
    validateImmutable(status.qosClass ?? '', old.status.qosClass ?? '', 'status.qosClass'),
  )
  for (const kind of ['containerStatuses', 'initContainerStatuses'] as const)
    validateTransitions(errors, status[kind], old.status[kind], {
      spec: old.spec,
      containers:
        (kind === 'containerStatuses' ? old.spec.containers : old.spec.initContainers) ?? [],
      path: `status.${kind}`,
    })
  validateTransitions(
    errors,
    status.ephemeralContainerStatuses,
    old.status.ephemeralContainerStatuses,
    { spec: old.spec, containers: [], path: 'status.ephemeralContainerStatuses' },
  )
  if (status.podIPs !== old.status.podIPs)
    validateAddresses(errors, status.podIPs ?? [], 'status.podIPs')
  if (status.hostIPs !== old.status.hostIPs || status.hostIP !== old.status.hostIP)
    validateHostAddresses(errors, pod)
  return errors
}

const validateConditions = (errors: Errors, conditions: readonly PodCondition[]): void => {
  for (const [index, condition] of conditions.entries()) {
    const path = `status.conditions[${index}]`
    if ((condition.observedGeneration ?? 0) < 0)
      errors.push(
        invalidValue(`${path}.observedGeneration`, condition.observedGeneration, NOT_NEGATIVE),
      )
    if (!SYSTEM_CONDITIONS.includes(condition.type))
      checkQualifiedName(errors, `${path}.Type`, condition.type ?? '')
  }
}

const validateNomination = (errors: Errors, pod: Pod, old: Pod): void => {
  const { nominatedNodeName: name = '' } = pod.status
  if (name === '' || name === (old.status.nominatedNodeName ?? '')) return
  const path = 'status.nominatedNodeName'
  addInvalid(errors, path, name, nameIsDnsSubdomain(name, false))
  if (old.spec.nodeName)
    errors.push(forbiddenValue(path, 'may not be set on pods that are already bound to a node'))
}

interface Restarts {
  readonly spec: PodSpec
  readonly containers: readonly Container[]
  readonly path: string
}

/** A container that ended for good does not come back. */
const validateTransitions = (
  errors: Errors,
  statuses: readonly ContainerStatus[] | undefined,
  old: readonly ContainerStatus[] | undefined,
  { spec, containers, path }: Restarts,
): void => {
  if (statuses === old) return
  for (const [index, before] of (old ?? []).entries()) {
    const ended = before.state?.terminated
    if (ended === undefined) continue
    const now = statuses?.find((status) => status.name === before.name)
    if (now === undefined || now.state?.terminated !== undefined) continue
    const container = containers.find((candidate) => candidate.name === before.name)
    if (container === undefined || !mayRestart(container, spec, ended.exitCode))
      errors.push(
        forbiddenValue(
          `${path}[${index}].state`,
          'may not be transitioned to non-terminated state',
        ),
      )
  }
}

/** kubernetes: pkg/api/v1/pod/util.go ContainerShouldRestart */
const mayRestart = (container: Container, spec: PodSpec, exitCode: number): boolean => {
  for (const { action, exitCodes } of container.restartPolicyRules ?? []) {
    const isListed = exitCodes?.values?.includes(exitCode) ?? false
    if (action === 'Restart' && exitCodes !== undefined)
      if ((exitCodes.operator === 'In') === isListed) return true
  }
  const policy = container.restartPolicy ?? spec.restartPolicy
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}

interface Address {
  readonly ip: string
}

const validateAddresses = (errors: Errors, addresses: readonly Address[], path: string): void => {
  for (const [index, { ip = '' }] of addresses.entries()) checkIp(errors, `${path}[${index}]`, ip)
  if (addresses.length < 2) return
  if (!isDualStack(addresses.map(({ ip }) => ip)) || addresses.length > 2)
    errors.push(
      invalidValue(
        path,
        addresses.map(({ ip }) => ({ IP: ip })),
        'may specify no more than one IP for each IP family',
      ),
    )
}

const validateHostAddresses = (errors: Errors, { status }: Pod): void => {
  const addresses = status.hostIPs ?? []
  if (addresses.length === 0) return
  if (status.hostIP !== addresses[0]!.ip)
    errors.push(invalidValue('status.hostIPs[0].ip', addresses[0]!.ip, 'must be equal to `hostIP`'))
  validateAddresses(errors, addresses, 'status.hostIPs')
}
