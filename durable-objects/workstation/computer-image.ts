// What the learner's computer is born with: a small Debian, its programs, and a home folder.
import { baseTree, withFiles } from '#shell/files/base-image.ts'
import { directory, type DirectoryNode, file, link, type Node } from '#shell/files/node.ts'
import { SMALL_PROGRAMS } from '#workstation/tools/absent.ts'
import type { User } from '#shell/tools/tool.ts'

export const HOSTNAME = 'workstation'
export const HOME = '/home/learner'
export const LEARNER: User = { name: 'learner', uid: 1000, gid: 1000, home: HOME }

/** Where the computer finds the API server: the address of the first node. */
export const API_SERVER = 'https://192.168.49.2:8443'

/** Beside what every Debian has. */
const PROGRAMS = [
  ...SMALL_PROGRAMS.map(({ name }) => name),
  'code',
  'curl',
  'dig',
  'getent',
  'host',
  'kubectl',
  'minikube',
  'nano',
  'nc',
  'nslookup',
  'ping',
  'trace',
  'vi',
  'vim',
  'wget',
  'why',
]

export const HOSTS = `127.0.0.1\tlocalhost\n127.0.1.1\t${HOSTNAME}\n`

const PASSWD = `${LEARNER.name}:x:${LEARNER.uid}:${LEARNER.gid}::${HOME}:/bin/bash\n`

/** Everything but the home folder. */
export const rootTree = (): DirectoryNode => {
  const tree = baseTree('workstation', PROGRAMS)
  return withFiles(tree, {
    '/etc/hostname': `${HOSTNAME}\n`,
    '/etc/hosts': HOSTS,
    '/etc/resolv.conf': 'nameserver 192.168.49.1\n',
    '/etc/passwd': `${textAt(tree, ['etc', 'passwd'])}${PASSWD}`,
    '/etc/group': `${textAt(tree, ['etc', 'group'])}${LEARNER.name}:x:${LEARNER.gid}:\n`,
    '/usr/local/bin/k': link('/usr/bin/kubectl'),
  })
}

const textAt = (tree: Node, names: readonly string[]): string => {
  let node: Node | undefined = tree
  for (const name of names) node = node?.kind === 'directory' ? node.entries[name] : undefined
  return node?.kind === 'file' ? node.text : ''
}

const BASHRC = `# read by every bash that somebody types into
alias k=kubectl
alias ls='ls --color=auto'
alias grep='grep --color=auto'
alias ll='ls -alF'
alias la='ls -A'
alias l='ls -CF'
`

const PROFILE = `# read by login shells
if [ -f ~/.bashrc ]; then
  . ~/.bashrc
fi
`

/** As `kubectl config` writes it. The computer is known to the API server by where it stands: there is nothing secret in it. */
const KUBECONFIG = `apiVersion: v1
clusters:
- cluster:
    server: ${API_SERVER}
  name: kubarium
contexts:
- context:
    cluster: kubarium
    user: kubarium
  name: kubarium
current-context: kubarium
kind: Config
users:
- name: kubarium
  user: {}
`

const OWNER = { uid: LEARNER.uid, gid: LEARNER.gid }

const own = <N extends Node>(node: N): N => ({ ...node, ...OWNER })

/** The home folder of a session that nobody has typed in yet. */
export const firstHome = (now: number): DirectoryNode =>
  own(
    directory(
      {
        '.bashrc': own(file(BASHRC, 0o644, now)),
        '.kube': own(directory({ config: own(file(KUBECONFIG, 0o600, now)) }, 0o755, now)),
        '.profile': own(file(PROFILE, 0o644, now)),
      },
      0o755,
      now,
    ),
  )

/** What every program is started with. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  HOME,
  LANG: 'C.UTF-8',
  LOGNAME: LEARNER.name,
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  SHELL: '/bin/bash',
  USER: LEARNER.name,
}
