#!/usr/bin/env node
// Stands in for kubectl over the session's HTTP API alone, as a script or a grader would use it: its session is the one that the kubeconfig
// names; the kubeconfig and the files of its folder go into the home folder of the learner's computer (`PUT …/files/PATH`), the command line
// runs there (`POST …/shell`), what that prints is printed as it comes (`Accept: application/x-ndjson`, so that a signal may end a watch),
// and it ends as the command ended.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import path from 'node:path'

/** Where the kubeconfig stands there. */
const THERE = '.kube/given'
const MOST_BYTES = 3 * 1024 * 1024
const MOST_FOLDERS = 6
const { HOME = '/', KUBECONFIG = path.join(HOME, '.kube/config') } = process.env

/** Where the session of a kubeconfig is: its server's URL ends with `/k8s/ID.KEY`. */
const sessionOf = (kubeconfig) => {
  const server = /server:\s*"?([^\s"]+)/.exec(readFileSync(kubeconfig, 'utf8'))?.[1] ?? ''
  return server.replace('/k8s/', '/api/sessions/')
}

/** Paths of the files in a folder, with slashes. */
const filesIn = (folder, inside = '', depth = 0) =>
  readdirSync(path.join(folder, inside)).flatMap((name) => {
    const at = path.posix.join(inside, name)
    const stat = statSync(path.join(folder, at), { throwIfNoEntry: false })
    if (stat?.isDirectory() && depth < MOST_FOLDERS) return filesIn(folder, at, depth + 1)
    return stat?.isFile() && stat.size <= MOST_BYTES ? [at] : []
  })

const send = (method, url, headers, body) =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, resolve)
    sent.on('error', reject)
    sent.end(body)
  })

const bytesOf = async (stream) => {
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const urlOf = (session, name) =>
  `${session}/files/${name.split('/').map(encodeURIComponent).join('/')}`

const put = async (session, name, from = name) => {
  const answer = await send('PUT', urlOf(session, name), {}, readFileSync(from))
  const said = String(await bytesOf(answer))
  if (answer.statusCode >= 300) throw new Error(`${name}: ${said}`)
}

/** A word that the shell reads as it is. */
const quoted = (word) =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

/** Those of the environment that kubectl looks at. */
const environment = Object.fromEntries(
  ['KUBE_EDITOR', 'EDITOR', 'VISUAL', 'KUBECTL_EXTERNAL_DIFF'].flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  ),
)

/** Prints as it comes; the exit code. */
const print = async (answer) => {
  let rest = ''
  answer.setEncoding('utf8')
  for await (const text of answer) {
    const lines = (rest + text).split('\n')
    rest = lines.pop()
    for (const line of lines.filter((each) => each.trim() !== '')) {
      const { stdout = '', stderr = '', exitCode } = JSON.parse(line)
      process.stdout.write(stdout)
      process.stderr.write(stderr)
      if (exitCode !== undefined) return exitCode
    }
  }
  throw new Error('the answer ended before the command')
}

const main = async () => {
  const session = sessionOf(KUBECONFIG)
  await Promise.all([
    put(session, THERE, KUBECONFIG),
    ...filesIn('.').map((name) => put(session, name)),
  ])
  const call = {
    command: ['kubectl', ...process.argv.slice(2)].map(quoted).join(' '),
    env: { ...environment, KUBECONFIG: THERE },
    // standard input is left to others (`while read`) unless it is asked for
    ...(process.argv.some((word) => /^-$|=-$|^-[a-z]*i|^--(stdin|interactive)/.test(word))
      ? { stdin: (await bytesOf(process.stdin)).toString('utf8') }
      : {}),
  }
  const headers = { 'content-type': 'application/json', accept: 'application/x-ndjson' }
  const answer = await send('POST', `${session}/shell`, headers, JSON.stringify(call))
  if (answer.statusCode !== 200) throw new Error(String(await bytesOf(answer)))
  const exitCode = await print(answer)
  if (process.argv.includes('config'))
    writeFileSync(KUBECONFIG, await bytesOf(await send('GET', urlOf(session, THERE))))
  return exitCode
}

// who reads a pipe may have enough of it
process.stdout.on('error', () => undefined)
process.exitCode = await main()
