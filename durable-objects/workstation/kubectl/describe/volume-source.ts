import type { StringMap } from '#apimachinery/object.ts'
import { goList, goMap } from '#kubectl/describe/go-format.ts'
import { cutBytes } from '#kubectl/describe/metadata.ts'
import {
  PERSISTENT_SOURCES,
  SOURCES,
  type Form,
  type SourceFacts,
} from '#kubectl/describe/volume-source-facts.ts'
import type { PrefixWriter } from '#kubectl/output/prefix-writer.ts'

type Fields = Readonly<Record<string, unknown>>
interface Reference {
  readonly name?: string
  readonly namespace?: string
}

const MAX_ATTRIBUTE = 140

/** A pointer to a reference, as its generated String method prints it. */
const referenceText = (value: unknown, isPersistent: boolean): string => {
  if (value === undefined) return 'nil'
  const { name = '', namespace = '' } = value as Reference
  return isPersistent
    ? `&SecretReference{Name:${name},Namespace:${namespace},}`
    : `&LocalObjectReference{Name:${name},}`
}

const formatted = (value: unknown, form: Form, isPersistent: boolean): string => {
  switch (form) {
    case 'text':
      return (value as string | undefined) ?? ''
    case 'flag':
      return String((value as boolean | undefined) ?? false)
    case 'number':
      return String((value as number | undefined) ?? 0)
    case 'list':
      return goList(value as readonly string[] | undefined)
    case 'map':
      return goMap(value as StringMap | undefined)
    case 'secret':
      return referenceText(value, isPersistent)
    case 'joined':
      return ((value as readonly string[] | undefined) ?? []).join(', ')
    case 'none':
      return String((value as string | number | undefined) ?? '<none>')
    case 'unset':
      return (value as string | undefined) ?? '<unset>'
  }
}

const fieldAt = (source: Fields, path: string): unknown => {
  const [first = '', second] = path.split('.')
  const value = source[first]
  return second === undefined ? value : (value as Fields | undefined)?.[second]
}

const describeSource = (
  w: PrefixWriter,
  { type, rows }: SourceFacts,
  source: Fields,
  isPersistent: boolean,
): void => {
  w.field(2, 'Type', type)
  for (const [label, key, form] of rows)
    w.write(2, `${label}\t${formatted(fieldAt(source, key), form, isPersistent)}\n`)
}

/** kubernetes: kubectl pkg/describe printCSIPersistentVolumeAttributesMultilineIndent */
const describeAttributes = (w: PrefixWriter, attributes: StringMap = {}): void => {
  w.write(2, 'VolumeAttributes:\t')
  const keys = Object.keys(attributes).sort()
  if (keys.length === 0) return w.writeLine('<none>')
  for (const [index, key] of keys.entries()) {
    if (index > 0) {
      w.write(2, '')
      w.write(2, '\t')
    }
    w.write(2, `${cutBytes(`${key}=${attributes[key]!}`, MAX_ATTRIBUTE)}\n`)
  }
}

/** Prints the source if it is of a kind with nothing but fields; whether it was. */
export const describePlainSource = (
  w: PrefixWriter,
  volume: Fields,
  isPersistent: boolean,
): boolean => {
  const facts = isPersistent ? PERSISTENT_SOURCES : SOURCES
  const key = Object.keys(volume).find((name) => Object.hasOwn(facts, name))
  if (key === undefined) return false
  const source = volume[key] as Fields
  describeSource(w, facts[key]!, source, isPersistent)
  if (key === 'csi') describeAttributes(w, source['volumeAttributes'] as StringMap | undefined)
  return true
}
