// What of `nft list table` has an order that means something, as test/conformance/parity.mjs compares it: blocks by name, the elements
// of sets and maps sorted, rules where they stand.

const BLOCKS = /^\t((?:set|map|chain) \S+) \{\n([\s\S]*?)^\t\}/gm

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

const sortedElements = (body: string): string =>
  body.replace(/elements = \{([\s\S]*?)\}/, (_, elements: string) =>
    elements
      .split(',')
      .map((element) => `element ${oneLine(element)}`)
      .sort()
      .join('\n'),
  )

export const canonicalNftables = (text: string): string =>
  [...text.matchAll(BLOCKS)]
    .map(([, head, body = '']) => {
      const lines = sortedElements(body)
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '')
      return [head, ...lines.map((line) => `  ${line}`)].join('\n')
    })
    .sort()
    .join('\n')
