import { withSortedKeys, type KubeObject } from '#apimachinery/object.ts'
import { inWireOrder, metadataInOrder } from '#apimachinery/wire-order.ts'
import { goJson } from '#kube-apiserver/endpoints/http.ts'
import { keptText } from '#kube-apiserver/endpoints/kept-texts.ts'

let lastMade: { readonly object: KubeObject; readonly text: string } | undefined

/** The object with its kind, as a single object or a watch event is written, and as it is stored: a write's answer comes first. */
export const objectJson = (object: KubeObject): string => {
  const kept = keptText(object)
  if (kept !== undefined) return kept
  if (lastMade?.object === object) return lastMade.text
  const text = goJson(inWireOrder(object))
  if (Object.isFrozen(object)) lastMade = { object, text }
  return text
}

const METADATA = '"metadata":'

/** What follows the brace of an item of a list of built-in kind, which does not say what it is. A piece of the text, not a copy. */
export const itemBody = (object: KubeObject): string => {
  const text = objectJson(object)
  return text.slice(text.indexOf(METADATA))
}

const [QUOTE, BACKSLASH, OPEN, CLOSE] = ['"', '\\', '{', '}'].map((character) =>
  character.charCodeAt(0),
)

/** Where the JSON object that begins at `start` ends. */
const endOfObject = (text: string, start: number): number => {
  let depth = 0
  let isString = false
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (isString) {
      if (code === BACKSLASH) index++
      else if (code === QUOTE) isString = false
    } else if (code === QUOTE) isString = true
    else if (code === OPEN) depth++
    else if (code === CLOSE && --depth === 0) return index + 1
  }
  return text.length
}

/** To find the end of the metadata in a text takes a tenth of the time that it takes to write them. */
const metadataJson = (object: KubeObject): string => {
  const text = keptText(object)
  if (text === undefined) return goJson(metadataInOrder(object.metadata))
  const start = text.indexOf(METADATA) + METADATA.length
  return text.slice(start, endOfObject(text, start))
}

/** Only the object's metadata. */
export const partialJson = (object: KubeObject): string =>
  `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":${metadataJson(object)}}`

// What is stored of a custom object is not what is shown of it: that is pruned, completed and converted by its definition.
const CUSTOM_CHARACTERS = 4_000_000

let customCache = new WeakMap<KubeObject, string>()
let customCached = 0

/** A custom object: to Go it is a map, whose keys are written in order. Alone or in a list, it says what it is. */
export const customJson = (object: KubeObject): string => {
  const known = customCache.get(object)
  if (known !== undefined) return known
  const text = goJson(withSortedKeys(object))
  if (Object.isFrozen(object)) {
    customCached += text.length
    if (customCached > CUSTOM_CHARACTERS) {
      customCache = new WeakMap()
      customCached = text.length
    }
    customCache.set(object, text)
  }
  return text
}
