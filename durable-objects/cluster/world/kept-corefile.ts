// What a CoreDNS that runs goes on with when its file is no longer that: with its container's memory, and gone with it.
import type { Store } from '#images/behaviour.ts'

const KEY = 'running Corefile'

/** undefined: it runs with what its file says. */
export const keptCorefile = (store: Store): string | undefined => store.get(KEY) || undefined

export const keepCorefile = (store: Store, text: string | undefined): void => {
  if (keptCorefile(store) !== text) store.set(KEY, text ?? '')
}
