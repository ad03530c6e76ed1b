// Names, addresses and ports a Pod has on the network. kubernetes: pkg/apis/core/validation/validation.go
import { addInvalid, checkDnsSubdomain, checkIp, type Errors } from '#api/core/v1/pod/checks.ts'
import type { HostAlias, PodSpec } from '#api/core/v1/pod/types.ts'
import { forbiddenValue, invalidValue, requiredValue, tooLong } from '#apimachinery/field-error.ts'
import { byteLength, isDns1123SubdomainWithUnderscore } from '#apimachinery/validation/names.ts'

const MAX_NAMESERVERS = 3
const MAX_SEARCHES = 32
const MAX_SEARCH_LENGTH = 2048
const MAX_HOSTNAME = 64

/** kubernetes: validatePodDNSConfig */
export const validateDnsConfig = (errors: Errors, spec: PodSpec, path: string): void => {
  const { dnsConfig: config, dnsPolicy } = spec
  if (dnsPolicy === 'None') {
    if (config === undefined)
      return void errors.push(
        requiredValue(path, 'must provide `dnsConfig` when `dnsPolicy` is None'),
      )
    if (!config.nameservers?.length)
      return void errors.push(
        requiredValue(
          `${path}.nameservers`,
          'must provide at least one DNS nameserver when `dnsPolicy` is None',
        ),
      )
  }
  if (config === undefined) return
  const { nameservers = [], searches = [], options = [] } = config
  if (nameservers.length > MAX_NAMESERVERS)
    errors.push(
      invalidValue(
        `${path}.nameservers`,
        nameservers,
        `must not have more than ${MAX_NAMESERVERS} nameservers`,
      ),
    )
  for (const [index, address] of nameservers.entries())
    checkIp(errors, `${path}.nameservers[${index}]`, address)
  validateSearches(errors, searches, `${path}.searches`)
  for (const [index, option] of options.entries())
    if (!option.name) errors.push(requiredValue(`${path}.options[${index}]`, 'must not be empty'))
}

const validateSearches = (errors: Errors, searches: readonly string[], path: string): void => {
  if (searches.length > MAX_SEARCHES)
    errors.push(
      invalidValue(path, searches, `must not have more than ${MAX_SEARCHES} search paths`),
    )
  if (byteLength(searches.join(' ')) > MAX_SEARCH_LENGTH)
    errors.push(
      invalidValue(
        path,
        searches,
        `must not have more than ${MAX_SEARCH_LENGTH} characters (including spaces) in the search list`,
      ),
    )
  for (const [index, search] of searches.entries()) {
    if (search === '.') continue
    const name = search.endsWith('.') ? search.slice(0, -1) : search
    addInvalid(errors, `${path}[${index}]`, name, isDns1123SubdomainWithUnderscore(name))
  }
}

export const validateHostAliases = (
  errors: Errors,
  aliases: readonly HostAlias[],
  path: string,
): void => {
  for (const [index, { ip = '', hostnames = [] }] of aliases.entries()) {
    checkIp(errors, `${path}[${index}].ip`, ip)
    for (const [nameIndex, hostname] of hostnames.entries())
      checkDnsSubdomain(errors, `${path}[${index}].hostnames[${nameIndex}]`, hostname)
  }
}

/** `isPod`: in a template a host port may be left for the Pod's defaults. */
export const validateHostNetworkPorts = (
  errors: Errors,
  spec: PodSpec,
  isPod: boolean,
  path: string,
): void => {
  if (spec.hostNetwork !== true) return
  for (const [index, container] of spec.containers.entries())
    for (const [portIndex, port] of (container.ports ?? []).entries()) {
      const { hostPort = 0, containerPort } = port
      if ((isPod || hostPort !== 0) && hostPort !== containerPort)
        errors.push(
          invalidValue(
            `${path}.containers[${index}].ports[${portIndex}].hostPort`,
            hostPort,
            'must match `containerPort` when `hostNetwork` is true',
          ),
        )
    }
}

/** kubernetes: validatePodHostName */
export const validateHostnameOverride = (errors: Errors, spec: PodSpec, path: string): void => {
  const name = spec.hostnameOverride
  if (name === undefined) return
  const here = `${path}.hostnameOverride`
  if (spec.setHostnameAsFQDN === true)
    errors.push(forbiddenValue(here, 'may not be specified when setHostnameAsFQDN is true'))
  if (spec.hostNetwork === true)
    errors.push(forbiddenValue(here, 'may not be specified when hostNetwork is true'))
  if (byteLength(name) > MAX_HOSTNAME) errors.push(tooLong(here, MAX_HOSTNAME))
  checkDnsSubdomain(errors, here, name)
}
