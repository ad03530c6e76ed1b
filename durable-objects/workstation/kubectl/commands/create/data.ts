// ConfigMaps and Secrets from files and literals. kubernetes: kubectl pkg/cmd/create/{create_configmap,create_secret*}.go, pkg/generate/…
import { encodeBase64 } from '#apimachinery/base64.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { isFailure } from '#shell/files/failure.ts'
import { bytesOf } from '#shell/files/bytes.ts'
import { baseName, givenPath } from '#shell/files/path.ts'
import { checkKeyPair } from '#kubectl/commands/create/key-pair.ts'
import { createGenerated, metadataFor, named } from '#kubectl/commands/create/generated.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { CommandBody, Invocation } from '#kubectl/invocation.ts'

type Data = Map<string, string>

const KEY = /^[-._a-zA-Z0-9]+$/

const checkKey = (key: string, what: string): void => {
  if (KEY.test(key) && key !== '.' && key !== '..' && key.length <= 253) return
  throw new KubectlFailure(
    `${JSON.stringify(key)} is not a valid key name for a ${what.split(' ')[0]}: a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
  )
}

const add = (data: Data, key: string, value: string, what: string): void => {
  checkKey(key, what)
  if (data.has(key))
    throw new KubectlFailure(
      `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ${what}`,
    )
  data.set(key, value)
}

const read = ({ call, stdin }: Invocation, path: string): string => {
  if (path === '-' || path === '/dev/stdin') return stdin
  const text = call.files.read(givenPath(call.cwd, path))
  if (isFailure(text)) throw new KubectlFailure(`error reading ${path}: ${text.text.toLowerCase()}`)
  return text
}

const fromFiles = (run: Invocation, data: Data, what: string): void => {
  const { files, cwd } = run.call
  for (const source of run.flags.list('from-file')) {
    const parts = source.split('=')
    if (parts.length > 2) throw new KubectlFailure("key names or file paths cannot contain '='")
    const [key, path] = parts.length === 2 ? [parts[0]!, parts[1]!] : [baseName(source), source]
    if (parts.length === 2 && (key === '' || path === ''))
      throw new KubectlFailure(
        key === ''
          ? `key name for file path ${path} missing`
          : `file path for key name ${key} missing`,
      )
    const stat = files.stat(givenPath(cwd, path))
    if (isFailure(stat) && path !== '-' && path !== '/dev/stdin')
      throw new KubectlFailure(`error reading ${path}: no such file or directory`)
    if (!isFailure(stat) && stat.kind === 'directory') {
      if (parts.length === 2)
        throw new KubectlFailure('cannot give a key name for a directory path')
      const names = files.list(givenPath(cwd, path))
      for (const name of isFailure(names) ? [] : names.toSorted()) {
        const inner = files.stat(givenPath(cwd, `${path}/${name}`))
        if (!isFailure(inner) && inner.kind !== 'directory' && KEY.test(name))
          add(data, name, read(run, `${path}/${name}`), what)
      }
    } else add(data, key, read(run, path), what)
  }
}

const fromLiterals = (run: Invocation, data: Data, what: string): void => {
  for (const literal of run.flags.list('from-literal')) {
    const at = literal.indexOf('=')
    if (at < 1) throw new KubectlFailure(`invalid literal source ${literal}, expected key=value`)
    const value = literal.slice(at + 1)
    const [, quoted] = /^(["'])(.*)\1$/s.exec(value)?.slice(1) ?? []
    add(data, literal.slice(0, at), quoted ?? value, what)
  }
}

const fromEnvFiles = (run: Invocation, data: Data, what: string): void => {
  for (const path of run.flags.list('from-env-file'))
    for (const line of read(run, path).split('\n')) {
      const text = line.trimStart()
      if (text === '' || text.startsWith('#')) continue
      const at = text.indexOf('=')
      const key = at < 0 ? text : text.slice(0, at)
      add(data, key, at < 0 ? (run.call.env[key] ?? '') : text.slice(at + 1), what)
    }
}

const dataOf = (run: Invocation, what: string): Data => {
  const { flags } = run
  const hasOthers = flags.list('from-file').length + flags.list('from-literal').length > 0
  if (flags.list('from-env-file').length > 0 && hasOthers)
    throw new KubectlFailure('from-env-file cannot be combined with from-file or from-literal')
  const data: Data = new Map()
  fromLiterals(run, data, what)
  fromFiles(run, data, what)
  fromEnvFiles(run, data, what)
  return data
}

const inOrder = (data: Data, value: (text: string) => string): JsonObject =>
  Object.fromEntries(
    [...data].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, text]) => [key, value(text)]),
  )

export const configMap: CommandBody = (run) =>
  createGenerated(
    run,
    named((name) => ({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: metadataFor(run, name),
      data: inOrder(dataOf(run, `ConfigMap ${JSON.stringify(name)}`), (text) => text),
    })),
    'failed to create configmap',
  )

const encoded = (text: string): string => encodeBase64(bytesOf(text))

const createSecret = (run: Invocation, make: (name: string) => JsonObject): void =>
  createGenerated(run, make, 'failed to create secret')

/** `data`: what is in it. */
const secretOf = (run: Invocation, name: string, type: string, data: Data): JsonObject => ({
  kind: 'Secret',
  apiVersion: 'v1',
  metadata: metadataFor(run, name),
  data: inOrder(data, encoded),
  type,
})

const secretText = (name: string): string => `Secret ${JSON.stringify(name)}`

export const genericSecret: CommandBody = (run) =>
  createSecret(
    run,
    named((name) => secretOf(run, name, run.flags.string('type'), dataOf(run, secretText(name)))),
  )

/** kubernetes: create_secret_tls.go readFile */
const readWhole = ({ call }: Invocation, path: string): string => {
  const text = call.files.read(givenPath(call.cwd, path))
  if (!isFailure(text)) return text
  const verb = text.code === 'EISDIR' ? 'read' : 'open'
  throw new KubectlFailure(`Cannot read file ${path}, ${verb} ${path}: ${text.text.toLowerCase()}`)
}

export const tlsSecret: CommandBody = (run) =>
  createSecret(run, (name) => {
    const [cert, key] = [run.flags.string('cert'), run.flags.string('key')]
    if (key === '' || cert === '') throw new KubectlFailure('key and cert must be specified')
    const [certText, keyText] = [readWhole(run, cert), readWhole(run, key)]
    checkKeyPair(certText, keyText)
    const data: Data = new Map([
      ['tls.crt', certText],
      ['tls.key', keyText],
    ])
    return secretOf(run, name, 'kubernetes.io/tls', data)
  })

export const dockerSecret: CommandBody = (run) =>
  createSecret(
    run,
    named((name) => secretOf(run, name, 'kubernetes.io/dockerconfigjson', dockerData(run, name))),
  )

const dockerData = (run: Invocation, name: string): Data => {
  const { flags } = run
  const files = flags.list('from-file')
  const [username, password] = [flags.string('docker-username'), flags.string('docker-password')]
  if (files.length === 0 && (username === '' || password === ''))
    throw new KubectlFailure(
      'either --from-file or the combination of --docker-username, --docker-password and --docker-server is required',
    )
  const data: Data = new Map()
  if (files.length > 0) {
    fromFiles(run, data, secretText(name))
    return data
  }
  const email = flags.string('docker-email')
  const entry = {
    username,
    password,
    ...(email === '' ? {} : { email }),
    auth: encoded(`${username}:${password}`),
  }
  const server = flags.string('docker-server')
  return data.set('.dockerconfigjson', JSON.stringify({ auths: { [server]: entry } }))
}
