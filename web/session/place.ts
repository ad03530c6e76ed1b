// Which moment the page shows. It stands in the page's address; the way back and forth leads through it.
import { signal } from '@preact/signals'
import { accessOf, addressOf } from './api.ts'

export const place = signal(accessOf(location))

/** To the cluster as of a revision, or as it is now. From one moment of the past to another it is one step of the way back. */
export const goTo = (at: number | undefined): void => {
  const { at: from } = place.peek()
  if (at === from) return
  const next = { ...place.peek(), at }
  const isFirst = from === undefined || at === undefined
  history[isFirst ? 'pushState' : 'replaceState'](null, '', addressOf(next))
  place.value = next
}

addEventListener('popstate', () => {
  place.value = accessOf(location)
})
