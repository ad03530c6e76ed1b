// What a snapshot may say of its settings: those of a session, and delays that were changed since, which the cluster keeps by itself.
import * as v from 'valibot'
import { LONGEST_DELAY, type SettingsRequest } from '../../cluster/settings.ts'

export const Milliseconds = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(0),
  v.maxValue(253_402_300_799_999),
)
const Span = v.pipe(v.number(), v.minValue(0), v.maxValue(LONGEST_DELAY))
const Delay = v.optional(Span)
const PRESETS = ['lively', 'instant', 'real'] as const

/** Every setting there is: of one that is missing here no snapshot could be read. */
const settings = {
  template: v.optional(v.picklist(['default', 'bare', 'synergychat'])),
  nodes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000))),
  delays: v.optional(
    v.union([
      v.picklist(PRESETS),
      v.strictObject({
        preset: v.optional(v.picklist(PRESETS)),
        imagePull: Delay,
        containerStart: Delay,
        containerStop: Delay,
        loadBalancer: Delay,
        proxySync: Delay,
        jobRun: Delay,
      }),
    ]),
  ),
  paused: v.optional(v.boolean()),
  proxyMode: v.optional(v.picklist(['iptables', 'nftables', 'ipvs'])),
  loadBalancer: v.optional(v.picklist(['cloud', 'none'])),
  proxySync: Delay,
  dnsTTL: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3600))),
} satisfies Record<keyof SettingsRequest, unknown>

export const SettingsShape = v.strictObject(settings)

export const SETTING_NAMES: readonly string[] = Object.keys(settings)

const Delays = v.strictObject({
  imagePull: Span,
  containerStart: Span,
  containerStop: Span,
  loadBalancer: Span,
  proxySync: Span,
  jobRun: Span,
})

/** What `live-settings.ts` keeps. */
const ChangedDelays = v.strictObject({
  delays: Delays,
  pastDelays: v.optional(
    v.pipe(v.array(v.strictObject({ until: Milliseconds, delays: Delays })), v.maxLength(100)),
  ),
})

export const DELAYS_KEY = 'settings/delays'

export const areChangedDelays = (text: string): boolean => {
  try {
    return v.is(ChangedDelays, JSON.parse(text))
  } catch {
    return false
  }
}
