// Writes docs/differences.md from docs/differences.json, the one list of what differs from a real cluster. An entry with `steps` is about
// the recordings: test/conformance/recordings.test.mjs forgives those steps and no other. With `--print` the page goes to stdout.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const ROOT = path.resolve(import.meta.dirname, '..')
const COLUMNS = 160

/** Lines of at most COLUMNS characters; what follows the first is indented under its bullet. */
const wrapped = (text) => {
  const lines = ['-']
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`
    if (longer.length <= COLUMNS) lines[lines.length - 1] = longer
    else lines.push(`  ${word}`)
  }
  return lines.join('\n')
}

const where = ({ scenario, step }) => {
  if (scenario === '*') return 'any'
  return step === undefined ? scenario : `${scenario} (step ${step})`
}

const entry = ({ text, steps }) => {
  if (steps === undefined) return wrapped(text)
  return wrapped(`${text} Scenarios: ${[...new Set(steps.map(where))].join(', ')}.`)
}

const areas = JSON.parse(readFileSync(path.join(ROOT, 'docs/differences.json'), 'utf8'))
const page = [
  '<!-- Written by `node scripts/generate-differences.mjs` from differences.json: change that. -->',
  '# What differs from a real cluster',
  'On purpose, with the reason. What is not listed here and differs is a defect.',
  ...areas.map(({ area, differences }) => `## ${area}\n\n${differences.map(entry).join('\n')}`),
].join('\n\n')

if (process.argv.includes('--print')) process.stdout.write(`${page}\n`)
else writeFileSync(path.join(ROOT, 'docs/differences.md'), `${page}\n`)
