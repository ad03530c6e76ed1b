import { parseCidr } from '#net/cidr.ts'

/** Networks for documentation (RFC 5737): addresses that are nobody's. */
const NETWORKS = ['203.0.113', '198.51.100']
const LAST_HOST = 254

export const LOAD_BALANCER_RANGES = NETWORKS.map((network) => parseCidr(`${network}.0/24`)!)

/** The address asked for if it is free and the cloud's, else the first free one; undefined if none is left. */
export const pickAddress = (taken: ReadonlySet<string>, wanted = ''): string | undefined => {
  if (isOurs(wanted) && !taken.has(wanted)) return wanted
  for (const network of NETWORKS)
    for (let host = 1; host <= LAST_HOST; host++)
      if (!taken.has(`${network}.${host}`)) return `${network}.${host}`
  return undefined
}

const isOurs = (address: string): boolean => {
  const dot = address.lastIndexOf('.')
  const host = Number(address.slice(dot + 1))
  return NETWORKS.includes(address.slice(0, dot)) && host >= 1 && host <= LAST_HOST
}
