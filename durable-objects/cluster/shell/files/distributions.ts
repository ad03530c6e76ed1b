// The files in /etc that images of a distribution have.

type Files = Readonly<Record<string, string>>

const DEBIAN_RELEASE = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
`

const ALPINE_RELEASE = `NAME="Alpine Linux"
ID=alpine
VERSION_ID=3.20.3
PRETTY_NAME="Alpine Linux v3.20"
HOME_URL="https://alpinelinux.org/"
BUG_REPORT_URL="https://gitlab.alpinelinux.org/alpine/aports/-/issues"
`

const NOLOGIN = '/usr/sbin/nologin'

/** `name:uid:gid:comment:home:shell` */
const passwd = (entries: readonly string[]): string =>
  entries
    .map((entry) => {
      const [name, uid, gid, comment, home, shell] = entry.split(':')
      return `${name}:x:${uid}:${gid}:${comment}:${home}:${shell}\n`
    })
    .join('')

const group = (entries: readonly string[]): string =>
  entries
    .map((entry) => {
      const [name, gid, members = ''] = entry.split(':')
      return `${name}:x:${gid}:${members}\n`
    })
    .join('')

const DEBIAN_USERS = [
  'root:0:0:root:/root:/bin/bash',
  `daemon:1:1:daemon:/usr/sbin:${NOLOGIN}`,
  `bin:2:2:bin:/bin:${NOLOGIN}`,
  `sys:3:3:sys:/dev:${NOLOGIN}`,
  'sync:4:65534:sync:/bin:/bin/sync',
  `games:5:60:games:/usr/games:${NOLOGIN}`,
  `man:6:12:man:/var/cache/man:${NOLOGIN}`,
  `lp:7:7:lp:/var/spool/lpd:${NOLOGIN}`,
  `mail:8:8:mail:/var/mail:${NOLOGIN}`,
  `news:9:9:news:/var/spool/news:${NOLOGIN}`,
  `www-data:33:33:www-data:/var/www:${NOLOGIN}`,
  `backup:34:34:backup:/var/backups:${NOLOGIN}`,
  `_apt:42:65534::/nonexistent:${NOLOGIN}`,
  `nobody:65534:65534:nobody:/nonexistent:${NOLOGIN}`,
]

const DEBIAN_GROUPS = [
  'root:0',
  'daemon:1',
  'bin:2',
  'sys:3',
  'adm:4',
  'tty:5',
  'disk:6',
  'lp:7',
  'mail:8',
  'news:9',
  'man:12',
  'www-data:33',
  'backup:34',
  'utmp:43',
  'staff:50',
  'games:60',
  'users:100',
  'nogroup:65534',
]

const ALPINE_USERS = [
  'root:0:0:root:/root:/bin/sh',
  'bin:1:1:bin:/bin:/sbin/nologin',
  'daemon:2:2:daemon:/sbin:/sbin/nologin',
  'lp:4:7:lp:/var/spool/lpd:/sbin/nologin',
  'sync:5:0:sync:/sbin:/bin/sync',
  'mail:8:12:mail:/var/mail:/sbin/nologin',
  'ftp:21:21::/var/lib/ftp:/sbin/nologin',
  'sshd:22:22:sshd:/dev/null:/sbin/nologin',
  'ntp:123:123:NTP:/var/empty:/sbin/nologin',
  'guest:405:100:guest:/dev/null:/sbin/nologin',
  'nobody:65534:65534:nobody:/:/sbin/nologin',
]

const ALPINE_GROUPS = [
  'root:0:root',
  'bin:1:root,bin,daemon',
  'daemon:2:root,bin,daemon',
  'sys:3:root,bin',
  'adm:4:root,daemon',
  'tty:5',
  'disk:6:root',
  'wheel:10:root',
  'mail:12:mail',
  'users:100:games',
  'nogroup:65533',
  'nobody:65534',
]

const BUSYBOX_USERS = [
  'root:0:0:root:/root:/bin/sh',
  'daemon:1:1:daemon:/usr/sbin:/bin/false',
  'bin:2:2:bin:/bin:/bin/false',
  'sys:3:3:sys:/dev:/bin/false',
  'sync:4:100:sync:/bin:/bin/sync',
  'mail:8:8:mail:/var/spool/mail:/bin/false',
  'www-data:33:33:www-data:/var/www:/bin/false',
  'operator:37:37:Operator:/var:/bin/false',
  'nobody:65534:65534:nobody:/home:/bin/false',
]

const BUSYBOX_GROUPS = [
  'root:0',
  'daemon:1',
  'bin:2',
  'sys:3',
  'adm:4',
  'tty:5',
  'disk:6',
  'wheel:10:root',
  'mail:8',
  'www-data:33',
  'operator:37',
  'users:100',
  'nobody:65534',
]

const DEBIAN: Files = {
  debian_version: '12.8\n',
  group: group(DEBIAN_GROUPS),
  issue: 'Debian GNU/Linux 12 \\n \\l\n\n',
  'nsswitch.conf':
    'passwd:         files\ngroup:          files\nshadow:         files\ngshadow:        files\n\nhosts:          files dns\nnetworks:       files\n',
  passwd: passwd(DEBIAN_USERS),
  profile: 'export PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"\n',
  shells: '/bin/sh\n/usr/bin/sh\n/bin/bash\n/usr/bin/bash\n/bin/dash\n/usr/bin/dash\n',
}

const ALPINE: Files = {
  'alpine-release': '3.20.3\n',
  group: group(ALPINE_GROUPS),
  issue: 'Welcome to Alpine Linux 3.20\nKernel \\r on an \\m (\\l)\n\n',
  motd: 'Welcome to Alpine!\n',
  'os-release': ALPINE_RELEASE,
  passwd: passwd(ALPINE_USERS),
  profile: 'export PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"\n',
  shells: '/bin/sh\n/bin/ash\n',
}

const BUSYBOX: Files = {
  group: group(BUSYBOX_GROUPS),
  passwd: passwd(BUSYBOX_USERS),
}

export const ETC = {
  alpine: ALPINE,
  busybox: BUSYBOX,
  debian: DEBIAN,
  workstation: DEBIAN,
} as const

/** Debian keeps it in /usr/lib, with a link to it. */
export const OS_RELEASE = DEBIAN_RELEASE
