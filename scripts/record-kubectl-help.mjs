// Writes down what the real kubectl says of its commands: node scripts/record-kubectl-help.mjs
// Help texts and flags are facts of another program, like the schemas of the API: they are recorded, not written.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { kubectlPath } from '../test/support/kubectl.mjs'

const ROOT = path.resolve(import.meta.dirname, '..')
const FACTS = path.join(ROOT, 'durable-objects/workstation/kubectl/facts')
/** Stands where the learner's home folder is named. */
const HOME = '/HOME'
const SHELLS = ['bash', 'fish', 'powershell', 'zsh']

const kubectl = kubectlPath()
const say = (...words) =>
  execFileSync(kubectl, words, { env: { HOME, PATH: '/usr/bin:/bin' }, stdio: 'pipe' }).toString()

const COMMAND = /^ {2}([a-z][a-z0-9-]*) +\S/
/** The names below `Available Commands:`, `Basic Commands (Beginner):` and so on. */
const commandsOf = (help) => {
  const names = []
  let isList = false
  for (const line of help.split('\n')) {
    if (/^\S.*Commands?( \(.*\))?:$/.test(line)) isList = true
    else if (line === '' || !line.startsWith('  ')) isList = false
    else if (isList) names.push(COMMAND.exec(line)?.[1])
  }
  return names.filter((name) => name !== undefined)
}

const helps = {}
const walk = (words) => {
  const help = say(...words, '--help')
  helps[words.join(' ')] = help
  for (const name of commandsOf(help)) walk([...words, name])
}
walk([])
helps.options = say('options')

const completions = Object.fromEntries(SHELLS.map((shell) => [shell, say('completion', shell)]))
const write = (name, facts) =>
  writeFileSync(path.join(FACTS, name), `${JSON.stringify(facts, undefined, 1)}\n`)
write('commands.json', helps)
write('completions.json', completions)
