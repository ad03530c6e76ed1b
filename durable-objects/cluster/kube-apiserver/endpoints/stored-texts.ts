import type { Revision, StoredObject } from '#etcd/etcd.ts'
import type { KeptTexts } from '#kube-apiserver/endpoints/kept-texts.ts'
import { objectJson } from '#kube-apiserver/endpoints/serialize.ts'
import type { RegistryContext } from '#kube-apiserver/registry/registry.ts'
import { isBuiltIn } from '#kube-apiserver/resources.ts'

/** Many, seldom listed as a whole, and gone within the hour: they would take the room of half of the Pods. */
const LEFT_OUT = 'events'

/** What lists and watches send of such an object is what is stored of it, as long as it is not converted. */
const isShownAsStored = ({ resources }: RegistryContext, name: string): boolean => {
  const resource = resources.named(name)
  return resource !== undefined && isBuiltIn(resource)
}

/** What is stored of a revision. Its text is kept for who reads the object next, that of the predecessor is not needed any more. */
export const storedText = (
  texts: KeptTexts,
  context: RegistryContext,
  { resource, namespace, name, object, previous }: Revision,
  isWatched: boolean,
): string | undefined => {
  if (previous !== undefined) texts.drop(previous)
  if (object === undefined) return undefined
  if (!isShownAsStored(context, resource)) return JSON.stringify(object)
  const text = objectJson(object)
  const isNewest = context.etcd.get(resource, namespace, name) === object
  if (isNewest && resource !== LEFT_OUT) texts.keep(object, text)
  else if (isWatched) texts.keepForTurn(object, text)
  return text
}

/** Keeps the texts that objects were read from. */
export const keepTexts = (
  texts: KeptTexts,
  context: RegistryContext,
  objects: readonly StoredObject[],
): void => {
  for (const { resource, object, text } of objects) {
    if (text === undefined || resource === LEFT_OUT || !isShownAsStored(context, resource)) continue
    // texts of before were written in another order
    const head = `{"kind":"${object.kind}","apiVersion":"${object.apiVersion}","metadata":{`
    if (text.startsWith(head)) texts.keep(object, text)
  }
}
