// The share of an endpoint, as iptables-save prints it.

const known: string[] = []

/**
 * One in `count`. kube-proxy writes ten digits, the kernel keeps them as a number of 31 bits, and iptables-save prints eleven digits
 * of that. kubernetes: pkg/proxy/iptables/proxier.go computeProbability; iptables: extensions/libxt_statistic.c
 */
export const probabilityOf = (count: number): string => (known[count] ??= printed(count))

const KERNEL_BITS = 31n
const KERNEL_ONE = 1n << KERNEL_BITS

const printed = (count: number): string => {
  const held = Math.round(Number((1 / count).toFixed(10)) * Number(KERNEL_ONE))
  const scaled = BigInt(held) * 10n ** 11n
  let digits = scaled >> KERNEL_BITS
  const twiceRest = 2n * (scaled - (digits << KERNEL_BITS))
  // the C library rounds a half to the even digit, toFixed rounds it up
  if (twiceRest > KERNEL_ONE || (twiceRest === KERNEL_ONE && (digits & 1n) === 1n)) digits++
  const text = digits.toString().padStart(12, '0')
  return `${text.slice(0, -11)}.${text.slice(-11)}`
}
