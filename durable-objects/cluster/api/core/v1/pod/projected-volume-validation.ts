// kubernetes: pkg/apis/core/validation/validation.go validateProjectionSources
import { append } from '#apimachinery/append.ts'
import { checkNonReservedPath, type Errors } from '#api/core/v1/pod/checks.ts'
import { validateDownwardFile, validateItem } from '#api/core/v1/pod/volume-file-validation.ts'
import type { ProjectedVolumeSource, VolumeProjection } from '#api/core/v1/pod/volume-types.ts'
import {
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
} from '#apimachinery/field-error.ts'
import { validateLabelSelector } from '#apimachinery/validation/metadata.ts'

const MIN_EXPIRATION = 600
const MAX_EXPIRATION = 2 ** 32
const DUPLICATE = 'conflicting duplicate paths'

/** The files that sources before put into the volume. */
type Taken = Set<string>

const take = (errors: Errors, taken: Taken, file: string, shown: string, path: string): void => {
  if (taken.has(file)) errors.push(invalidValue(path, shown, DUPLICATE))
  taken.add(file)
}

export const validateProjected = (
  errors: Errors,
  projected: ProjectedVolumeSource,
  path: string,
): void => {
  const taken: Taken = new Set()
  for (const [index, source] of (projected.sources ?? []).entries()) {
    const here = `${path}.sources[${index}]`
    validateKeys(errors, source, { taken, here, path })
    validateToken(errors, source.serviceAccountToken, here, path)
    validateTrustBundle(errors, source.clusterTrustBundle, { taken, here, path })
    validateCertificate(errors, source.podCertificate, { taken, here, path })
    if (Object.keys(source).length > 1)
      errors.push(forbiddenValue(here, 'may not specify more than 1 volume type per source'))
  }
}

interface SourceContext {
  readonly taken: Taken
  readonly here: string
  /** The volume's, which upstream shows in some errors. */
  readonly path: string
}

const validateKeys = (
  errors: Errors,
  source: VolumeProjection,
  { taken, here, path }: SourceContext,
): void => {
  for (const kind of ['secret', 'configMap'] as const) {
    const projection = source[kind]
    if (projection === undefined) continue
    const { name = '', items = [] } = projection
    if (name === '') errors.push(requiredValue(`${here}.${kind}.name`))
    for (const [index, item] of items.entries()) {
      validateItem(errors, item, `${here}.${kind}.items[${index}]`)
      if (item.path) take(errors, taken, item.path, name, path)
    }
  }
  for (const file of source.downwardAPI?.items ?? []) {
    validateDownwardFile(errors, file, `${here}.downwardAPI`)
    if (file.path) take(errors, taken, file.path, file.path, path)
  }
}

const validateToken = (
  errors: Errors,
  token: VolumeProjection['serviceAccountToken'],
  here: string,
  path: string,
): void => {
  if (token === undefined) return
  const { expirationSeconds: seconds = 0, path: file = '' } = token
  const refuse = (why: string): void =>
    void errors.push(invalidValue(`${here}.serviceAccountToken.expirationSeconds`, seconds, why))
  if (seconds < MIN_EXPIRATION) refuse('may not specify a duration less than 10 minutes')
  if (seconds > MAX_EXPIRATION) refuse('may not specify a duration larger than 2^32 seconds')
  if (file === '') errors.push(requiredValue(`${path}.path`))
  else checkNonReservedPath(errors, `${path}.path`, file)
}

const validateTrustBundle = (
  errors: Errors,
  bundle: VolumeProjection['clusterTrustBundle'],
  { taken, here, path }: SourceContext,
): void => {
  if (bundle === undefined) return
  const own = `${here}.clusterTrustBundle`
  const { name, signerName, labelSelector, path: file = '' } = bundle
  if (name !== undefined && signerName !== undefined)
    errors.push(invalidValue(own, bundle, 'only one of name and signerName may be used'))
  else if (name !== undefined) {
    if (name === '') errors.push(requiredValue(`${own}.name`, 'must be a valid object name'))
    if (labelSelector !== undefined)
      errors.push(
        invalidValue(
          `${own}.labelSelector`,
          labelSelector,
          'labelSelector must be unset if name is specified',
        ),
      )
  } else if (signerName !== undefined) {
    if (signerName === '')
      errors.push(requiredValue(`${own}.signerName`, 'must be a valid signer name'))
    append(errors, validateLabelSelector(labelSelector, `${own}.labelSelector`))
  } else errors.push(requiredValue(own, 'either name or signerName must be specified'))
  if (file === '') errors.push(requiredValue(`${own}.path`))
  checkNonReservedPath(errors, `${own}.path`, file)
  take(errors, taken, file, file, path)
}

const KEY_TYPES = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519']
const CERTIFICATE_PATHS = ['credentialBundlePath', 'keyPath', 'certificateChainPath'] as const
const MIN_LIFETIME = 3600
const MAX_LIFETIME = 91 * 24 * 3600

const validateCertificate = (
  errors: Errors,
  certificate: VolumeProjection['podCertificate'],
  { taken, here, path }: SourceContext,
): void => {
  if (certificate === undefined) return
  const own = `${here}.podCertificate`
  const { keyType = '', maxExpirationSeconds: lifetime } = certificate
  if (!certificate.signerName) errors.push(requiredValue(`${own}.signerName`))
  if (!KEY_TYPES.includes(keyType)) errors.push(notSupported(`${own}.keyType`, keyType, KEY_TYPES))
  const refuse = (why: string): void =>
    void errors.push(
      invalidValue(
        `${own}.maxExpirationSeconds`,
        lifetime,
        `if provided, maxExpirationSeconds must be ${why}`,
      ),
    )
  if (lifetime !== undefined && lifetime < MIN_LIFETIME) refuse(`>= ${MIN_LIFETIME}`)
  if (lifetime !== undefined && lifetime > MAX_LIFETIME) refuse(`<= ${MAX_LIFETIME}`)
  const files = CERTIFICATE_PATHS.filter((field) => certificate[field])
  for (const field of files) {
    checkNonReservedPath(errors, `${own}.${field}`, certificate[field]!)
    take(errors, taken, certificate[field]!, certificate[field]!, path)
  }
  if (files.length === 0)
    errors.push(
      requiredValue(
        own,
        'specify at least one of credentialBundlePath, keyPath, and certificateChainPath',
      ),
    )
}
