// Texts of Image objects with places that are filled when they are needed: `{hostname}`, `{podIP}`, `{path}`, `{env.NAME}`.
import { own } from '#apimachinery/object.ts'
import type { Self } from '#images/behaviour.ts'

export interface TextFacts {
  readonly self: Self
  readonly path: string
}

const PLACE = /\{(?:hostname|podIP|path|env\.[^{}]{1,253})\}/g

/** What is longer than that is cut off: a variable may be long and stand in the text many times. */
export const expandText = (text: string, facts: TextFacts, longest: number): string => {
  if (!text.includes('{')) return text.slice(0, longest)
  let result = ''
  let from = 0
  for (const { 0: place, index } of text.matchAll(PLACE)) {
    result += text.slice(from, index) + valueOf(place.slice(1, -1), facts)
    from = index + place.length
    if (result.length >= longest) return result.slice(0, longest)
  }
  return (result + text.slice(from)).slice(0, longest)
}

const valueOf = (name: string, { self, path }: TextFacts): string => {
  switch (name) {
    case 'hostname':
      return self.hostname
    case 'podIP':
      return self.podIP
    case 'path':
      return path
    default:
      return own(self.env, name.slice('env.'.length)) ?? ''
  }
}
