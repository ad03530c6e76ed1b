// The books that the crawler reads, one each half minute, and how often words occur in them. The words are counted by a formula: nobody
// here has the books.

/** As the crawler writes it. */
export interface Match {
  readonly Keyword: string
  readonly BookTitle: string
  readonly Count: number
}

const TIME_PER_BOOK = 30_000

/** Title, and about how many thousand lines it has. */
const BOOKS: readonly (readonly [string, number])[] = [
  ['Frankenstein; Or, The Modern Prometheus', 7.7],
  ['Moby Dick; Or, The Whale', 22.3],
  ['Pride and Prejudice', 14.9],
  ['Romeo and Juliet', 5.3],
  ["Alice's Adventures in Wonderland", 3.8],
  ['Middlemarch', 33.4],
  ['The Picture of Dorian Gray', 8.9],
  ['A Room with a View', 9.1],
  ['Dracula', 15.9],
  ['The Great Gatsby', 6.8],
  ['The Scarlet Letter', 9.3],
  ['Cranford', 7.6],
  ['The Adventures of Sherlock Holmes', 12.3],
  ['A Tale of Two Cities', 16.3],
  ['The Strange Case of Dr. Jekyll and Mr. Hyde', 3.0],
  ['Wuthering Heights', 12.4],
]

const hashOf = (text: string): number => {
  let hash = 2_166_136_261
  for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0)!, 16_777_619) >>> 0
  return hash
}

/** Short words are in more lines than long ones. */
const countOf = (keyword: string, title: string, thousands: number): number => {
  const word = keyword.trim().toLowerCase()
  const often = 240 / Math.max(3, word.length) ** 2
  const chance = (hashOf(`${word}\n${title}`) % 1000) / 1000
  return Math.floor(thousands * often * (0.1 + 1.2 * chance))
}

/** What was counted when the crawler had run for so long. */
export const countsAt = (keywords: readonly string[], age: number): readonly Match[] => {
  const read = BOOKS.slice(0, Math.floor(Math.max(0, age) / TIME_PER_BOOK) + 1)
  return [...new Set(keywords)].flatMap((Keyword) =>
    read
      .map(([BookTitle, thousands]) => ({
        Keyword,
        BookTitle,
        Count: countOf(Keyword, BookTitle, thousands),
      }))
      .filter(({ Count }) => Count > 0),
  )
}

/** What it logs meanwhile, and when. */
export const readingLog: readonly { readonly after: number; readonly text: string }[] = [
  { after: 0, text: 'Fetching books from http://gutendex.com/books/?page=1' },
  ...BOOKS.map(([title], index) => ({
    after: index * TIME_PER_BOOK,
    text: `Checking book ${title}`,
  })),
]
