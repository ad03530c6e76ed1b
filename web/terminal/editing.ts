// What the keys of an editor may do with the text in front of somebody.

export interface Editing {
  readonly name: string
  readonly area: HTMLTextAreaElement
  /** Not as it was written last. */
  readonly isChanged: boolean
  /** In the line below the text. */
  say(text: string): void
  /** Keeps the text as it is now. */
  write(): void
  /** Ends; what was not written is given up. */
  leave(): void
}

/** True: the key is dealt with. */
export type Keys = (event: KeyboardEvent) => boolean

export const lineCount = (text: string): number =>
  text === '' ? 0 : text.replace(/\n$/, '').split('\n').length

export const lineStart = (text: string, at: number): number =>
  at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1

/** Where the line's own end stands, or the text's. */
export const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}
