// A whole cluster in a link: `/#s=…`. What stands there is a snapshot as the server writes it, in base64url; no server sees a fragment,
// and the page itself never looks inside.

const MARK = '#s='
/** Longer addresses are cut off by some chats and browsers. */
export const MOST_CHARACTERS = 48 * 1024
/** `KS`, which every snapshot begins with. */
const FIRST_BYTES = [0x4b, 0x53]

/** The message is for whoever opened or asked for the link. */
export class FragmentProblem extends Error {
  override readonly name: string = 'FragmentProblem'
}

const tooLong = (characters: number): FragmentProblem =>
  new FragmentProblem(
    `The cluster is too large for a link of its own: ${characters} characters of at most ${MOST_CHARACTERS}. Share the session or make a snapshot instead.`,
  )

/** Whether an address brings a cluster along, whole or not. */
export const hasSnapshot = (hash: string): boolean => hash.startsWith(MARK)

/** What follows the address of the start page. Throws a FragmentProblem if it would be too long. */
export const toFragment = (snapshot: Uint8Array): string => {
  const characters = Math.ceil((snapshot.length * 4) / 3)
  if (characters > MOST_CHARACTERS) throw tooLong(characters)
  let binary = ''
  for (const byte of snapshot) binary += String.fromCharCode(byte)
  const base64 = btoa(binary).replaceAll('+', '-').replaceAll('/', '_')
  return `${MARK}${base64.replace(/=+$/, '')}`
}

/** The snapshot in base64url, as `POST /api/sessions` takes it. Throws a FragmentProblem. */
export const fromFragment = (hash: string): string => {
  if (!hasSnapshot(hash)) throw new FragmentProblem('There is no cluster in this address.')
  const text = hash.slice(MARK.length)
  if (text.length > MOST_CHARACTERS) throw tooLong(text.length)
  // some that pass links on add what they take for missing, or write it as a percentage
  const base64url = text.replace(/(?:=|%3D)+$/i, '')
  if (!/^[\w-]+$/.test(base64url) || base64url.length % 4 === 1 || !isOurs(base64url))
    throw new FragmentProblem(
      'This address holds no cluster of Kubarium, or not all of one. Copy the whole link again.',
    )
  return base64url
}

const isOurs = (base64url: string): boolean => {
  const first = atob(base64url.slice(0, 4).replaceAll('-', '+').replaceAll('_', '/'))
  return FIRST_BYTES.every((byte, index) => first.charCodeAt(index) === byte)
}
