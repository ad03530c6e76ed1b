// Runs lines with the real kubectl and with ours against one session, and shows where they differ:
//   node test/support/compare-kubectl.mjs [--files FOLDER] [--twins] FILE…|-e LINE…
// How a FILE is written: differential.mjs. `--twins`: each has a session of its own, of the same seed.
import { readFileSync } from 'node:fs'
import { compareLines, differenceText, parseLines } from './differential.mjs'
import { startEngineServer } from './engine-server.mjs'

const words = process.argv.slice(2)
const given = []
const typed = []
let [folder, isTwins] = [undefined, false]
for (let word = words.shift(); word !== undefined; word = words.shift()) {
  if (word === '--files') folder = words.shift()
  else if (word === '--twins') isTwins = true
  else if (word === '-e') typed.push(words.shift())
  else given.push(parseLines(readFileSync(word, 'utf8')))
}
if (typed.length > 0) {
  const [first] = given
  // lines of one's own after those that prepare a file's
  if (first === undefined) given.push({ isTwins, files: {}, lines: typed })
  else first.lines = [...first.lines.filter((line) => line.startsWith('!')), ...typed]
}

const server = await startEngineServer()
let [same, other] = [0, 0]
for (const lines of given)
  await compareLines(server, { ...lines, isTwins: isTwins || lines.isTwins, folder }, (told) => {
    if (told.isSame) same++
    else {
      other++
      console.log(`\n${differenceText(told)}`)
    }
  })
console.log(`\n${same} the same, ${other} different`)
await server.stop()
process.exit(0)
