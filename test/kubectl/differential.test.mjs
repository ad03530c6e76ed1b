// Our kubectl against the real one, line by line: every file in differential/ (how they are written: ../support/differential.mjs).
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { compareLines, differenceText, parseLines } from '../support/differential.mjs'
import { startEngineServer } from '../support/engine-server.mjs'

const FOLDER = path.join(import.meta.dirname, 'differential')

describe('our kubectl and the real one', { concurrency: 2 }, () => {
  let server

  before(async () => {
    server = await startEngineServer()
  })
  after(() => server.stop())

  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.txt'))) {
    const lines = parseLines(readFileSync(path.join(FOLDER, file), 'utf8'))
    test(`say the same: ${file}`, async () => {
      const differences = []
      await compareLines(server, lines, (told) => {
        if (!told.isSame) differences.push(differenceText(told))
      })
      if (differences.length > 0)
        throw new Error(`${differences.length} lines differ\n\n${differences.join('\n\n')}`)
    })
  }
})
