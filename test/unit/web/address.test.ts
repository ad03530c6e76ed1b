import { expect, test } from 'vitest'
import { accessOf, addressOf } from '../../../web/session/api.ts'

const ID = 'abcdefghijklmnopqrstuvwxyz'
const KEY = 'zyxwvutsrqponmlkjihgfedcba'
const HASH = `${'a'.repeat(51)}q`

test.each([
  [`/s/${ID}`, '', { id: ID, key: undefined, at: undefined }],
  [`/s/${ID}`, `#:${KEY}`, { id: ID, key: KEY, at: undefined }],
  [`/s/${ID}@812`, `#:${KEY}`, { id: ID, key: KEY, at: 812 }],
  [`/s/${ID}@0`, '', { id: ID, key: undefined, at: 0 }],
  [`/p/${HASH}`, '', { id: HASH, key: undefined, at: undefined }],
])('%s%s is understood, and written again the same way', (pathname, hash, access) => {
  expect(accessOf({ pathname, hash })).toEqual(access)
  expect(addressOf(access)).toBe(pathname + hash)
})

test('a key in the path is written behind the #, where no server sees it', () => {
  const access = accessOf({ pathname: `/s/${ID}.${KEY}@7`, hash: '' })
  expect(access).toEqual({ id: ID, key: KEY, at: 7 })
  expect(addressOf(access)).toBe(`/s/${ID}@7#:${KEY}`)
})

test('a snapshot is shown under one address only', () => {
  expect(addressOf(accessOf({ pathname: `/s/${HASH}`, hash: '' }))).toBe(`/p/${HASH}`)
})

test.each([`/s/${ID}@`, `/s/${ID}@x`, `/s/${ID}@1@2`, `/s/${ID}@${'9'.repeat(16)}`, '/s/%00'])(
  '%s is left to the server to refuse',
  (pathname) => {
    const { id, at } = accessOf({ pathname, hash: '' })
    expect(id).toBe(pathname.slice('/s/'.length))
    expect(at).toBeUndefined()
  },
)
