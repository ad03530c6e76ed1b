// Seccomp and AppArmor. kubernetes: pkg/apis/core/validation/validation.go
import { checkDescendingPath, type Errors } from '#api/core/v1/pod/checks.ts'
import type {
  AppArmorProfile,
  Container,
  SeccompProfile,
} from '#api/core/v1/pod/container-types.ts'
import { visitContainers } from '#api/core/v1/pod/visit-containers.ts'
import type { PodSpec } from '#api/core/v1/pod/types.ts'
import {
  forbiddenValue,
  invalidValue,
  notSupported,
  quote,
  requiredValue,
  tooLong,
} from '#apimachinery/field-error.ts'
import { own, type StringMap } from '#apimachinery/object.ts'
import { byteLength } from '#apimachinery/validation/names.ts'

const TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined']
const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod'
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/'
const APPARMOR_CONTAINER = 'container.apparmor.security.beta.kubernetes.io/'
const MAX_PATH = 4095

export const validateSeccomp = (
  errors: Errors,
  profile: SeccompProfile | undefined,
  path: string,
): void => {
  if (profile === undefined) return
  const { type = '', localhostProfile } = profile as { type?: string; localhostProfile?: string }
  if (type === '')
    errors.push(requiredValue(`${path}.type`, 'type is required when seccompProfile is set'))
  else if (!TYPES.includes(type)) errors.push(notSupported(`${path}.type`, type, TYPES))
  if (type === 'Localhost') {
    if (localhostProfile === undefined)
      errors.push(
        requiredValue(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost'),
      )
    else checkDescendingPath(errors, `${path}.localhostProfile`, localhostProfile)
  } else if (localhostProfile !== undefined)
    errors.push(
      invalidValue(
        `${path}.localhostProfile`,
        { Type: type, LocalhostProfile: localhostProfile },
        'can only be set when seccomp type is Localhost',
      ),
    )
}

export const validateAppArmor = (
  errors: Errors,
  profile: AppArmorProfile | undefined,
  path: string,
): void => {
  if (profile === undefined) return
  const { type = '', localhostProfile } = profile as { type?: string; localhostProfile?: string }
  const localPath = `${path}.localhostProfile`
  if (type === 'Localhost') {
    if (localhostProfile === undefined || localhostProfile === '')
      errors.push(requiredValue(localPath, 'must be set when AppArmor type is Localhost'))
    else if (localhostProfile.trim() !== localhostProfile)
      errors.push(invalidValue(localPath, localhostProfile, 'must not be padded with whitespace'))
    if (localhostProfile !== undefined && byteLength(localhostProfile) > MAX_PATH)
      errors.push(tooLong(localPath, MAX_PATH))
  } else if (type === '')
    errors.push(requiredValue(`${path}.type`, 'type is required when appArmorProfile is set'))
  else if (!TYPES.includes(type)) errors.push(notSupported(`${path}.type`, type, TYPES))
  else if (localhostProfile !== undefined)
    errors.push(
      invalidValue(localPath, localhostProfile, 'can only be set when AppArmor type is Localhost'),
    )
}

/** The annotations that came before the fields. */
export const validateProfileAnnotations = (
  errors: Errors,
  annotations: StringMap,
  spec: PodSpec,
  path: string,
): void => {
  const keys = Object.keys(annotations).sort()
  for (const key of keys)
    if (key === SECCOMP_POD || key.startsWith(SECCOMP_CONTAINER))
      validateSeccompText(errors, annotations[key]!, `${path}.${key}`)
  for (const key of keys) {
    if (!key.startsWith(APPARMOR_CONTAINER)) continue
    const name = key.slice(APPARMOR_CONTAINER.length)
    const text = annotations[key]!
    if (!hasContainer(spec, name))
      errors.push(invalidValue(`${path}[${key}]`, name, 'container not found'))
    if (!isAppArmorText(text))
      errors.push(
        invalidValue(`${path}[${key}]`, text, `invalid AppArmor profile name: ${quote(text)}`),
      )
  }
}

const isAppArmorText = (text: string): boolean =>
  text === '' ||
  text === 'runtime/default' ||
  text === 'unconfined' ||
  text.startsWith('localhost/')

const validateSeccompText = (errors: Errors, text: string, path: string): void => {
  if (text === 'runtime/default' || text === 'docker/default' || text === 'unconfined') return
  if (text.startsWith('localhost/'))
    checkDescendingPath(errors, path, text.slice('localhost/'.length))
  else errors.push(invalidValue(path, text, 'must be a valid seccomp profile'))
}

const hasContainer = (spec: PodSpec, name: string): boolean => {
  let found = false
  visitContainers(spec, '', (container) => (found ||= container.name === name))
  return found
}

/** Where both annotation and field are given they say the same. */
export const validateProfilesMatch = (
  errors: Errors,
  annotations: StringMap | undefined,
  spec: PodSpec,
  path: string,
): void => {
  if (annotations === undefined) return
  const ofPod = spec.securityContext
  matchSeccomp(
    errors,
    own(annotations, SECCOMP_POD),
    ofPod?.seccompProfile,
    `${path}.securityContext.seccompProfile`,
  )
  visitContainers(spec, path, (container, here) =>
    matchSeccomp(
      errors,
      own(annotations, SECCOMP_CONTAINER + container.name),
      container.securityContext?.seccompProfile,
      `${here}.securityContext.seccompProfile`,
    ),
  )
  if (spec.os?.name === 'windows') return
  visitContainers(spec, path, (container: Container, here) => {
    const profile = container.securityContext?.appArmorProfile ?? ofPod?.appArmorProfile
    const text = own(annotations, APPARMOR_CONTAINER + container.name)
    const names = { RuntimeDefault: ['runtime/default'], Unconfined: ['unconfined'] }
    matchProfile(errors, text, profile, {
      names,
      what: 'apparmor',
      path: `${here}.securityContext.appArmorProfile`,
    })
  })
}

const matchSeccomp = (
  errors: Errors,
  text: string | undefined,
  profile: SeccompProfile | undefined,
  path: string,
): void =>
  matchProfile(errors, text, profile, {
    names: { RuntimeDefault: ['runtime/default', 'docker/default'], Unconfined: ['unconfined'] },
    what: 'seccomp',
    path,
  })

interface Match {
  /** What the annotation may be for a type of profile. */
  readonly names: { readonly [type: string]: readonly string[] | undefined }
  readonly what: string
  readonly path: string
}

const matchProfile = (
  errors: Errors,
  text: string | undefined,
  profile: { readonly type: string; readonly localhostProfile?: string } | undefined,
  { names, what, path }: Match,
): void => {
  if (text === undefined || profile === undefined) return
  const isLocal = profile.type === 'Localhost'
  const isSameType = isLocal
    ? text.startsWith('localhost/')
    : (own(names, profile.type)?.includes(text) ?? true)
  if (!isSameType)
    errors.push(forbiddenValue(`${path}.type`, `${what} type in annotation and field must match`))
  else if (isLocal && text.slice('localhost/'.length) !== profile.localhostProfile)
    errors.push(
      forbiddenValue(
        `${path}.localhostProfile`,
        `${what} profile in annotation and field must match`,
      ),
    )
}
