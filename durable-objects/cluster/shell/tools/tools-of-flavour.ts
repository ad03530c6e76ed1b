// Which tools the images of a flavour have.
import { awk, mawk } from '#shell/tools/awk/awk.ts'
import { base64, md5sum, sha1sum, sha256sum, sha512sum } from '#shell/tools/binary/digests.ts'
import { hexdump, xxd } from '#shell/tools/binary/dumps.ts'
import { tar } from '#shell/tools/binary/tar.ts'
import { chgrp, chmod, chown, ln, mkdir, rmdir, touch } from '#shell/tools/files/change.ts'
import { cmp } from '#shell/tools/files/cmp.ts'
import { diff } from '#shell/tools/files/diff.ts'
import { dd } from '#shell/tools/files/dd.ts'
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
import { tree } from '#shell/tools/files/tree.ts'
import type { Family, ToolOf } from '#shell/tools/run.ts'
import { sed } from '#shell/tools/sed/sed.ts'
import { date, sleep } from '#shell/tools/system/date.ts'
import * as identity from '#shell/tools/system/identity.ts'
import * as processes from '#shell/tools/system/processes.ts'
import * as starters from '#shell/tools/system/starters.ts'
import { cat, nl, rev, tac } from '#shell/tools/text/cat.ts'
import { cut, expand, fold, paste } from '#shell/tools/text/cut.ts'
import { expr } from '#shell/tools/text/expr.ts'
import { seq, shuf, split, tee, yes } from '#shell/tools/text/generate.ts'
import { egrep, fgrep, grep } from '#shell/tools/text/grep.ts'
import { less, more } from '#shell/tools/text/pager.ts'
import { head, tail } from '#shell/tools/text/head-tail.ts'
import { column } from '#shell/tools/text/column.ts'
import { comm, join, uniq } from '#shell/tools/text/sorted-files.ts'
import { sort } from '#shell/tools/text/sort.ts'
import { tr } from '#shell/tools/text/tr.ts'
import { wc } from '#shell/tools/text/wc.ts'
import type { Tool } from '#shell/tools/tool.ts'

/** `workstation`: the learner's own computer, with everything. */
export type Flavour = 'busybox' | 'alpine' | 'debian' | 'workstation'

const EVERYWHERE: readonly ToolOf[] = [
  expr,
  more,
  awk,
  base64,
  md5sum,
  sha1sum,
  sha256sum,
  sha512sum,
  tar,
  chgrp,
  chmod,
  chown,
  ln,
  mkdir,
  rmdir,
  touch,
  find,
  basename,
  cmp,
  diff,
  dd,
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
  cat,
  nl,
  tac,
  cut,
  expand,
  fold,
  paste,
  seq,
  shuf,
  split,
  tee,
  yes,
  egrep,
  fgrep,
  grep,
  head,
  tail,
  comm,
  uniq,
  sort,
  tr,
  wc,
  identity.env,
  identity.printenv,
  identity.id,
  identity.whoami,
  identity.groups,
  identity.hostname,
  identity.uname,
  identity.nproc,
  identity.tty,
  starters.xargs,
  starters.timeout,
  starters.nohup,
  starters.nice,
  starters.setsid,
  starters.which,
  starters.trueTool,
  starters.falseTool,
  starters.sync,
  starters.stty,
  starters.clear,
  starters.reset,
]

/** Not in Debian's slim images: procps and bsdextrautils are not. */
const BUSYBOX_ONLY: readonly ToolOf[] = [
  hexdump,
  xxd,
  less,
  rev,
  identity.uptime,
  identity.free,
  processes.ps,
  processes.top,
  processes.pgrep,
  processes.pkill,
  processes.pidof,
  processes.killall,
  starters.time,
  starters.watch,
]

const GNU_ONLY: readonly ToolOf[] = [
  mawk,
  join,
  rev,
  identity.logname,
  starters.stdbuf,
  starters.tput,
]

const WORKSTATION: readonly ToolOf[] = [
  column,
  tree,
  ...GNU_ONLY,
  ...BUSYBOX_ONLY.filter((make) => make !== rev && make !== starters.time),
]

/** `kill` is a program besides being built in. */
const PROGRAMS: Readonly<Record<Flavour, readonly ToolOf[]>> = {
  busybox: [...EVERYWHERE, ...BUSYBOX_ONLY, processes.kill],
  alpine: [...EVERYWHERE, ...BUSYBOX_ONLY, processes.kill],
  debian: [...EVERYWHERE, ...GNU_ONLY],
  workstation: [...EVERYWHERE, ...WORKSTATION, processes.kill],
}

export const familyOf = (flavour: Flavour): Family =>
  flavour === 'busybox' || flavour === 'alpine' ? 'busybox' : 'gnu'

const made = new Map<Flavour, ReadonlyMap<string, Tool>>()

/** By name. */
export const toolsOf = (flavour: Flavour): ReadonlyMap<string, Tool> => {
  const known = made.get(flavour)
  if (known !== undefined) return known
  const family = familyOf(flavour)
  const tools = PROGRAMS[flavour].map((make) => make(family))
  const byName = new Map(tools.map((tool) => [tool.name, tool] as const))
  made.set(flavour, byName)
  return byName
}
