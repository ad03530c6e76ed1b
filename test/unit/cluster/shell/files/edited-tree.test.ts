import { FileSystem } from '#shell/files/file-system.ts'
import { directory, file } from '#shell/files/node.ts'
import { editedVolume, type Volume } from '#shell/files/volume.ts'
import { describe, expect, test } from 'vitest'

const newVolume = (): Volume =>
  editedVolume(directory({ a: directory({ one: file('1') }), b: directory({}) }, 0o777), {
    used: 0,
    limit: 1000,
  })

const filesOf = (volume: Volume): FileSystem => new FileSystem(volume, { now: () => 7 })

describe('a tree that is changed in place', () => {
  test('is another one for whoever saw it before', () => {
    const volume = newVolume()
    const files = filesOf(volume)
    const before = volume.tree
    const text = JSON.stringify(before)
    files.write('/a/two', '2')
    files.unlink('/a/one')
    expect(JSON.stringify(before)).toBe(text)
    const between = volume.tree
    const textBetween = JSON.stringify(between)
    files.write('/a/two', '3')
    files.rename('/a/two', '/b/two')
    files.chmod('/b', 0o700)
    expect(JSON.stringify(between)).toBe(textBetween)
    expect(volume.tree).not.toBe(between)
    expect(files.read('/b/two')).toBe('3')
    expect(files.list('/a')).toEqual([])
  })

  test('shares what was not touched', () => {
    const volume = newVolume()
    const before = volume.tree as ReturnType<typeof directory>
    filesOf(volume).write('/a/two', '2')
    const after = volume.tree as typeof before
    expect(after.entries['b']).toBe(before.entries['b'])
    expect(after.entries['a']).not.toBe(before.entries['a'])
    expect(volume.tree).toBe(after)
  })

  test('knows when a folder was changed', () => {
    const volume = newVolume()
    const files = filesOf(volume)
    files.write('/a/one', '2')
    expect(files.stat('/a')).toMatchObject({ mtime: 0 })
    files.write('/a/two', '2')
    expect(files.stat('/a')).toMatchObject({ mtime: 7 })
  })

  test('is as it is put', () => {
    const volume = newVolume()
    const other = directory({ x: file('y') })
    volume.tree = other
    expect(volume.tree).toBe(other)
    filesOf(volume).unlink('/x')
    expect(Object.keys(other.entries)).toEqual(['x'])
  })
})
