// Scripts of shell lines and what they must print, one file a topic:
//
//   # A comment
//   -- web.yaml --                 a file of the script's folder, up to the next "-- NAME --" line
//   …
//   -- script --
//   kubectl apply -f web.yaml      must exit 0
//   stdout 'service/web created'   the last command's output must match the regular expression
//   ! stdout 'error'               must not
//   ! kubectl get svc nope         must not exit 0
//   stderr 'NotFound'
//   eventually kubectl get pods    is run again until it exits 0 and all lines that look at its output hold
//   later 50s                      time passes: then there is no other time for the cluster, and `eventually` is of no use
//   & kubectl get pods -w          goes on in the background once it has printed something; `wait` ends it, and then its output is looked at
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const COMMAND_MS = 60_000
const EVENTUALLY_MS = 30_000
const PAUSE_MS = 250

export const parseScript = (text) => {
  const files = {}
  const lines = []
  let section
  for (const line of text.split('\n')) {
    const head = /^-- (.+) --$/.exec(line)
    if (head !== null) section = head[1]
    else if (section === 'script') lines.push(line)
    else if (section !== undefined) files[section] = `${files[section] ?? ''}${line}\n`
  }
  return { files, steps: stepsOf(lines) }
}

const LOOK = /^(! )?(stdout|stderr) '(.*)'$/

/** A command with the lines that look at its output. */
const stepsOf = (lines) => {
  const steps = []
  for (const line of lines) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const look = LOOK.exec(line)
    if (look === null) steps.push({ ...commandOf(line), looks: [] })
    else
      steps.at(-1).looks.push({
        line,
        not: look[1] !== undefined,
        stream: look[2],
        pattern: new RegExp(look[3], 'm'),
      })
  }
  return steps
}

const commandOf = (line) => {
  if (line === 'wait') return { kind: 'wait', line }
  const later = /^later (\d+)s$/.exec(line)
  if (later !== null) return { kind: 'later', line, milliseconds: Number(later[1]) * 1000 }
  const [, mark = '', command] = /^(?:(!|eventually|&) )?(.*)$/.exec(line)
  return {
    kind: { '!': 'fail', eventually: 'eventually', '&': 'background' }[mark] ?? 'run',
    line,
    command,
  }
}

const start = (command, options) => {
  const child = spawn('sh', ['-c', command], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const result = { stdout: '', stderr: '', code: undefined }
  child.stdout.on('data', (chunk) => (result.stdout += chunk))
  child.stderr.on('data', (chunk) => (result.stderr += chunk))
  const stop = () => {
    try {
      process.kill(-Number(child.pid), 'SIGTERM')
    } catch {
      // it ended by itself
    }
  }
  const timer = setTimeout(stop, COMMAND_MS)
  const ended = new Promise((resolve) =>
    child.on('close', (code) => {
      clearTimeout(timer)
      result.code = code ?? 1
      resolve(result)
    }),
  )
  return { result, ended, stop }
}

const problems = (step, result) =>
  step.looks
    .filter(({ not, stream, pattern }) => pattern.test(result[stream]) === not)
    .map(
      ({ line }) =>
        `${step.line}\n${line}\n--- stdout\n${result.stdout}--- stderr\n${result.stderr}`,
    )

const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS))

/** Whether the script moves the cluster's clock. */
export const movesClock = ({ steps }) => steps.some(({ kind }) => kind === 'later')

/**
 * Runs a script in a folder of its own, with the programs on the path and the given kubeconfigs as files of that name; `admin` is the one
 * that is used. `pass` lets time pass.
 */
export const runScript = async (
  { files, steps },
  { programs, kubeconfigs, environment = {}, pass },
) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubarium-script-'))
  mkdirSync(path.join(folder, 'bin'))
  for (const [name, program] of Object.entries(programs))
    symlinkSync(program, path.join(folder, 'bin', name))
  for (const [name, content] of Object.entries({ ...files, ...kubeconfigs })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), content)
  }
  const env = {
    ...process.env,
    ...environment,
    HOME: folder,
    PATH: `${folder}/bin:${process.env.PATH}`,
    KUBECONFIG: path.join(folder, 'admin'),
  }
  const options = { cwd: folder, env, pass }
  let background
  try {
    for (const step of steps) background = (await runStep(step, options, background)) ?? background
  } finally {
    background?.running.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const runStep = async (step, { pass, ...options }, background) => {
  if (step.kind === 'later') return pass(step.milliseconds)
  if (step.kind === 'background') return begin(step, options)
  if (step.kind === 'wait') {
    await endOf(background, step)
    return undefined
  }
  if (step.kind === 'eventually') {
    await eventually(step, options)
    return undefined
  }
  const result = await start(step.command, options).ended
  const shown = `${step.line}\nexit ${result.code}\n--- stdout\n${result.stdout}--- stderr\n${result.stderr}`
  assert.equal(result.code !== 0, step.kind === 'fail', shown)
  assert.deepEqual(problems(step, result), [])
  return undefined
}

/** What comes after is to be seen by it, so it must be there. */
const begin = async (step, options) => {
  const running = start(step.command, options)
  for (const end = Date.now() + EVENTUALLY_MS; running.result.stdout === '' && Date.now() < end;)
    await pause()
  return { running, step }
}

const eventually = async (step, options) => {
  for (const end = Date.now() + EVENTUALLY_MS; ; await pause()) {
    const result = await start(step.command, options).ended
    const open =
      result.code === 0
        ? problems(step, result)
        : [`${step.line}\nexit ${result.code}\n${result.stderr}`]
    if (open.length === 0) return
    if (Date.now() > end) assert.deepEqual(open, [])
  }
}

/** Waits until the background command has printed what the lines after `wait` look for, then ends it. */
const endOf = async ({ running }, step) => {
  for (
    const end = Date.now() + EVENTUALLY_MS;
    problems(step, running.result).length > 0 && Date.now() < end;
  )
    await pause()
  running.stop()
  await running.ended
  assert.deepEqual(problems(step, running.result), [])
}
