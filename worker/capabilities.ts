import type { Access } from '../durable-objects/cluster-session.ts'

/** Of a session, or of a snapshot, whose id is its hash. */
const ID = /^(?:[a-z2-7]{26}|[a-z2-7]{51}[aq])$/
/** A revision as it stands behind a link. */
const REVISION = /^\d{1,15}$/

/** What a link lets its holder do: look (an id), change (an id and a key), look at the past (a revision behind it). */
export interface Capability {
  readonly id: string
  readonly access: Access
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/** 130 random bits in 26 letters and digits that survive any terminal and any URL. */
export const newSecret = (): string =>
  [...crypto.getRandomValues(new Uint8Array(26))].map((byte) => ALPHABET[byte % 32]!).join('')

/** Reads `id` or `id.key`, with `@revision` behind it or without; undefined if it is none of these. */
export const parseCapability = (
  text: string,
  authorization: string | undefined,
): Capability | undefined => {
  const [link = '', revision, ...more] = text.split('@')
  const [id = '', inLink, ...rest] = link.split('.')
  if (!ID.test(id) || rest.length > 0 || more.length > 0) return undefined
  if (revision !== undefined && !REVISION.test(revision)) return undefined
  const key = inLink === undefined || inLink === '' ? bearerKey(authorization) : inLink
  return {
    id,
    access: {
      ...(key === undefined ? {} : { key }),
      ...(revision === undefined ? {} : { at: Number(revision) }),
    },
  }
}

/** The key in `Authorization: Bearer KEY`. `id.key` is taken as well. */
const bearerKey = (authorization: string | undefined): string | undefined => {
  const match = /^Bearer +(\S{1,200})$/i.exec(authorization ?? '')
  return match?.[1]?.split('.').at(-1)
}
