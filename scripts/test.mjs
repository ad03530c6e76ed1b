// `npm test`: everything that is checked, part by part. The last line is `N passed, N failed` over all parts.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'

const REPORT = '.cache/vitest.json'

/** Runs a program of node_modules and gathers what it prints. */
const run = (bin, args, { env = {} } = {}) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [...bin, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', ...env },
    })
    let output = ''
    const gather = (chunk) => (output += chunk)
    child.stdout.on('data', gather)
    child.stderr.on('data', gather)
    child.on('error', (error) => resolve({ code: 1, output: String(error) }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })

const modules = (path) => [`node_modules/${path}`]

/** A part that is right or wrong as a whole. */
const check = (name, bin, args) => ({
  name,
  run: async () => {
    const { code, output } = await run(bin, args)
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, output }
  },
})

const vitest = {
  name: 'unit and workerd tests',
  run: async () => {
    mkdirSync('.cache', { recursive: true })
    rmSync(REPORT, { force: true })
    const { code, output } = await run(modules('vitest/vitest.mjs'), [
      'run',
      '--reporter=json',
      `--outputFile=${REPORT}`,
    ])
    if (!existsSync(REPORT)) return { passed: 0, failed: 1, output }
    const report = JSON.parse(readFileSync(REPORT, 'utf8'))
    const broken = report.testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
    )
    const failures = report.testResults.flatMap(({ name, message, assertionResults }) => [
      ...(assertionResults.length === 0 && message ? [`${name}\n${message}`] : []),
      ...assertionResults
        .filter(({ status }) => status === 'failed')
        .map(({ fullName, failureMessages }) =>
          [`${name}: ${fullName}`, ...failureMessages.map((text) => text.slice(0, 2000))].join(
            '\n',
          ),
        ),
    ])
    const failed = report.numFailedTests + broken.length
    // an error outside any test fails the run as well
    const stray = failed === 0 && code !== 0 ? 1 : 0
    return {
      passed: report.numPassedTests,
      failed: failed + stray,
      output: [...failures, ...(stray > 0 ? [output] : [])].join('\n\n'),
    }
  },
}

/** What TAP tells of tests that failed; a suite that failed only since a test of its did is left out. */
const failuresIn = (tap) => {
  const lines = tap.split('\n')
  const failures = []
  for (const [at, line] of lines.entries()) {
    const [, indent] = /^( *)not ok /.exec(line) ?? []
    if (indent === undefined) continue
    const end = lines.indexOf(`${indent}  ...`, at)
    const text = lines.slice(at, end < 0 ? at + 1 : end).join('\n')
    if (!text.includes("failureType: 'subtestsFailed'")) failures.push(text.slice(0, 4000))
  }
  return failures.join('\n')
}

/** A folder of tests for Node's own runner: they start the product and talk to it from outside. */
const suite = (folder) => ({
  name: `test/${folder}`,
  run: async () => {
    const files = readdirSync(`test/${folder}`)
      .filter((file) => file.endsWith('.test.mjs'))
      .map((file) => `test/${folder}/${file}`)
    // one after the other: each starts a server of its own
    const { code, output } = await run(
      ['--test', '--test-reporter=tap', '--test-concurrency=1'],
      files,
    )
    const count = (word) => Number(new RegExp(`^# ${word} (\\d+)`, 'm').exec(output)?.[1] ?? 0)
    const [passed, failed] = [count('pass'), count('fail') + count('cancelled')]
    return {
      passed,
      failed: failed === 0 && code !== 0 ? 1 : failed,
      output: failuresIn(output) || output,
    }
  },
})

const hasTests = (folder) =>
  existsSync(`test/${folder}`) &&
  readdirSync(`test/${folder}`).some((file) => file.endsWith('.test.mjs'))

const parts = [
  check('types', modules('typescript/bin/tsc'), ['-b']),
  check('lint', modules('oxlint/bin/oxlint'), ['--type-aware']),
  check('format', modules('oxfmt/bin/oxfmt'), ['--check']),
  vitest,
  ...['kubectl', 'conformance', 'e2e', 'browser'].filter(hasTests).map(suite),
]

let [passed, failed] = [0, 0]
for (const part of parts) {
  const started = Date.now()
  const result = await part.run()
  passed += result.passed
  failed += result.failed
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  console.log(
    `${result.failed === 0 ? 'ok  ' : 'FAIL'} ${part.name}: ${result.passed} passed, ${result.failed} failed (${seconds} s)`,
  )
  if (result.failed > 0) console.log(result.output.trimEnd())
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
