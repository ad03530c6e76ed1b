// Our kubectl against the real one, line by line: every file in differential/ (how they are written: ../support/differential.mjs).
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { compareLines, differenceText, parseLines } from '../support/differential.mjs'
import { startEngineServer } from '../support/engine-server.mjs'

const FOLDER = path.join(import.meta.dirname, 'differential')

const MORE_ROUNDS = 2

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
      // one runs after the other while time goes on: what differs now and then is a moment, not a text
      let lasting = await differencesIn(server, lines)
      for (let round = 0; round < MORE_ROUNDS && lasting.size > 0; round += 1) {
        const again = await differencesIn(server, lines)
        lasting = new Map([...again].filter(([line]) => lasting.has(line)))
      }
      if (lasting.size > 0)
        throw new Error(`${lasting.size} lines differ\n\n${[...lasting.values()].join('\n\n')}`)
    })
  }
})
