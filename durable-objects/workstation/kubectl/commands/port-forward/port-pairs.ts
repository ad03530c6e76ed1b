// `8080:80`. kubernetes: client-go tools/portforward/portforward.go parsePorts, parseAddresses
import { KubectlFailure } from '#kubectl/failure.ts'

export interface ForwardedPair {
  /** 0: any that is free. */
  readonly local: number
  readonly remote: number
}

export const parsePorts = (ports: readonly string[]): readonly ForwardedPair[] =>
  ports.map((text) => {
    const parts = text.split(':')
    if (parts.length > 2) throw new KubectlFailure(`invalid port format '${text}'`)
    const local = parts.length === 2 && parts[0] === '' ? '0' : parts[0]!
    const remote = parts.at(-1)!
    const pair = { local: portOf('local', local), remote: portOf('remote', remote) }
    if (pair.remote === 0) throw new KubectlFailure('remote port must be > 0')
    return pair
  })

const portOf = (which: string, text: string): number => {
  const isNumber = /^\d+$/.test(text)
  if (isNumber && Number(text) < 65_536) return Number(text)
  const why = isNumber ? 'value out of range' : 'invalid syntax'
  throw new KubectlFailure(
    `error parsing ${which} port '${text}': strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`,
  )
}

const V4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/
const V6 = /^[\da-fA-F:.]*:[\da-fA-F:.]*$/

/** Where it listens: names of addresses are not known, but one. */
export const localAddresses = (given: readonly string[]): readonly string[] => {
  const all = given.flatMap((address) => {
    if (address === 'localhost') return ['127.0.0.1', '::1']
    if (V4.test(address) || V6.test(address)) return [address]
    throw new KubectlFailure(`${address} is not a valid IP`)
  })
  return [...new Set(all)]
}
