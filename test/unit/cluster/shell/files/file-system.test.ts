import { byteLength, bytesOf, fromByteString, textOf, toByteString } from '#shell/files/bytes.ts'
import { isFailure } from '#shell/files/failure.ts'
import { FileSystem } from '#shell/files/file-system.ts'
import { applyChange, changesSince, directory, file, link, type Node } from '#shell/files/node.ts'
import { absolutePath, baseName, directoryName } from '#shell/files/path.ts'
import { type Volume, volumeOf } from '#shell/files/volume.ts'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'

const USER = { uid: 1000, gid: 1000 }

const tree = () =>
  directory({
    etc: directory({ hosts: file('127.0.0.1 localhost\n'), secret: file('s\n', 0o600) }),
    tmp: directory({ old: file('o') }, 0o1777),
    bin: link('/usr/bin'),
    usr: directory({ bin: directory({ ls: { ...file('\x7fELF', 0o755), program: 'ls' } }) }),
    loop: link('/loop'),
    private: directory({ inner: file('x') }, 0o700),
  })

const make = (volume: Volume = volumeOf(tree())): FileSystem =>
  new FileSystem(volume, { now: () => 5000 })

const code = (value: unknown): unknown => (isFailure(value) ? value.code : value)

describe('refuses as Linux does', () => {
  it.each<[string, (files: FileSystem) => unknown, string]>([
    ['to read a directory', (f) => f.read('/etc'), 'EISDIR'],
    ['to read nothing', (f) => f.read('/nothing'), 'ENOENT'],
    ['to read in a file', (f) => f.read('/etc/hosts/x'), 'ENOTDIR'],
    ['a file with a slash', (f) => f.read('/etc/hosts/'), 'ENOTDIR'],
    ['a link in a circle', (f) => f.read('/loop'), 'ELOOP'],
    ['to read what belongs to root', (f) => f.as(USER).read('/etc/secret'), 'EACCES'],
    ['to look into what belongs to root', (f) => f.as(USER).stat('/private/inner'), 'EACCES'],
    ['to list what belongs to root', (f) => f.as(USER).list('/private'), 'EACCES'],
    ['to write what belongs to root', (f) => f.as(USER).write('/etc/hosts', ''), 'EACCES'],
    ['to make a file in root’s directory', (f) => f.as(USER).write('/etc/x', ''), 'EACCES'],
    ['to remove in root’s directory', (f) => f.as(USER).unlink('/etc/hosts'), 'EACCES'],
    ['to remove another’s file in /tmp', (f) => f.as(USER).unlink('/tmp/old'), 'EPERM'],
    ['to change another’s mode', (f) => f.as(USER).chmod('/etc/hosts', 0), 'EPERM'],
    ['to give a file away', (f) => f.as(USER).chown('/etc/hosts', USER), 'EPERM'],
    ['to write a directory', (f) => f.write('/etc', ''), 'EISDIR'],
    ['to write where no directory is', (f) => f.write('/a/b', ''), 'ENOENT'],
    ['to make what is there', (f) => f.mkdir('/etc'), 'EEXIST'],
    ['to unlink a directory', (f) => f.unlink('/etc'), 'EISDIR'],
    ['to remove a full directory', (f) => f.rmdir('/etc'), 'ENOTEMPTY'],
    ['to remove a file as a directory', (f) => f.rmdir('/etc/hosts'), 'ENOTDIR'],
    ['to move into itself', (f) => f.rename('/etc', '/etc/x'), 'EINVAL'],
    ['to move over a full directory', (f) => f.rename('/usr', '/etc'), 'ENOTEMPTY'],
    ['a long name', (f) => f.write(`/${'n'.repeat(256)}`, ''), 'ENAMETOOLONG'],
    ['an empty path', (f) => f.stat(''), 'ENOENT'],
    ['to read a link that is none', (f) => f.readlink('/etc'), 'EINVAL'],
  ])('%s', (_, act, expected) => {
    const volume = volumeOf(tree())
    const before = volume.tree
    expect(code(act(make(volume)))).toBe(expected)
    expect(volume.tree).toBe(before)
  })

  test('to write what is mounted to be read', () => {
    const files = make()
    files.mount('/config', volumeOf(directory({ a: file('1') })), true)
    for (const act of [
      () => files.write('/config/a', '2'),
      () => files.write('/config/b', '2'),
      () => files.mkdir('/config/d'),
      () => files.unlink('/config/a'),
      () => files.chmod('/config/a', 0),
    ])
      expect(code(act())).toBe('EROFS')
    expect(code(files.rmdir('/config'))).toBe('EBUSY')
    expect(code(files.rename('/config', '/c'))).toBe('EBUSY')
    expect(code(files.rename('/etc/hosts', '/config/hosts'))).toBe('EXDEV')
    expect(files.read('/config/a')).toBe('1')
  })
})

describe('changes', () => {
  test('are seen through links, and share what they do not touch', () => {
    const volume = volumeOf(tree())
    const before = volume.tree as Extract<Node, { kind: 'directory' }>
    const files = make(volume)
    expect(files.write('/bin/new', 'x')).toBeUndefined()
    expect(files.read('/usr/bin/new')).toBe('x')
    expect(files.list('/bin')).toEqual(['ls', 'new'])
    const after = volume.tree as typeof before
    expect(after.entries['etc']).toBe(before.entries['etc'])
    expect(files.stat('/bin/new')).toMatchObject({ path: '/usr/bin/new', mtime: 5000, uid: 0 })
  })

  test('belong to who makes them', () => {
    const files = make().as(USER)
    expect(files.mkdir('/tmp/mine')).toBeUndefined()
    expect(files.write('/tmp/mine/a', '1', { append: true })).toBeUndefined()
    expect(files.write('/tmp/mine/a', '2', { append: true })).toBeUndefined()
    expect(files.read('/tmp/mine/a')).toBe('12')
    expect(files.stat('/tmp/mine/a')).toMatchObject({ uid: 1000, gid: 1000, mode: 0o644, size: 2 })
    expect(files.unlink('/tmp/mine/a')).toBeUndefined()
    expect(files.rmdir('/tmp/mine')).toBeUndefined()
  })

  test('move trees and replace files', () => {
    const files = make()
    expect(files.rename('/etc', '/tmp/etc')).toBeUndefined()
    expect(files.read('/tmp/etc/hosts')).toBe('127.0.0.1 localhost\n')
    expect(files.exists('/etc')).toBe(false)
    expect(files.rename('/tmp/etc/secret', '/tmp/etc/hosts')).toBeUndefined()
    expect(files.list('/tmp/etc')).toEqual(['hosts'])
  })

  test('of a program make it a file', () => {
    const files = make()
    expect(files.program('/bin/ls')).toBe('ls')
    files.write('/bin/ls', '#!/bin/sh\n')
    expect(files.program('/bin/ls')).toBeUndefined()
  })

  test('are seen by all that mount a volume', () => {
    const shared = volumeOf(directory({}))
    const [one, two] = [make(), make()]
    one.mount('/a', shared)
    two.mount('/deep/er/b', shared)
    one.write('/a/x', 'hello')
    expect(two.read('/deep/er/b/x')).toBe('hello')
    expect(one.list('/')).toContain('a')
    two.unlink('/deep/er/b/x')
    expect(one.list('/a')).toEqual([])
  })

  test('follow `..` through mounts and links', () => {
    const files = make()
    files.mount('/tmp/m', volumeOf(directory({ d: directory({}) })))
    expect(files.realpath('/tmp/m/d/../../../bin/..')).toBe('/usr')
    expect(files.realpath('/tmp/m/d/../none')).toBe('/tmp/m/none')
  })

  test('mount single files', () => {
    const files = make()
    files.mount('/etc/app/app.conf', volumeOf(file('a=1\n')))
    expect(files.read('/etc/app/app.conf')).toBe('a=1\n')
    expect(files.list('/etc/app')).toEqual(['app.conf'])
    expect(files.write('/etc/app/app.conf', 'a=2\n')).toBeUndefined()
    expect(files.read('/etc/app/app.conf')).toBe('a=2\n')
  })
})

describe('room', () => {
  it('ends with ENOSPC, and comes back when files go', () => {
    const files = make(volumeOf(directory({}), 1000))
    expect(files.write('/a', 'x'.repeat(500))).toBeUndefined()
    expect(code(files.write('/b', 'x'.repeat(500)))).toBe('ENOSPC')
    expect(code(files.write('/a', 'x'.repeat(500), { append: true }))).toBe('ENOSPC')
    expect(files.unlink('/a')).toBeUndefined()
    expect(files.write('/b', 'x'.repeat(500))).toBeUndefined()
  })

  it('is used up by empty files too', () => {
    const files = make(volumeOf(directory({}), 1000))
    let count = 0
    while (files.write(`/f${count}`, '') === undefined) count++
    expect(count).toBe(15)
  })

  it('is for so many files, where they are counted', () => {
    const places = { most: 3, taken: 0 }
    const files = make({ ...volumeOf(directory({})), places })
    expect(files.mkdir('/a')).toBeUndefined()
    expect(files.write('/a/b', '')).toBeUndefined()
    expect(files.symlink('b', '/a/c')).toBeUndefined()
    expect(code(files.write('/a/d', ''))).toBe('ENOSPC')
    expect(files.write('/a/b', 'more')).toBeUndefined()
    expect(files.rename('/a/b', '/d')).toBeUndefined()
    expect(files.unlink('/d')).toBeUndefined()
    expect(places.taken).toBe(2)
    expect(files.write('/e', '')).toBeUndefined()
  })

  it('of one file is bounded', () => {
    const files = new FileSystem(volumeOf(directory({})), { now: () => 0, fileLimit: 10 })
    expect(code(files.write('/a', 'x'.repeat(11)))).toBe('ENOSPC')
    expect(files.write('/a', 'x'.repeat(10))).toBeUndefined()
    expect(code(files.write('/a', 'x', { append: true }))).toBe('ENOSPC')
  })
})

describe('names that objects have already', () => {
  it.each(['__proto__', 'constructor', 'toString'])('%s', (name) => {
    const volume = volumeOf(tree())
    const files = make(volume)
    const before = volume.tree
    expect(code(files.read(`/tmp/${name}`))).toBe('ENOENT')
    expect(files.mkdir(`/tmp/${name}`)).toBeUndefined()
    expect(files.write(`/tmp/${name}/${name}`, 'x')).toBeUndefined()
    expect(files.read(`/tmp/${name}/${name}`)).toBe('x')
    const change = JSON.parse(JSON.stringify(changesSince(before, volume.tree)))
    expect(applyChange(before, change)).toEqual(volume.tree)
    expect(Object.getPrototypeOf(volume.tree)).toBe(Object.prototype)
  })
})

describe('what was written', () => {
  it('is nothing when nothing was', () => {
    expect(changesSince(tree(), tree())).toBeUndefined()
  })

  it('is small, plain and can be applied again', () => {
    const volume = volumeOf(tree())
    const before = volume.tree
    const files = make(volume)
    files.write('/etc/hosts', '::1 localhost\n')
    files.unlink('/tmp/old')
    files.mkdir('/data')
    files.chmod('/private', 0o755)
    const change = changesSince(before, volume.tree)
    expect(JSON.stringify(change).length).toBeLessThan(400)
    expect(applyChange(before, JSON.parse(JSON.stringify(change)))).toEqual(volume.tree)
  })

  const names = fc.constantFrom('a', 'b', 'c', '__proto__')
  const nodes: fc.Arbitrary<Node> = fc.letrec<{ node: Node }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      fc.string().map((text) => file(text)),
      fc
        .array(fc.tuple(names, tie('node')), { maxLength: 3 })
        .map((entries) => directory(Object.fromEntries(entries))),
    ),
  })).node

  it('leads from any tree to any other', () => {
    fc.assert(
      fc.property(nodes, nodes, (before, after) => {
        const change = changesSince(before, after)
        expect(change === undefined ? before : applyChange(before, change)).toEqual(after)
      }),
    )
  })
})

describe('bytes', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(8), (bytes, cut) => {
        const text = textOf(bytes)
        expect([...bytesOf(text)]).toEqual([...bytes])
        expect(byteLength(text)).toBe(bytes.length)
        const halves = textOf(bytes.slice(0, cut)) + textOf(bytes.slice(cut))
        expect([...bytesOf(halves)]).toEqual([...bytes])
        expect(fromByteString(toByteString(text))).toBe(text)
      }),
    )
  })

  it('of characters are UTF-8', () => {
    expect(textOf(bytesOf('grün 🌳\ufffd'))).toBe('grün 🌳\ufffd')
    expect(byteLength('grün 🌳')).toBe(10)
  })
})

describe('paths', () => {
  it.each([
    ['/a', 'b/../c', '/a/c'],
    ['/a', '/b//./c/', '/b/c'],
    ['/', '../..', '/'],
  ])('%s and %s are %s', (cwd, path, expected) => {
    expect(absolutePath(cwd, path)).toBe(expected)
  })

  it.each([
    ['/a/b/', 'b', '/a'],
    ['/', '/', '/'],
    ['a', 'a', '.'],
    ['a//b', 'b', 'a'],
  ])('%s ends with %s in %s', (path, base, within) => {
    expect([baseName(path), directoryName(path)]).toEqual([base, within])
  })
})
