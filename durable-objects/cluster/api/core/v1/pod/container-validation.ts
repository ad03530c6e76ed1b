// kubernetes: pkg/apis/core/validation/validation.go validateContainers, validateInitContainers
import { checkDnsLabel, checkRequiredChoice, type Errors } from '#api/core/v1/pod/checks.ts'
import type {
  Container,
  ContainerPort,
  EphemeralContainer,
} from '#api/core/v1/pod/container-types.ts'
import { validateEnv, validateEnvFrom } from '#api/core/v1/pod/env-validation.ts'
import {
  validateVolumeDevices,
  validateVolumeMounts,
  type Volumes,
} from '#api/core/v1/pod/mount-validation.ts'
import { validateHooks } from '#api/core/v1/pod/probe-validation.ts'
import {
  validateRequirements,
  validateResizePolicy,
} from '#api/core/v1/pod/resources-validation.ts'
import { validateRestartRules } from '#api/core/v1/pod/restart-validation.ts'
import { validateSecurityContext } from '#api/core/v1/pod/security-context-validation.ts'
import type { PodSpec } from '#api/core/v1/pod/types.ts'
import {
  duplicateValue,
  forbiddenValue,
  invalidValue,
  notFoundValue,
  requiredValue,
} from '#apimachinery/field-error.ts'
import { isValidPortName, isValidPortNumber } from '#apimachinery/validation/names.ts'

/** What containers are checked against. */
export interface ContainerContext {
  readonly spec: PodSpec
  readonly volumes: Volumes
  /** The names of spec.resourceClaims. */
  readonly claims: ReadonlySet<string>
}

const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError']
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']

const validateCommon = (
  errors: Errors,
  container: Container,
  { spec, volumes, claims }: ContainerContext,
  path: string,
): void => {
  if (!container.name) errors.push(requiredValue(`${path}.name`))
  else checkDnsLabel(errors, `${path}.name`, container.name)
  if (!container.image) errors.push(requiredValue(`${path}.image`))
  checkRequiredChoice(
    errors,
    `${path}.terminationMessagePolicy`,
    container.terminationMessagePolicy,
    MESSAGE_POLICIES,
  )
  validatePorts(errors, container.ports, `${path}.ports`)
  validateEnv(errors, container.env, `${path}.env`)
  validateEnvFrom(errors, container.envFrom, `${path}.envFrom`)
  validateVolumeMounts(errors, container, volumes, `${path}.volumeMounts`)
  validateVolumeDevices(errors, container, volumes, `${path}.volumeDevices`)
  checkRequiredChoice(errors, `${path}.imagePullPolicy`, container.imagePullPolicy, PULL_POLICIES)
  validateRequirements(errors, container.resources ?? {}, claims, `${path}.resources`)
  if (container.resizePolicy !== undefined)
    validateResizePolicy(errors, container.resizePolicy, spec.restartPolicy, `${path}.resizePolicy`)
  if (container.securityContext !== undefined)
    validateSecurityContext(
      errors,
      container.securityContext,
      spec.hostUsers !== false,
      `${path}.securityContext`,
    )
}

const validatePorts = (
  errors: Errors,
  ports: readonly ContainerPort[] | undefined,
  path: string,
): void => {
  const names = new Set<string>()
  for (const [index, port] of (ports ?? []).entries()) {
    const { name = '', containerPort = 0, hostPort = 0, protocol = '' } = port
    const here = `${path}[${index}]`
    if (name !== '') {
      const messages = isValidPortName(name)
      for (const message of messages) errors.push(invalidValue(`${here}.name`, name, message))
      if (messages.length === 0 && names.has(name))
        errors.push(duplicateValue(`${here}.name`, name))
      if (messages.length === 0) names.add(name)
    }
    if (containerPort === 0) errors.push(requiredValue(`${here}.containerPort`))
    else
      for (const message of isValidPortNumber(containerPort))
        errors.push(invalidValue(`${here}.containerPort`, containerPort, message))
    if (hostPort !== 0)
      for (const message of isValidPortNumber(hostPort))
        errors.push(invalidValue(`${here}.hostPort`, hostPort, message))
    checkRequiredChoice(errors, `${here}.protocol`, protocol, PROTOCOLS)
  }
}

/** A host port is taken once among these containers. */
const validateHostPorts = (
  errors: Errors,
  containers: readonly Container[],
  path: string,
): void => {
  const taken = new Set<string>()
  for (const [index, container] of containers.entries())
    for (const [portIndex, port] of (container.ports ?? []).entries()) {
      if (!port.hostPort) continue
      const key = `${port.protocol ?? ''}/${port.hostIP ?? ''}/${port.hostPort}`
      if (taken.has(key))
        errors.push(duplicateValue(`${path}[${index}].ports[${portIndex}].hostPort`, key))
      taken.add(key)
    }
}

export const validateContainers = (
  errors: Errors,
  context: ContainerContext,
  path: string,
): void => {
  const { containers } = context.spec
  if (containers.length === 0) return void errors.push(requiredValue(path))
  const names = new Set<string>()
  for (const [index, container] of containers.entries()) {
    const here = `${path}[${index}]`
    validateCommon(errors, container, context, here)
    const { name = '' } = container
    if (names.has(name)) errors.push(duplicateValue(`${here}.name`, name))
    names.add(name)
    validateHooks(errors, container, context.spec, here)
    validateRestartRules(errors, container, here)
  }
  validateHostPorts(errors, containers, path)
}

const ONLY_SIDECARS = 'may not be set for init containers without restartPolicy=Always'
const HOOKS = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const

export const validateInitContainers = (
  errors: Errors,
  context: ContainerContext,
  path: string,
): void => {
  const names = new Set(context.spec.containers.map((container) => container.name ?? ''))
  for (const [index, container] of (context.spec.initContainers ?? []).entries()) {
    const here = `${path}[${index}]`
    validateCommon(errors, container, context, here)
    validateInitRestart(errors, container, here)
    const { name = '' } = container
    if (names.has(name)) errors.push(duplicateValue(`${here}.name`, name))
    else if (name !== '') names.add(name)
    // One by one, since they run so; upstream's path then always says the first.
    validateHostPorts(errors, [container], path)
    if (container.restartPolicy === 'Always') validateHooks(errors, container, context.spec, here)
    else
      for (const hook of HOOKS)
        if (container[hook] !== undefined)
          errors.push(forbiddenValue(`${here}.${hook}`, ONLY_SIDECARS))
  }
}

const validateInitRestart = (errors: Errors, container: Container, path: string): void => {
  if (container.restartPolicy !== 'Always') validateRestartRules(errors, container, path)
  else if (container.restartPolicyRules?.length)
    errors.push(
      forbiddenValue(
        `${path}.restartPolicyRules`,
        'restartPolicyRules are not allowed for init containers with restart policy Always',
      ),
    )
}

const NOT_EPHEMERAL = 'cannot be set for an Ephemeral Container'

/** Fields an ephemeral container may not have, in the order of the Go type. */
const FORBIDDEN_IN_EPHEMERAL = [
  'ports',
  'resources',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const

const isSet = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0

export const validateEphemeralContainers = (
  errors: Errors,
  context: ContainerContext,
  path: string,
): void => {
  const { spec } = context
  const others = new Set([...spec.containers, ...(spec.initContainers ?? [])].map((c) => c.name))
  const names = new Set(others)
  for (const [index, container] of (spec.ephemeralContainers ?? []).entries()) {
    const here = `${path}[${index}]`
    validateCommon(errors, container, context, here)
    validateImageSpace(errors, container, here)
    if (names.has(container.name)) errors.push(duplicateValue(`${here}.name`, container.name))
    names.add(container.name)
    validateEphemeral(errors, container, others, here)
  }
}

const validateEphemeral = (
  errors: Errors,
  container: EphemeralContainer,
  others: ReadonlySet<string>,
  path: string,
): void => {
  const target = container.targetContainerName
  if (target && !others.has(target))
    errors.push(notFoundValue(`${path}.targetContainerName`, target))
  for (const field of FORBIDDEN_IN_EPHEMERAL)
    if (isSet(container[field])) errors.push(forbiddenValue(`${path}.${field}`, NOT_EPHEMERAL))
  for (const [index, mount] of (container.volumeMounts ?? []).entries())
    for (const field of ['subPath', 'subPathExpr'] as const)
      if (mount[field])
        errors.push(forbiddenValue(`${path}.volumeMounts[${index}].${field}`, NOT_EPHEMERAL))
}

/** Templates may hold an image of blanks, Pods may not. kubernetes: validateContainerOnlyForPod */
export const validateImageSpace = (errors: Errors, container: Container, path: string): void => {
  const { image = '' } = container
  if (image.trim() !== image)
    errors.push(
      invalidValue(`${path}.image`, image, 'must not have leading or trailing whitespace'),
    )
}
