// kubernetes: pkg/apis/core/validation/validation.go validateWindowsSecurityContextOptions, validateOS
import { addInvalid, type Errors } from '#api/core/v1/pod/checks.ts'
import type { WindowsSecurityContextOptions } from '#api/core/v1/pod/container-types.ts'
import type { PodSpec } from '#api/core/v1/pod/types.ts'
import { visitContainers } from '#api/core/v1/pod/visit-containers.ts'
import {
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
} from '#apimachinery/field-error.ts'
import { byteLength, isDns1123Subdomain } from '#apimachinery/validation/names.ts'

const NETBIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/
const DNS_LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?'
const DNS = new RegExp(`^${DNS_LABEL}(?:\\.${DNS_LABEL})*$`)
const MAX_CREDENTIAL = 64 * 1024
const MAX_DOMAIN = 256
const MAX_USER = 104

export const validateWindowsOptions = (
  errors: Errors,
  options: WindowsSecurityContextOptions | undefined,
  path: string,
): void => {
  if (options === undefined) return
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: credential, runAsUserName } = options
  if (name !== undefined)
    addInvalid(errors, `${path}.gmsaCredentialSpecName`, name, isDns1123Subdomain(name))
  if (credential === '')
    errors.push(
      invalidValue(
        `${path}.gmsaCredentialSpec`,
        credential,
        'gmsaCredentialSpec cannot be an empty string',
      ),
    )
  else if (credential !== undefined && byteLength(credential) > MAX_CREDENTIAL)
    errors.push(
      invalidValue(
        `${path}.gmsaCredentialSpec`,
        credential,
        'gmsaCredentialSpec size must be under 64 KiB',
      ),
    )
  if (runAsUserName !== undefined)
    addInvalid(errors, `${path}.runAsUserName`, runAsUserName, userNameProblems(runAsUserName))
}

const userNameProblems = (name: string): readonly string[] => {
  if (name === '') return ['runAsUserName cannot be an empty string']
  if (/[\u0000-\u001f\u007f]/.test(name)) return ['runAsUserName cannot contain control characters']
  const parts = name.split('\\')
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash']
  const [domain, user] = parts.length === 1 ? ['', parts[0]!] : [parts[0]!, parts[1]!]
  const problems: string[] = []
  if (byteLength(domain) >= MAX_DOMAIN)
    problems.push(`runAsUserName's Domain length must be under ${MAX_DOMAIN} characters`)
  if (parts.length === 2 && !NETBIOS.test(domain) && !DNS.test(domain))
    problems.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format")
  if (user === '') problems.push("runAsUserName's User cannot be empty")
  else if (byteLength(user) > MAX_USER)
    problems.push(`runAsUserName's User length must not be longer than ${MAX_USER} characters`)
  if (/^[. ]+$/.test(user))
    problems.push("runAsUserName's User cannot contain only periods or spaces")
  if (/["/\\:;|=,+*?<>@[\]]/.test(user))
    problems.push(
      'runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]',
    )
  return problems
}

/** kubernetes: validateWindowsHostProcessPod */
export const validateHostProcess = (errors: Errors, spec: PodSpec, path: string): void => {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess
  let containers = 0
  let hostProcesses = 0
  visitContainers(spec, path, (container, here) => {
    containers += 1
    const own = container.securityContext?.windowsOptions?.hostProcess
    if (ofPod !== undefined && own !== undefined && ofPod !== own)
      errors.push(
        invalidValue(
          `${here}.securityContext.windowsOptions.hostProcess`,
          own,
          `pod hostProcess value must be identical if both are specified, was ${ofPod}`,
        ),
      )
    if (own ?? ofPod) hostProcesses += 1
  })
  if (hostProcesses === 0) return
  if (hostProcesses !== containers)
    errors.push(
      invalidValue(
        path,
        '',
        'If pod contains any hostProcess containers then all containers must be HostProcess containers',
      ),
    )
  if (spec.hostNetwork !== true)
    errors.push(
      invalidValue(
        `${path}.hostNetwork`,
        false,
        'hostNetwork must be true if pod contains any hostProcess containers',
      ),
    )
}

const LINUX_ONLY_POD = [
  'appArmorProfile',
  'seLinuxOptions',
  ['hostUsers'],
  ['hostPID'],
  ['hostIPC'],
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  ['shareProcessNamespace'],
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
] as const

const LINUX_ONLY_CONTAINER = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const

const NOT_ON_WINDOWS = 'cannot be set for a windows pod'

const validateWindows = (errors: Errors, spec: PodSpec, path: string): void => {
  for (const field of LINUX_ONLY_POD)
    if (typeof field === 'string') {
      if (spec.securityContext?.[field] !== undefined)
        errors.push(forbiddenValue(`${path}.securityContext.${field}`, NOT_ON_WINDOWS))
    } else if (spec[field[0]] !== undefined)
      errors.push(forbiddenValue(`${path}.${field[0]}`, NOT_ON_WINDOWS))
  visitContainers(spec, path, (container, here) => {
    for (const field of LINUX_ONLY_CONTAINER)
      if (container.securityContext?.[field] !== undefined)
        errors.push(forbiddenValue(`${here}.securityContext.${field}`, NOT_ON_WINDOWS))
  })
}

const NOT_ON_LINUX = 'windows options cannot be set for a linux pod'

const validateLinux = (errors: Errors, spec: PodSpec, path: string): void => {
  if (spec.securityContext?.windowsOptions !== undefined)
    errors.push(forbiddenValue(`${path}.securityContext.windowsOptions`, NOT_ON_LINUX))
  visitContainers(spec, path, (container, here) => {
    if (container.securityContext?.windowsOptions !== undefined)
      errors.push(forbiddenValue(`${here}.securityContext.windowsOptions`, NOT_ON_LINUX))
  })
}

export const validateOs = (errors: Errors, spec: PodSpec, path: string): void => {
  if (spec.os === undefined) return
  const { name = '' } = spec.os
  if (name === '') errors.push(requiredValue(`${path}.os.name`))
  else if (name === 'linux') validateLinux(errors, spec, path)
  else if (name === 'windows') validateWindows(errors, spec, path)
  else errors.push(notSupported(`${path}.os`, name, ['linux', 'windows']))
}
