// How long simulated things take, as it is asked for.
import * as v from 'valibot'

const LONGEST_MS = 600_000

const PRESETS = 'write lively, instant or real'
const MILLISECONDS = `write whole milliseconds from 0 to ${LONGEST_MS}`

const preset = v.picklist(['lively', 'instant', 'real'], PRESETS)
const delay = v.optional(
  v.pipe(
    v.number(MILLISECONDS),
    v.integer(MILLISECONDS),
    v.minValue(0, MILLISECONDS),
    v.maxValue(LONGEST_MS, MILLISECONDS),
  ),
)

const own = v.strictObject({
  preset: v.optional(preset),
  imagePull: delay,
  containerStart: delay,
  containerStop: delay,
  loadBalancer: delay,
  proxySync: delay,
  jobRun: delay,
})

/** The validator takes a list for an object without fields. */
const noList = v.custom<object>((value) => !Array.isArray(value))

/** A preset, or `{"preset": "real", "imagePull": 500}`. */
export const Delays = v.union(
  [preset, v.pipe(noList, own)],
  `${PRESETS}, or {"preset", "imagePull", "containerStart", "containerStop", "loadBalancer", "proxySync", "jobRun"} in whole milliseconds from 0 to ${LONGEST_MS}`,
)
