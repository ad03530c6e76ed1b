import { describe, expect, test } from 'vitest'
import { FileSystem } from '#shell/files/file-system.ts'
import { directory } from '#shell/files/node.ts'
import { volumeOf } from '#shell/files/volume.ts'
import { callFiles } from '#workstation/home-files.ts'
import { Home, type StoredFile } from '#workstation/home.ts'

const HOME = '/home/learner'

const filesOf = (home: Home) => {
  const files = new FileSystem(volumeOf(directory({})), {
    now: () => 5000,
    user: { uid: 1000, gid: 1000 },
  })
  files.mount(HOME, home.volume)
  return files
}

/** Stores what changes as a table does. */
class Table {
  readonly rows = new Map<string, StoredFile>()

  take(home: Home): readonly string[] {
    const changes = home.takeChanges()
    for (const { path, file } of changes) {
      if (file === undefined) this.rows.delete(path)
      else this.rows.set(path, file)
    }
    return changes.map(({ path, file }) => (file === undefined ? `-${path}` : path))
  }

  load(): Home {
    return new Home([...this.rows.values()], 0)
  }
}

describe('the home folder', () => {
  test('is stored change by change and comes back the same', () => {
    const home = new Home(undefined, 1000)
    const table = new Table()
    expect(home.isChanged).toBe(false)
    const files = filesOf(home)
    files.mkdir(`${HOME}/shop`)
    expect(home.isChanged).toBe(true)
    expect(table.take(home)).toEqual(['.bashrc', '.kube', '.kube/config', '.profile', 'shop'])
    expect(home.isChanged).toBe(false)
    files.write(`${HOME}/shop/web.yaml`, 'a')
    files.symlink('web.yaml', `${HOME}/shop/link`)
    files.chmod(`${HOME}/shop/web.yaml`, 0o600)
    expect(table.take(home)).toEqual(['shop/web.yaml', 'shop/link'])
    files.write(`${HOME}/shop/web.yaml`, 'b')
    files.write(`${HOME}/__proto__`, 'own')
    expect(table.take(home)).toEqual(['shop/web.yaml', '__proto__'])
    const again = table.load()
    expect(again.isChanged).toBe(false)
    expect(again.files()).toEqual(home.files())
    files.unlink(`${HOME}/shop/web.yaml`)
    files.unlink(`${HOME}/shop/link`)
    files.rmdir(`${HOME}/shop`)
    expect(table.take(home)).toEqual(['-shop', '-shop/web.yaml', '-shop/link'])
  })

  test('is as old as the newest of what stands in it', () => {
    const table = new Table()
    const home = new Home(undefined, 1000)
    filesOf(home).write(`${HOME}/a`, 'a')
    table.take(home)
    expect(home.volume.tree.mtime).toBe(5000)
    expect(table.load().volume.tree.mtime).toBe(5000)
  })

  test('that was emptied stays empty', () => {
    expect(new Home([], 0).files()).toEqual([])
  })

  test('holds as much after it was loaded as before', () => {
    const table = new Table()
    const home = new Home(undefined, 0)
    filesOf(home).write(`${HOME}/big`, 'x'.repeat(3_000_000))
    table.take(home)
    expect(filesOf(table.load()).write(`${HOME}/more`, 'x'.repeat(3_000_000))).toMatchObject({
      code: 'ENOSPC',
    })
  })

  test.each(['', '/', 'a/../b', 'a//b', 'a/', '..', 'a\0', 'x'.repeat(256), 'a/'.repeat(40) + 'a'])(
    'has no file %j',
    (path) => {
      const home = new Home(undefined, 0)
      const bytes = Uint8Array.of(120)
      expect(callFiles(home, 0, { act: 'write', path, bytes }).kind).toBe('refused')
    },
  )

  test.each(['./a', '~/a', `${HOME}/a`])('knows %j by its place in the folder', (path) => {
    const home = new Home(undefined, 0)
    const bytes = Uint8Array.of(120)
    expect(callFiles(home, 0, { act: 'write', path, bytes }).kind).toBe('done')
    expect(filesOf(home).read(`${HOME}/a`)).toBe('x')
  })

  test('shows nothing outside of it through a link', () => {
    const home = new Home(undefined, 0)
    filesOf(home).symlink('/etc/passwd', `${HOME}/link`)
    expect(callFiles(home, 0, { act: 'read', path: 'link' }).kind).toBe('missing')
    expect(callFiles(home, 0, { act: 'remove', path: 'link' }).kind).toBe('done')
  })
})
