// Our kubectl against the real one, line by line: every file in differential/ (how they are written: ../support/differential.mjs).
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { compareLines, differenceText, parseLines } from '../support/differential.mjs'
import { startEngineServer } from '../support/engine-server.mjs'

const FOLDER = path.join(import.meta.dirname, 'differential')

/** How the two differ, by line. */
const differencesIn = async (server, lines) => {
  const differences = new Map()
  await compareLines(server, lines, (told) => {
    if (!told.isSame) differences.set(told.line, differenceText(told))
  })
  return differences
}

describe('our kubectl and the real one', { concurrency: 2 }, () => {
  let server

  before(async () => {
    server = await startEngineServer()
  })
  after(() => server.stop())

  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))) {
    const lines = parseLines(readFileSync(path.join(FOLDER, file), 'utf8'))
    test(`say the same: ${file}`, async () => {
      const found = await differencesIn(server, lines)
      // one runs after the other while time goes on: what differs only once is a moment, not a text
      const again = found.size === 0 ? found : await differencesIn(server, lines)
      const lasting = [...found.keys()].filter((line) => again.has(line))
      if (lasting.length > 0)
        throw new Error(
          `${lasting.length} lines differ\n\n${lasting.map((line) => again.get(line)).join('\n\n')}`,
        )
    })
  }
})
