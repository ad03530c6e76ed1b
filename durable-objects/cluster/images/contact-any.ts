// A name with several addresses: who finds nobody at the first one tries the next.
import type { Contact, Contacted, Network } from '#images/network.ts'

/** musl: src/network/lookup.h MAXADDRS */
const MAX_ADDRESSES = 48

export interface AddressContacted {
  readonly address: string
  readonly contacted: Contacted
}

/** The attempts, in the order of the addresses; only the last one can have gone well. Who hears nothing does not go on: it waits. */
export const contactAny = (
  network: Network,
  addresses: readonly string[],
  contact: Omit<Contact, 'address'>,
): readonly AddressContacted[] => {
  const attempts: AddressContacted[] = []
  for (const address of addresses.slice(0, MAX_ADDRESSES)) {
    const contacted = network.contact({ ...contact, address })
    attempts.push({ address, contacted })
    if (contacted.outcome !== 'refused' && contacted.outcome !== 'no-route') break
  }
  return attempts
}

/** How long all of them took, in milliseconds. */
export const takenBy = (attempts: readonly AddressContacted[]): number =>
  attempts.reduce((sum, { contacted }) => sum + contacted.takes, 0)
