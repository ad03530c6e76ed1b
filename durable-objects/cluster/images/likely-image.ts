// Which image was meant by a name that there is not.
import { imageBehaviour } from '#images/catalog.ts'
import { familiarName, parseReference } from '#apimachinery/image-reference.ts'
import { officialName } from '#images/well-known.ts'

/** An image that exists, and whose name is nearly the same; undefined if nobody can tell. */
export const likelyImage = (text: string): string | undefined => {
  const reference = parseReference(text.trim().toLowerCase())
  if ('invalid' in reference) return undefined
  const name = familiarName(reference)
  const names = [name, officialName(name)].filter((candidate) => candidate !== undefined)
  const tag = reference.tag === undefined || reference.tag === 'latest' ? '' : `:${reference.tag}`
  return names
    .flatMap((candidate) => [`${candidate}${tag}`, candidate])
    .find((candidate) => candidate !== text && !('failure' in imageBehaviour(candidate)))
}
