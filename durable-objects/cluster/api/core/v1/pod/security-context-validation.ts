// kubernetes: pkg/apis/core/validation/validation.go ValidateSecurityContext, validatePodSpecSecurityContext
import { addInvalid, checkChoice, type Errors } from '#api/core/v1/pod/checks.ts'
import type { SecurityContext } from '#api/core/v1/pod/container-types.ts'
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import { validateAppArmor, validateSeccomp } from '#api/core/v1/pod/profile-validation.ts'
import type { PodSpec, Sysctl } from '#api/core/v1/pod/types.ts'
import { visitContainers } from '#api/core/v1/pod/visit-containers.ts'
import { validateWindowsOptions } from '#api/core/v1/pod/windows-validation.ts'
import {
  duplicateValue,
  forbiddenValue,
  invalidValue,
  requiredValue,
} from '#apimachinery/field-error.ts'
import { isValidUserId } from '#apimachinery/validation/names.ts'

/** `hostUsers`: the container's users are the host's, as they are unless the Pod says otherwise. */
export const validateSecurityContext = (
  errors: Errors,
  context: SecurityContext,
  hostUsers: boolean,
  path: string,
): void => {
  validateIds(errors, context, path)
  validateProcMount(errors, context.procMount, hostUsers, `${path}.procMount`)
  validateSeccomp(errors, context.seccompProfile, `${path}.seccompProfile`)
  if (context.allowPrivilegeEscalation === false) validateNoEscalation(errors, context, path)
  validateWindowsOptions(errors, context.windowsOptions, `${path}.windowsOptions`)
  validateAppArmor(errors, context.appArmorProfile, `${path}.appArmorProfile`)
}

interface Ids {
  readonly fsGroup?: number
  readonly runAsUser?: number
  readonly runAsGroup?: number
}

const validateIds = (errors: Errors, ids: Ids, path: string): void => {
  for (const field of ['fsGroup', 'runAsUser', 'runAsGroup'] as const) {
    const id = ids[field]
    if (id !== undefined) addInvalid(errors, `${path}.${field}`, id, isValidUserId(id))
  }
}

const PROC_MOUNTS = ['Default', 'Unmasked']

const validateProcMount = (
  errors: Errors,
  procMount: string | undefined,
  hostUsers: boolean,
  path: string,
): void => {
  if (procMount === undefined) return
  checkChoice(errors, path, procMount, PROC_MOUNTS)
  if (hostUsers && procMount === 'Unmasked')
    errors.push(invalidValue(path, procMount, '`hostUsers` must be false to use `Unmasked`'))
}

const validateNoEscalation = (errors: Errors, context: SecurityContext, path: string): void => {
  const refuse = (what: string): void =>
    void errors.push(
      invalidValue(
        path,
        internalForm('SecurityContext', context),
        `cannot set \`allowPrivilegeEscalation\` to false and ${what}`,
      ),
    )
  if (context.privileged === true) refuse('`privileged` to true')
  for (const capability of context.capabilities?.add ?? [])
    if (capability === 'CAP_SYS_ADMIN') refuse('`capabilities.Add` CAP_SYS_ADMIN')
}

/** `path` is the securityContext's; the fields about the host stand beside it in the spec. */
export const validatePodSecurityContext = (errors: Errors, spec: PodSpec, path: string): void => {
  const context = spec.securityContext ?? {}
  validateIds(errors, context, path)
  for (const [index, group] of (context.supplementalGroups ?? []).entries())
    addInvalid(errors, `${path}.supplementalGroups[${index}]`, group, isValidUserId(group))
  if (spec.shareProcessNamespace === true && spec.hostPID === true)
    errors.push(
      invalidValue(
        `${path}.shareProcessNamespace`,
        true,
        'ShareProcessNamespace and HostPID cannot both be enabled',
      ),
    )
  if (context.sysctls !== undefined)
    validateSysctls(errors, context.sysctls, spec, `${path}.sysctls`)
  if (context.fsGroupChangePolicy !== undefined)
    checkChoice(errors, `${path}.fsGroupChangePolicy`, context.fsGroupChangePolicy, [
      'Always',
      'OnRootMismatch',
    ])
  validateSeccomp(errors, context.seccompProfile, `${path}.seccompProfile`)
  validateWindowsOptions(errors, context.windowsOptions, `${path}.windowsOptions`)
  validateAppArmor(errors, context.appArmorProfile, `${path}.appArmorProfile`)
  if (context.supplementalGroupsPolicy !== undefined)
    checkChoice(errors, `${path}.supplementalGroupsPolicy`, context.supplementalGroupsPolicy, [
      'Merge',
      'Strict',
    ])
  if (context.seLinuxChangePolicy !== undefined)
    checkChoice(errors, `${path}.seLinuxChangePolicy`, context.seLinuxChangePolicy, [
      'MountOption',
      'Recursive',
    ])
}

const SYSCTL_FORMAT = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$'
const SYSCTL = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/
const SYSCTL_LENGTH = 253

const validateSysctls = (
  errors: Errors,
  sysctls: readonly Sysctl[],
  spec: PodSpec,
  path: string,
): void => {
  const seen = new Set<string>()
  for (const [index, { name = '' }] of sysctls.entries()) {
    const here = `${path}[${index}].name`
    if (name === '') errors.push(requiredValue(here))
    else if (name.length > SYSCTL_LENGTH || !SYSCTL.test(name))
      errors.push(
        invalidValue(
          here,
          name,
          `must have at most ${SYSCTL_LENGTH} characters and match regex ${SYSCTL_FORMAT}`,
        ),
      )
    else if (seen.has(name)) errors.push(duplicateValue(here, name))
    validateHostSysctl(errors, name, spec, here)
    seen.add(name)
  }
}

const IPC_SYSCTLS = ['kernel.shm', 'kernel.msg', 'fs.mqueue.']

/** Nobody may change the host's own settings through a Pod. */
const validateHostSysctl = (errors: Errors, name: string, spec: PodSpec, path: string): void => {
  const dotted = name.replaceAll('/', '.')
  const isIpc = dotted === 'kernel.sem' || IPC_SYSCTLS.some((prefix) => dotted.startsWith(prefix))
  if (spec.hostNetwork === true && dotted.startsWith('net.'))
    errors.push(invalidValue(path, name, "may not be specified when 'hostNetwork' is true"))
  else if (spec.hostIPC === true && isIpc)
    errors.push(invalidValue(path, name, "may not be specified when 'hostIPC' is true"))
}

/** A Pod with its own users shares no other namespace with the host. kubernetes: validateHostUsers */
export const validateHostUsers = (errors: Errors, spec: PodSpec, path: string): void => {
  if (spec.hostUsers !== false) return
  const why = 'when `hostUsers` is false'
  if (spec.hostNetwork === true) errors.push(forbiddenValue(`${path}.hostNetwork`, why))
  if (spec.hostPID === true) errors.push(forbiddenValue(`${path}.HostPID`, why))
  if (spec.hostIPC === true) errors.push(forbiddenValue(`${path}.HostIPC`, why))
  visitContainers(spec, path, (container, here) => {
    if (container.volumeDevices?.length) errors.push(forbiddenValue(`${here}.volumeDevices`, why))
  })
}
