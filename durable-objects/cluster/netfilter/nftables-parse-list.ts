// What stands in braces with commas between, which may go on over several lines.
import type { TokenReader } from './token-reader.ts'

/** At least one item; a comma after the last is allowed, as nft allows it. */
export const braced = <T>(reader: TokenReader, item: () => T): readonly T[] => {
  const skipLines = (): void => {
    while (reader.take('\n'));
  }
  const items: T[] = []
  reader.expect('{')
  do {
    skipLines()
    if (items.length > 0 && reader.peek() === '}') break
    items.push(item())
    skipLines()
  } while (reader.take(','))
  reader.expect('}')
  return items
}
