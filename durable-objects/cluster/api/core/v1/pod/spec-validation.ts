// kubernetes: pkg/apis/core/validation/validation.go ValidatePodSpec
import { append } from '#apimachinery/append.ts'
import { validateAffinity } from '#api/core/v1/pod/affinity-validation.ts'
import {
  addInvalid,
  checkChoice,
  checkDnsLabel,
  checkQualifiedName,
  checkRequiredChoice,
  type Errors,
} from '#api/core/v1/pod/checks.ts'
import {
  validateContainers,
  validateEphemeralContainers,
  validateInitContainers,
  type ContainerContext,
} from '#api/core/v1/pod/container-validation.ts'
import {
  validateDnsConfig,
  validateHostAliases,
  validateHostNetworkPorts,
  validateHostnameOverride,
} from '#api/core/v1/pod/host-validation.ts'
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import {
  validatePodResources,
  validateRequirements,
} from '#api/core/v1/pod/resources-validation.ts'
import {
  validateSchedulingGates,
  validateSpreadConstraints,
  validateTolerations,
} from '#api/core/v1/pod/scheduling-validation.ts'
import {
  validateHostUsers,
  validatePodSecurityContext,
} from '#api/core/v1/pod/security-context-validation.ts'
import type { PodResourceClaim, PodSpec } from '#api/core/v1/pod/types.ts'
import { visitContainers } from '#api/core/v1/pod/visit-containers.ts'
import { validateVolumes } from '#api/core/v1/pod/volume-validation.ts'
import { validateHostProcess, validateOs } from '#api/core/v1/pod/windows-validation.ts'
import {
  duplicateValue,
  invalidValue,
  notFoundValue,
  requiredValue,
} from '#apimachinery/field-error.ts'
import { validateLabels } from '#apimachinery/validation/metadata.ts'
import { nameIsDnsSubdomain, notInRange } from '#apimachinery/validation/names.ts'

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never']
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
const PREEMPTION = ['PreemptLowerPriority', 'Never']
const MAX_INT32 = 2_147_483_647

/** Where a spec stands. */
export interface SpecContext {
  /** The Pod's name; undefined in templates, where it is not known. */
  readonly podName: string | undefined
  readonly isPod: boolean
}

export const validatePodSpec = (
  errors: Errors,
  spec: PodSpec,
  context: SpecContext,
  path: string,
): void => {
  if (spec.terminationGracePeriodSeconds === undefined)
    errors.push(requiredValue(`${path}.terminationGracePeriodSeconds`))
  const volumes = validateVolumes(errors, spec.volumes, context.podName, `${path}.volumes`)
  const claims = new Set((spec.resourceClaims ?? []).map((claim) => claim.name).filter(Boolean))
  if (spec.resourceClaims !== undefined)
    validateClaims(errors, spec.resourceClaims, `${path}.resourceClaims`)
  const containers: ContainerContext = { spec, volumes, claims }
  validateContainers(errors, containers, `${path}.containers`)
  validateInitContainers(errors, containers, `${path}.initContainers`)
  validateEphemeralContainers(errors, containers, `${path}.ephemeralContainers`)
  validatePodResources(errors, spec, claims, `${path}.resources`)
  validateHostNetworkPorts(errors, spec, context.isPod, path)
  checkRequiredChoice(errors, `${path}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES)
  checkRequiredChoice(errors, `${path}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES)
  if (spec.nodeSelector !== undefined)
    append(errors, validateLabels(spec.nodeSelector, `${path}.nodeSelector`))
  validatePodSecurityContext(errors, spec, `${path}.securityContext`)
  if (spec.affinity !== undefined) validateAffinity(errors, spec.affinity, `${path}.affinity`)
  validateDnsConfig(errors, spec, `${path}.dnsConfig`)
  for (const [index, gate] of (spec.readinessGates ?? []).entries())
    checkQualifiedName(
      errors,
      `${path}.readinessGates[${index}].conditionType`,
      gate.conditionType ?? '',
    )
  validateSchedulingGates(errors, spec.schedulingGates ?? [], `${path}.schedulingGates`)
  if (spec.topologySpreadConstraints !== undefined)
    validateSpreadConstraints(
      errors,
      spec.topologySpreadConstraints,
      `${path}.topologySpreadConstraints`,
    )
  validateHostProcess(errors, spec, path)
  validateHostUsers(errors, spec, path)
  validateHostnameOverride(errors, spec, path)
  validateScalars(errors, spec, path)
  if (spec.overhead !== undefined)
    validateRequirements(errors, { limits: spec.overhead }, NO_CLAIMS, `${path}.overhead`)
  validateOs(errors, spec, path)
  validateFileKeyVolumes(errors, spec, path)
}

const NO_CLAIMS: ReadonlySet<string> = new Set()

const checkName = (errors: Errors, path: string, name: string | undefined): void => {
  if (name) addInvalid(errors, path, name, nameIsDnsSubdomain(name, false))
}

const validateScalars = (errors: Errors, spec: PodSpec, path: string): void => {
  checkName(errors, `${path}.serviceAccountName`, spec.serviceAccountName)
  checkName(errors, `${path}.nodeName`, spec.nodeName)
  const deadline = spec.activeDeadlineSeconds
  if (deadline !== undefined && (deadline < 1 || deadline > MAX_INT32))
    errors.push(invalidValue(`${path}.activeDeadlineSeconds`, deadline, notInRange(1, MAX_INT32)))
  if (spec.hostname) checkDnsLabel(errors, `${path}.hostname`, spec.hostname)
  if (spec.subdomain) checkDnsLabel(errors, `${path}.subdomain`, spec.subdomain)
  if (spec.tolerations !== undefined)
    validateTolerations(errors, spec.tolerations, `${path}.tolerations`)
  if (spec.hostAliases !== undefined)
    validateHostAliases(errors, spec.hostAliases, `${path}.hostAliases`)
  checkName(errors, `${path}.priorityClassName`, spec.priorityClassName)
  const { runtimeClassName, preemptionPolicy } = spec
  if (runtimeClassName !== undefined)
    addInvalid(
      errors,
      `${path}.runtimeClassName`,
      runtimeClassName,
      nameIsDnsSubdomain(runtimeClassName, false),
    )
  if (preemptionPolicy === ('' as string)) errors.push(requiredValue(`${path}.preemptionPolicy`))
  else if (preemptionPolicy !== undefined)
    checkChoice(errors, `${path}.preemptionPolicy`, preemptionPolicy, PREEMPTION)
}

const validateClaims = (
  errors: Errors,
  claims: readonly PodResourceClaim[],
  path: string,
): void => {
  const seen = new Set<string>()
  for (const [index, claim] of claims.entries()) {
    const here = `${path}[${index}]`
    const { name = '', resourceClaimName, resourceClaimTemplateName } = claim
    if (name === '') errors.push(requiredValue(`${here}.name`))
    else if (seen.has(name)) errors.push(duplicateValue(`${here}.name`, name))
    else checkDnsLabel(errors, `${here}.name`, name)
    seen.add(name)
    const given = [resourceClaimName, resourceClaimTemplateName].filter((n) => n !== undefined)
    const shown = internalForm('PodResourceClaim', claim)
    if (given.length === 2)
      errors.push(
        invalidValue(
          here,
          shown,
          'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified',
        ),
      )
    if (given.length === 0)
      errors.push(
        invalidValue(
          here,
          shown,
          'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`',
        ),
      )
    for (const field of ['resourceClaimName', 'resourceClaimTemplateName'] as const)
      if (claim[field] !== undefined)
        addInvalid(
          errors,
          `${here}.${field}`,
          claim[field],
          nameIsDnsSubdomain(claim[field], false),
        )
  }
}

/** Env that comes from a file needs an emptyDir to hold it. */
const validateFileKeyVolumes = (errors: Errors, spec: PodSpec, path: string): void =>
  visitContainers(spec, path, (container, here) => {
    for (const [index, variable] of (container.env ?? []).entries()) {
      const name = variable.valueFrom?.fileKeyRef?.volumeName
      if (name === undefined) continue
      const at = `${here}.env[${index}].valueFrom.fileKeyRef.volumeName`
      const volume = spec.volumes?.find((candidate) => candidate.name === name)
      if (volume === undefined) errors.push(notFoundValue(at, name))
      else if (volume.emptyDir === undefined)
        errors.push(invalidValue(at, name, 'referenced volume must be of type emptyDir'))
    }
  })
