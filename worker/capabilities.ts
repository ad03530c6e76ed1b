const ID = /^[a-z2-7]{26}$/

/** What a link lets its holder do: look (an id) or change (an id and a key). */
export interface Capability {
  readonly id: string
  readonly key?: string
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/** 130 random bits in 26 letters and digits that survive any terminal and any URL. */
export const newSecret = (): string =>
  [...crypto.getRandomValues(new Uint8Array(26))].map((byte) => ALPHABET[byte % 32]!).join('')

/** Reads `id` or `id.key`; undefined if it is neither. */
export const parseCapability = (text: string): Capability | undefined => {
  const [id = '', key, ...rest] = text.split('.')
  if (!ID.test(id) || rest.length > 0) return undefined
  return key === undefined || key === '' ? { id } : { id, key }
}

/** The key in `Authorization: Bearer KEY`. `id.key` is taken as well. */
export const bearerKey = (authorization: string | undefined): string | undefined => {
  const match = /^Bearer +(\S{1,200})$/i.exec(authorization ?? '')
  return match?.[1]?.split('.').at(-1)
}
