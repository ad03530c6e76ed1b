// Names of users and groups, as /etc/passwd and /etc/group have them.
import { isFailure } from '#shell/files/failure.ts'
import type { FileSystem } from '#shell/files/file-system.ts'

export interface PasswdEntry {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
  readonly shell: string
}

const linesOf = (files: FileSystem, path: string): readonly (readonly string[])[] => {
  const text = files.read(path)
  return isFailure(text)
    ? []
    : text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split(':'))
}

export const users = (files: FileSystem): readonly PasswdEntry[] =>
  linesOf(files, '/etc/passwd').map(([name = '', , uid, gid, , home = '/', shell = '']) => ({
    name,
    uid: Number(uid),
    gid: Number(gid),
    home,
    shell,
  }))

export interface GroupEntry {
  readonly name: string
  readonly gid: number
  readonly members: readonly string[]
}

export const groups = (files: FileSystem): readonly GroupEntry[] =>
  linesOf(files, '/etc/group').map(([name = '', , gid, members = '']) => ({
    name,
    gid: Number(gid),
    members: members.split(',').filter((member) => member !== ''),
  }))

/** Without an entry the number; root is known anyway. */
export const userName = (files: FileSystem, uid: number): string =>
  users(files).find((user) => user.uid === uid)?.name ?? (uid === 0 ? 'root' : String(uid))

export const groupName = (files: FileSystem, gid: number): string =>
  groups(files).find((group) => group.gid === gid)?.name ?? (gid === 0 ? 'root' : String(gid))
