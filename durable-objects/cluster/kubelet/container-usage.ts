// What a container uses of its machine: a pure function of what runs in it, of whom it answered lately, and of time.
import type { Container } from '#api/core/v1/pod/container-types.ts'
import { own } from '#apimachinery/object.ts'
import { quantityMilliValue, quantityOf, quantityValue } from '#apimachinery/quantity.ts'
import type { Process } from '#images/behaviour.ts'

/** How often kubelets are asked, in milliseconds. */
export const SCRAPE_PERIOD_MS = 15_000
/** What has run for less than that when it is asked has no figures yet. */
export const LEAST_WINDOW_MS = 10_000

const MILLION = 1_000_000
/** What somebody who waits for work uses at most, in thousandths of a core. */
const IDLE = 0.9
/** What an answer costs if its program says nothing else: milliseconds of a core. */
const REQUEST_COST = 1
/** Figures are never quite the same twice. */
const CPU_SWING = 0.02
const MEMORY_SWING = 0.01
const PAGE = 4096

export interface UsageFacts {
  readonly container: Container
  readonly process: Pick<Process, 'cpu' | 'requestCost' | 'memoryBytes'>
  /** `uid/name`: tells containers apart. */
  readonly id: string
  /** The moment at which it is asked, in milliseconds since the epoch. */
  readonly at: number
  /** In milliseconds. */
  readonly window: number
  /** How many answers it gave within the window. */
  readonly answered: number
}

/** A number from 0 up to 1 that a text stands for. kubernetes has nothing like it: FNV-1a, well mixed. */
const chanceOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

/** A factor near 1. */
const swing = (text: string, width: number): number => 1 + width * (2 * chanceOf(text) - 1)

const limitOf = ({ resources }: Container, name: string): string | undefined =>
  own(resources?.limits, name)

/** Thousandths of a core that a container takes if it gets them, up to its limit. */
export const cpuDemand = ({ container, process, id, window, answered }: UsageFacts): number => {
  const byItself = process.cpu ?? IDLE * chanceOf(id)
  const answers = (answered * (process.requestCost ?? REQUEST_COST) * 1000) / window
  const limit = limitOf(container, 'cpu')
  const most = limit === undefined ? Infinity : quantityMilliValue(quantityOf(limit))
  return Math.min(byItself + answers, most)
}

/** The same in billionths of a core, as it is measured. `share`: the part of its demand that it gets. */
export const cpuUsage = (facts: UsageFacts, share: number): number =>
  Math.floor(cpuDemand(facts) * share * swing(`${facts.id}/cpu/${facts.at}`, CPU_SWING) * MILLION)

/** In bytes. */
export const memoryUsage = ({ container, process, id, at }: UsageFacts): number => {
  const used = process.memoryBytes * swing(`${id}/memory/${at}`, MEMORY_SWING)
  const limit = limitOf(container, 'memory')
  const most = limit === undefined ? Infinity : quantityValue(quantityOf(limit))
  return Math.floor(Math.min(used, most) / PAGE) * PAGE
}
