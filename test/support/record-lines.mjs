// What bash and the tools of this machine answer to lines that learners type, as data for test/unit/workstation/one-liners.test.ts.
//   node test/support/record-lines.mjs test/fixtures/one-liners.json
// The file has `files`, the home folder before each line, and `lines`, each with its `script`. Run as root: the lines are run as nobody.
import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const HOME = '/home/learner'
const NOBODY = 65_534
const ENV = {
  HOME,
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
  // the computer's tools speak as in the C locale
  LC_MESSAGES: 'C',
  LOGNAME: 'learner',
  USER: 'learner',
  SHELL: '/bin/bash',
}

const prepare = (files) => {
  rmSync(HOME, { recursive: true, force: true })
  mkdirSync(HOME, { recursive: true })
  chownSync(HOME, NOBODY, NOBODY)
  for (const [name, text] of Object.entries(files)) {
    const at = path.join(HOME, name)
    mkdirSync(path.dirname(at), { recursive: true })
    writeFileSync(at, text)
    for (let folder = at; folder !== HOME; folder = path.dirname(folder))
      chownSync(folder, NOBODY, NOBODY)
  }
}

const [file] = process.argv.slice(2)
const { files, lines } = JSON.parse(readFileSync(file, 'utf8'))
const recorded = lines.map(({ script }) => {
  prepare(files)
  const ran = spawnSync('bash', ['-c', script], {
    cwd: HOME,
    env: ENV,
    uid: NOBODY,
    gid: NOBODY,
    encoding: 'utf8',
    input: '',
  })
  return {
    script,
    ...(ran.stdout === '' ? {} : { stdout: ran.stdout }),
    ...(ran.stderr === '' ? {} : { stderr: ran.stderr }),
    ...(ran.status === 0 ? {} : { exitCode: ran.status }),
  }
})
rmSync(HOME, { recursive: true, force: true })
const text = recorded.map((line) => `    ${JSON.stringify(line)}`).join(',\n')
writeFileSync(file, `{\n  "files": ${JSON.stringify(files)},\n  "lines": [\n${text}\n  ]\n}\n`)
