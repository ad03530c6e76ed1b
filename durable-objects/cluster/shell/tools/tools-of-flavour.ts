// Which tools the images of a flavour have.
import { chgrp, chmod, chown, ln, mkdir, rmdir, touch } from '#shell/tools/files/change.ts'
import { find } from '#shell/tools/files/find.ts'
import {
  basename,
  df,
  dirname,
  du,
  mktemp,
  readlink,
  realpath,
  stat,
} from '#shell/tools/files/info.ts'
import { ls } from '#shell/tools/files/ls.ts'
import { cp, mv, rm } from '#shell/tools/files/move.ts'
import { date, sleep } from '#shell/tools/system/date.ts'
import type { Family, ToolOf } from '#shell/tools/run.ts'
import { sed } from '#shell/tools/sed/sed.ts'
import { cat, nl, rev, tac } from '#shell/tools/text/cat.ts'
import { cut, expand, fold, paste } from '#shell/tools/text/cut.ts'
import { seq, shuf, split, tee, yes } from '#shell/tools/text/generate.ts'
import { egrep, fgrep, grep } from '#shell/tools/text/grep.ts'
import { head, tail } from '#shell/tools/text/head-tail.ts'
import { comm, join, uniq } from '#shell/tools/text/sorted-files.ts'
import { sort } from '#shell/tools/text/sort.ts'
import { tr } from '#shell/tools/text/tr.ts'
import { wc } from '#shell/tools/text/wc.ts'
import type { Tool } from '#shell/tools/tool.ts'

/** `workstation`: the learner's own computer, with everything. */
export type Flavour = 'busybox' | 'alpine' | 'debian' | 'workstation'

const EVERYWHERE: readonly ToolOf[] = [
  chgrp,
  chmod,
  chown,
  ln,
  mkdir,
  rmdir,
  touch,
  find,
  basename,
  df,
  dirname,
  du,
  mktemp,
  readlink,
  realpath,
  stat,
  ls,
  cp,
  mv,
  rm,
  date,
  sleep,
  sed,
  egrep,
  fgrep,
  grep,
  seq,
  shuf,
  split,
  tee,
  yes,
  comm,
  join,
  uniq,
  sort,

  cat,
  cut,
  expand,
  fold,
  head,
  nl,
  paste,
  rev,
  tac,
  tail,
  tr,
  wc,
]

export const familyOf = (flavour: Flavour): Family =>
  flavour === 'busybox' || flavour === 'alpine' ? 'busybox' : 'gnu'

const made = new Map<Flavour, ReadonlyMap<string, Tool>>()

export const toolsOf = (flavour: Flavour): ReadonlyMap<string, Tool> => {
  const known = made.get(flavour)
  if (known !== undefined) return known
  const family = familyOf(flavour)
  const tools = new Map(
    EVERYWHERE.map((make) => make(family)).map((tool) => [tool.name, tool] as const),
  )
  made.set(flavour, tools)
  return tools
}
