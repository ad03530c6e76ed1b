import { baseTree, scratchTree, withFiles } from '#shell/files/base-image.ts'
import { isFailure } from '#shell/files/failure.ts'
import { FileSystem } from '#shell/files/file-system.ts'
import { procTree, projectedTree } from '#shell/files/mounted.ts'
import { changesSince } from '#shell/files/node.ts'
import { httpdFiles, nginxFiles } from '#shell/files/server-files.ts'
import { volumeOf } from '#shell/files/volume.ts'
import { toolsOf } from '#shell/tools/tools-of-flavour.ts'
import { describe, expect, it, test } from 'vitest'

const filesOf = (tree: ReturnType<typeof baseTree>): FileSystem =>
  new FileSystem(volumeOf(tree), { now: () => 1000 })

const FLAVOURS = ['busybox', 'alpine', 'debian', 'workstation'] as const
const PATH = ['/usr/local/bin', '/usr/bin', '/bin']

describe.each(FLAVOURS)('an image of %s', (flavour) => {
  const files = filesOf(baseTree(flavour))

  it('has each of its tools where the PATH leads', () => {
    for (const name of [...toolsOf(flavour).keys(), 'sh', 'test'])
      expect(PATH.some((folder) => files.program(`${folder}/${name}`) === name)).toBe(true)
  })

  it('is made once', () => {
    expect(baseTree(flavour)).toBe(baseTree(flavour))
    expect(baseTree(flavour, ['curl'])).not.toBe(baseTree(flavour))
    const more = filesOf(baseTree(flavour, ['curl']))
    expect(PATH.some((folder) => more.program(`${folder}/curl`) === 'curl')).toBe(true)
  })

  it('lets everybody write to /tmp, and only root elsewhere', () => {
    const user = filesOf(baseTree(flavour)).as({ uid: 1000, gid: 1000 })
    expect(user.write('/tmp/x', 'x')).toBeUndefined()
    expect(isFailure(user.write('/etc/x', 'x'))).toBe(true)
    expect(isFailure(user.list('/root'))).toBe(true)
    expect(user.write('/dev/null', 'x')).toBeUndefined()
  })

  it('knows root', () => {
    expect(files.read('/etc/passwd')).toMatch(/^root:x:0:0:root:\/root:/)
  })
})

test('distributions name themselves', () => {
  expect(filesOf(baseTree('debian')).read('/etc/os-release')).toContain('ID=debian\n')
  expect(filesOf(baseTree('alpine')).read('/etc/os-release')).toContain('ID=alpine\n')
  expect(isFailure(filesOf(baseTree('busybox')).read('/etc/os-release'))).toBe(true)
})

test('Debian’s slim images have no ps', () => {
  expect(filesOf(baseTree('debian')).program('/bin/ps')).toBeUndefined()
  expect(filesOf(baseTree('workstation')).program('/bin/ps')).toBe('ps')
})

test('a web server’s logs are its output', () => {
  const files = filesOf(withFiles(baseTree('debian'), nginxFiles('hello\n')))
  expect(files.read('/usr/share/nginx/html/index.html')).toBe('hello\n')
  expect(files.stat('/var/log/nginx/access.log')).toMatchObject({ device: 'stdout' })
  expect(files.read('/etc/nginx/conf.d/default.conf')).toContain('listen       80;')
  const apache = filesOf(withFiles(baseTree('debian'), httpdFiles('works\n')))
  expect(apache.read('/usr/local/apache2/htdocs/index.html')).toBe('works\n')
})

test('an image from scratch has its program and no shell', () => {
  const files = filesOf(scratchTree('agent'))
  expect(files.program('/agent')).toBe('agent')
  expect(files.exists('/bin/sh')).toBe(false)
})

test('what a container wrote is told apart from its image', () => {
  const volume = volumeOf(baseTree('alpine'))
  new FileSystem(volume, { now: () => 0 }).write('/tmp/a', '1')
  expect(JSON.stringify(changesSince(baseTree('alpine'), volume.tree)).length).toBeLessThan(200)
})

describe('a ConfigMap’s volume', () => {
  const moment = { ms: 0, text: '2026_01_02_03_04_05', number: 12 }
  const tree = projectedTree(
    [
      { path: 'a.conf', text: 'a\n' },
      { path: 'deep/b', text: 'b\n', mode: 0o400 },
    ],
    moment,
  )
  const files = filesOf(baseTree('alpine'))
  files.mount('/etc/config', volumeOf(tree), true)

  it('is read through links', () => {
    expect(files.list('/etc/config')).toEqual([
      '..2026_01_02_03_04_05.12',
      '..data',
      'a.conf',
      'deep',
    ])
    expect(files.readlink('/etc/config/a.conf')).toBe('..data/a.conf')
    expect(files.read('/etc/config/a.conf')).toBe('a\n')
    expect(files.stat('/etc/config/deep/b')).toMatchObject({ mode: 0o400 })
    expect(files.realpath('/etc/config/a.conf')).toBe('/etc/config/..2026_01_02_03_04_05.12/a.conf')
  })
})

test('/proc shows the main process', () => {
  const files = filesOf(baseTree('alpine'))
  const facts = {
    argv: ['nginx', '-g', 'x'],
    env: { A: '1' },
    cpus: 2,
    memoryBytes: 2 ** 30,
    kernel: '6',
  }
  files.mount('/proc', volumeOf(procTree(facts)), true)
  expect(files.read('/proc/1/cmdline')).toBe('nginx\0-g\0x\0')
  expect(files.read('/proc/self/comm')).toBe('nginx\n')
  expect(files.read('/proc/meminfo')).toContain('MemTotal:        1048576 kB\n')
})
